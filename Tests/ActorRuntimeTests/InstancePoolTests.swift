import ActorRuntime
import Synchronization
import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Instance pool")
struct InstancePoolTests {
    @Test("every call finds the state after initialisation")
    func freshInstances() async throws {
        let pool = try TestActor.pool(TestActor.counter)
        for _ in 0..<5 { #expect(try await pool.call([]) == [1, 1]) }
    }

    @Test("with reuse, an instance keeps its state")
    func reuse() async throws {
        var limits = ActorLimits()
        limits.reusesInstances = true
        limits.instancesMax = 1
        let pool = try TestActor.pool(TestActor.counter, limits: limits)
        for count: UInt8 in 1...3 { #expect(try await pool.call([]) == [count, count]) }
    }

    @Test("nothing of one call is left for the next: not its request, not its response, not the host's answer")
    func noLeaks() async throws {
        let handler = "(call $respond (i32.const 4096) (i32.const 100)) i32.const 1"
        let pool = try TestActor.pool(TestActor.module(handler))
        let secret = Array("a secret of the first caller".utf8)
        #expect(try await pool.call(secret).prefix(secret.count) == secret[...])
        #expect(try await pool.call([]) == Array(repeating: 0, count: 100))
    }

    @Test("a trap fails its call only, with the reason")
    func trap() async throws {
        let pool = try TestActor.pool(TestActor.module("(if (local.get $payload) (then unreachable)) i32.const 1"))
        let error = await #expect(throws: GuestError.self) { try await pool.call([1]) }
        #expect(error?.description == "the actor trapped: unreachable executed")
        #expect(try await pool.call([]) == [])
    }

    @Test("an actor that loops is stopped at its fuel")
    func fuel() async throws {
        var limits = ActorLimits()
        limits.fuelPerCall = 100_000
        let pool = try TestActor.pool(TestActor.module("(loop (br 0)) i32.const 1"), limits: limits)
        let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
        #expect(error?.description == "the call spent its budget of 100000 instructions")
    }

    @Test("an actor that loops is stopped at its deadline, and others get their turn meanwhile")
    func deadline() async throws {
        let pool = try TestActor.pool(TestActor.module("(if (local.get $payload) (then (loop (br 0)))) i32.const 1"))
        // More loops than there are threads.
        async let loops = withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        _ = try await pool.call([1], within: .milliseconds(300))
                        return false
                    } catch GuestError.deadlineExceeded { return true } catch { return false }
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(try await pool.call([]) == [])
        #expect(await loops)
        #expect(pool.busyCount == 0)
    }

    @Test("an actor that wants too much memory is told so by the name of the limit")
    func memory() async throws {
        var limits = ActorLimits()
        limits.memoryBytesMax = 3 << 16
        let handler = "(if (i32.eq (memory.grow (i32.const 2)) (i32.const -1)) (then unreachable)) i32.const 1"
        let pool = try TestActor.pool(TestActor.module(handler), limits: limits)
        let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
        #expect(error?.description.contains("more than its limit of 196608 bytes") == true)
        limits.memoryBytesMax = 4 << 16
        #expect(try await TestActor.pool(TestActor.module(handler), limits: limits).call([]) == [])
    }

    @Test("all guests share one budget of memory: who grows beyond it fails as busy, and gives back what it had")
    func sharedMemory() async throws {
        let budget = MemoryBudget(bytesMax: 5 << 16)
        let handler = "(if (i32.eq (memory.grow (i32.const 2)) (i32.const -1)) (then unreachable)) i32.const 1"
        let module = try ActorModule(WAT.assemble(TestActor.module(handler)), budget: budget) { _ in }
        let pool = InstancePool(module, workers: WorkerPool(threadCount: 1), log: { _ in })
        #expect(budget.bytesTaken == 0)
        #expect(try await pool.call([]) == [])
        // What the call grew went back with its end.
        #expect(budget.bytesTaken == 2 << 16)
        let other = try ActorModule(WAT.assemble(TestActor.echo), budget: budget) { _ in }
        let second = InstancePool(other, workers: WorkerPool(threadCount: 1), log: { _ in })
        #expect(try await second.call([7]) == [7])
        let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
        #expect(error?.description.contains("guests together have their limit of 327680 bytes") == true)
        second.trim()
        #expect(try await pool.call([]) == [])
    }

    @Test("instances that no call needs give their memory back by themselves, those that keep their state do not")
    func idleTime() async throws {
        var limits = ActorLimits()
        limits.idleTime = .milliseconds(5)
        let budget = MemoryBudget(bytesMax: 1 << 30)
        let module = try ActorModule(WAT.assemble(TestActor.counter), limits: limits, budget: budget) { _ in }
        let pool = InstancePool(module, workers: WorkerPool(threadCount: 1), log: { _ in })
        limits.reusesInstances = true
        let keeping = try TestActor.pool(TestActor.counter, limits: limits)
        for count: UInt8 in 1...3 {
            #expect(try await pool.call([]) == [1, 1])
            #expect(try await keeping.call([]) == [count, count])
            let patience = ContinuousClock.now + .seconds(10)
            while budget.bytesTaken > 0, ContinuousClock.now < patience { await Task.yield() }
            #expect(pool.idleCount == 0)
            #expect(keeping.idleCount == 1)
        }
    }

    @Test("beyond its concurrency calls wait, beyond its queue they are refused at once")
    func busy() async throws {
        var limits = ActorLimits()
        limits.instancesMax = 2
        limits.queuedCallsMax = 3
        let pool = try TestActor.pool(TestActor.caller, limits: limits)
        let held = Mutex<[@Sendable (OutgoingResult) -> Void]>([])
        let host = RecordingHost { call, completion in held.withLock { $0.append(completion) } }
        let results = Mutex<[String]>([])
        for _ in 0..<6 {
            pool.call(Array("Test.Call".utf8), [], host: host, deadline: .now + .seconds(300), start: .onCaller) {
                result in
                results.withLock { $0.append("\(result)") }
            }
        }
        #expect(pool.busyCount == 2)
        #expect(results.withLock { $0.count } == 1, "the sixth was refused before this returned")
        #expect(results.withLock { $0[0] }.contains("3 calls are waiting already"))
        // Answer whatever is asked until all five have ended.
        while results.withLock({ $0.count }) < 6 {
            for completion in held.withLock({ held in
                defer { held = [] }
                return held
            }) { completion(.success([])) }
            await Task.yield()
        }
        #expect(results.withLock { $0.dropFirst().allSatisfy { $0.hasPrefix("success") } })
        #expect(pool.busyCount == 0)
    }

    @Test("a stopped pool ends what waits and refuses what comes")
    func stop() async throws {
        let pool = try TestActor.pool(TestActor.echo)
        pool.stop()
        let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
        #expect(error?.description == "the actor was stopped")
    }

    @Test("a payload beyond its limit is refused with both sizes")
    func tooLarge() async throws {
        var limits = ActorLimits()
        limits.payloadBytesMax = 10
        let pool = try TestActor.pool(TestActor.echo, limits: limits)
        #expect(try await pool.call(Array(repeating: 1, count: 10)).count == 10)
        let error = await #expect(throws: GuestError.self) { try await pool.call(Array(repeating: 1, count: 11)) }
        #expect(error?.description == "payload of 11 bytes, at most 10 allowed")
    }

    @Test("many calls at once all get their own answers")
    func concurrency() async throws {
        let pool = try TestActor.pool(TestActor.echo)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<500 {
                group.addTask {
                    let payload = Array("call \(index)".utf8)
                    return try await pool.call(payload) == payload
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
