import ActorRuntime
import Testing

@Suite("Actors that use WASI")
struct WASIActorTests {
    private static let imports = """
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        """

    private func module(_ handler: String, extra: String = "") -> String {
        let memory = #"\#(Self.imports) (memory (export "memory") 2)"#
        return TestActor.module(handler, extra: extra, memory: memory)
    }

    @Test("an initialiser that draws random numbers draws them anew for every call")
    func randomInitialiser() async throws {
        let extra =
            "(func (export \"_start\") (drop (call $random (i32.const 9000) (i32.const 8))) (call $exit (i32.const 0)))"
        let source = module("(call $respond (i32.const 9000) (i32.const 8)) i32.const 1", extra: extra)
        #expect(try TestActor.load(source).initialisesEveryCall)
        let pool = try TestActor.pool(source)
        var draws: Set<[UInt8]> = []
        for _ in 0..<4 { draws.insert(try await pool.call([])) }
        #expect(draws.count == 4)
    }

    @Test("an initialiser that draws none runs once")
    func quietInitialiser() throws {
        let source = module("i32.const 1", extra: "(func (export \"_start\") (call $exit (i32.const 0)))")
        #expect(try !TestActor.load(source).initialisesEveryCall)
    }

    @Test("standard output goes to the log, and a closed descriptor is open again in the next call")
    func output() async throws {
        let handler = """
            (i32.store (i32.const 9000) (i32.const 0))
            (i32.store (i32.const 9004) (i32.const 7))
            (i32.store8 (i32.const 9016) (call $write (i32.const 1) (i32.const 9000) (i32.const 1) (i32.const 9008)))
            (drop (call $close (i32.const 1)))
            (call $respond (i32.const 9016) (i32.const 1))
            i32.const 1
            """
        let pool = try TestActor.pool(module(handler))
        let host = RecordingHost()
        for _ in 0..<2 { #expect(try await pool.call([], host: host) == [0]) }
        #expect(host.lines == ["default", "default"])
    }

    @Test("there is no directory to open")
    func noDirectories() async throws {
        let handler = """
            (i32.store8 (i32.const 9016)
              (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 0) (i64.const -1) (i64.const -1)
                (i32.const 0) (i32.const 9020)))
            (call $respond (i32.const 9016) (i32.const 1))
            i32.const 1
            """
        let badDescriptor: UInt8 = 8
        #expect(try await TestActor.pool(module(handler)).call([]) == [badDescriptor])
    }

    /// Sleeps for as many milliseconds as its payload's first byte says, and answers the event's user data and type.
    private static let sleeper = """
        (i64.store (i32.const 9000) (i64.const 77))
        (i32.store (i32.const 9008) (i32.const 0))
        (i32.store (i32.const 9016) (i32.const 1))
        (i64.store (i32.const 9024) (i64.mul (i64.load8_u (i32.const 4096)) (i64.const 1000000)))
        (i64.store (i32.const 9032) (i64.const 0))
        (i32.store (i32.const 9040) (i32.const 0))
        (if (call $poll (i32.const 9000) (i32.const 9100) (i32.const 1) (i32.const 9200)) (then unreachable))
        (i32.store8 (i32.const 9101) (i32.load8_u (i32.const 9110)))
        (i32.store8 (i32.const 9102) (i32.load (i32.const 9200)))
        (call $respond (i32.const 9100) (i32.const 3))
        i32.const 1
        """

    private func sleepers() throws -> InstancePool {
        let imports =
            #"(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))"#
        let source = TestActor.module(Self.sleeper, memory: imports + #" (memory (export "memory") 2)"#)
        return InstancePool(try TestActor.load(source), workers: WorkerPool(threadCount: 1), log: { _ in })
    }

    @Test("actors that sleep hold no thread")
    func sleeping() async throws {
        let pool = try sleepers()
        let start = ContinuousClock.now
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<20 { group.addTask { try await pool.call([200]) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: [77, 0, 1], count: 20))
        let took = start.duration(to: .now)
        #expect(took >= .milliseconds(200) && took < .seconds(3), "20 sleeps of 200 ms on one thread took \(took)")
        #expect(try await pool.call([0]) == [77, 0, 1], "a sleep that is over at once")
        #expect(pool.busyCount == 0)
    }

    @Test("a sleep ends with the call's time")
    func oversleeping() async throws {
        let pool = try sleepers()
        let start = ContinuousClock.now
        let error = await #expect(throws: GuestError.self) { try await pool.call([255], within: .milliseconds(50)) }
        guard case .deadlineExceeded? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        let took = start.duration(to: .now)
        #expect(took >= .milliseconds(50) && took < .milliseconds(250))
        #expect(try await pool.call([1]) == [77, 0, 1])
        #expect(pool.busyCount == 0)
    }
}
