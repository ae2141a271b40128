import KeyValueOperations
import LatticeTestSupport
import RedisProvider
import Testing

@Suite("the Redis connection on a real server")
struct RedisConnectionTests {
    private func limits(_ change: (inout RedisLimits) -> Void = { _ in }) -> RedisLimits {
        var limits = RedisLimits()
        limits.timeout = .seconds(5)
        limits.backoffMax = .milliseconds(100)
        change(&limits)
        return limits
    }

    private func store(_ server: RedisServer, _ limits: RedisLimits? = nil) throws -> RedisKeyValueStore {
        try RedisPool(limits: limits ?? self.limits()).store(for: RedisURL(server.url))
    }

    private func failure(
        _ store: RedisKeyValueStore, _ operation: KeyValueOperation, timeout: Duration? = nil
    ) async -> KeyValueError? {
        do throws(KeyValueError) {
            _ = try await store.perform(operation, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }

    /// Until it works again; what must not last longer than the back-off.
    private func recover(_ store: RedisKeyValueStore) async throws {
        for _ in 0..<400 {
            if await failure(store, .contains(key: [1])) == nil { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("no recovery")
    }

    @Test("a Redis that is not there is said at once, and found when it comes")
    func absent() async throws {
        let server = try RedisServer()
        server.stop()
        let store = try store(server)
        guard case .unavailable(let reason) = await failure(store, .get(key: [1])) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("127.0.0.1:\(server.port)") && reason.contains("refused"))
        try server.start()
        try await recover(store)
        #expect(try await store.perform(.increment(key: [1], by: 1)) == .number(1))
    }

    @Test("a Redis that dies fails what it was asked, nothing is asked twice, and the next one is found")
    func dies() async throws {
        let server = try RedisServer()
        let store = try store(server)
        _ = try await store.perform(.increment(key: [1], by: 1))
        server.freeze()
        let asked = EventLog<KeyValueError?>()
        for _ in 0..<10 {
            store.perform(.increment(key: [1], by: 1), timeout: nil) { result in
                if case .failure(let error) = result { asked.append(error) } else { asked.append(nil) }
            }
        }
        server.kill()
        for outcome in try await asked.wait(forCount: 10) {
            guard case .interrupted? = outcome else {
                guard case .unavailable? = outcome else { Issue.record("\(String(describing: outcome))"); continue }
                continue
            }
        }
        try server.start()
        try await recover(store)
        #expect(try await store.perform(.get(key: [1])) == .value(nil))
    }

    @Test("a Redis that says nothing costs each caller its own time, and the connection")
    func frozen() async throws {
        let server = try RedisServer()
        let store = try store(server, limits { $0.waitingMax = 1 })
        _ = try await store.perform(.contains(key: [1]))
        server.freeze()
        let start = ContinuousClock.now
        let error = await failure(store, .increment(key: [1], by: 1), timeout: .milliseconds(100))
        #expect(error == .timedOut(after: .milliseconds(100)))
        #expect(start.duration(to: .now) < .seconds(4))
        // With the connection goes what waited on it: there is room for the next one.
        var next: KeyValueError?
        for _ in 0..<200 {
            next = await failure(store, .contains(key: [1]), timeout: .milliseconds(10))
            guard case .busy = next else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        if case .busy = next { Issue.record("the silent connection was kept") }
        server.resume()
        try await recover(store)
    }

    @Test("more than may wait is refused, and what waits is answered")
    func busy() async throws {
        let server = try RedisServer()
        let store = try store(server, limits { $0.waitingMax = 3 })
        _ = try await store.perform(.contains(key: [1]))
        server.freeze()
        let outcomes = EventLog<Result<KeyValueResult, KeyValueError>>()
        for _ in 0..<5 { store.perform(.increment(key: [1], by: 1), timeout: nil) { outcomes.append($0) } }
        #expect(outcomes.events == [.failure(.busy(waitingMax: 3)), .failure(.busy(waitingMax: 3))])
        server.resume()
        let all = try await outcomes.wait(forCount: 5)
        #expect(all.suffix(3) == [.success(.number(1)), .success(.number(2)), .success(.number(3))])
    }

    @Test("commands and answers beyond their limits")
    func tooLarge() async throws {
        let server = try RedisServer()
        let store = try store(
            server,
            limits {
                $0.operationBytesMax = 100_000
                $0.replyBytesMax = 50_000
            })
        let value = [UInt8](repeating: 1, count: 99_999)
        _ = try await store.perform(.set(key: [1], value: value, expires: 0))
        #expect(
            await failure(store, .set(key: [1], value: value + [1], expires: 0))
                == .tooLarge(bytesCount: 100_001, max: 100_000))
        guard case .tooLarge(_, max: 50_000) = await failure(store, .get(key: [1])) else {
            Issue.record("not refused")
            return
        }
        try await recover(store)
    }

    @Test("many callers at once, each gets its own answer")
    func manyCallers() async throws {
        let server = try RedisServer()
        let store = try store(server)
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2_000 {
                group.addTask {
                    guard case .number(let number) = try await store.perform(.increment(key: [1], by: 1)) else {
                        return 0
                    }
                    return number
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(numbers == Set(1...2_000))
    }

    @Test("logins and databases; a password shows nowhere")
    func logins() async throws {
        let secret = "s3cr%t:@/x"
        let server = try RedisServer("--requirepass", secret)
        func store(_ url: String) throws -> RedisKeyValueStore {
            try RedisPool(limits: limits()).store(for: RedisURL(url))
        }
        let encoded = "s3cr%25t%3A%40%2Fx"
        let zero = try store("redis://:\(encoded)@127.0.0.1:\(server.port)")
        let named = try store("redis://default:\(encoded)@127.0.0.1:\(server.port)/0")
        let one = try store("redis://:\(encoded)@127.0.0.1:\(server.port)/1")
        _ = try await zero.perform(.set(key: [1], value: [2], expires: 0))
        #expect(try await named.perform(.get(key: [1])) == .value([2]))
        #expect(try await one.perform(.get(key: [1])) == .value(nil))
        let wrong = try RedisURL("redis://u:wr0ng@127.0.0.1:\(server.port)")
        let refused = await failure(try RedisPool(limits: limits()).store(for: wrong), .get(key: [1]))
        guard case .unavailable(let reason)? = refused else { Issue.record("not refused"); return }
        #expect(reason.contains("WRONGPASS"))
        let missing = await failure(try store(server.url), .get(key: [1]))
        guard case .unavailable(let login)? = missing else {
            Issue.record("not refused: \(String(describing: missing))"); return
        }
        #expect(login.contains("login"))
        let far = await failure(try store("redis://:\(encoded)@127.0.0.1:\(server.port)/999"), .get(key: [1]))
        guard case .unavailable(let index)? = far else { Issue.record("not refused"); return }
        #expect(index.contains("index"))
        var shown = ""
        dump(wrong, to: &shown)
        for text in [reason, login, index, "\(wrong)", String(reflecting: wrong), shown] {
            #expect(!text.contains("wr0ng") && !text.contains("s3cr"))
        }
    }

    @Test("links with one URL share a connection, which ends with the last of them")
    func pool() async throws {
        let server = try RedisServer()
        let pool = RedisPool(limits: limits())
        let url = try RedisURL(server.url)
        var first: RedisKeyValueStore? = try pool.store(for: url)
        let second = try pool.store(for: url)
        _ = try await first?.perform(.set(key: [1], value: [1], expires: 0))
        _ = try await second.perform(.get(key: [1]))
        #expect(pool.states.count == 1 && pool.states.first?.state == .connected)
        let other = try pool.store(for: RedisURL(server.url + "/1"))
        #expect(pool.states.count == 2)
        first = nil
        _ = try await second.perform(.get(key: [1]))
        _ = other
    }
}
