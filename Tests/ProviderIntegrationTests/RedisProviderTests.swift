import KeyValueOperations
import LatticeContracts
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import RedisProvider
import Testing

@Suite("redis as a provider, on a real server")
struct RedisProviderTests {
    private func get(_ key: String, _ link: LinkDefinition, _ provider: RedisKeyValueProvider) async throws -> String? {
        let bytes = try await provider.call(link, "KeyValue.Get", key.messagePack).get()
        let response = try KeyValue.GetResponse(messagePack: bytes)
        return response.exists ? response.value : nil
    }

    private func set(
        _ key: String, _ value: String, _ link: LinkDefinition, _ provider: RedisKeyValueProvider
    ) async throws {
        let argument = KeyValue.SetRequest(key: key, value: value).messagePack
        #expect(try await provider.call(link, "KeyValue.Set", argument).get() == [])
    }

    @Test("the contract's bytes keep the rules", arguments: KeyValueRule.textual)
    func rules(rule: KeyValueRule) async throws {
        let provider = try RedisKeyValueProvider()
        let link = LinkDefinition.fresh(to: .redis, ["URL": try RedisServer.shared.get().url])
        try await provider.put(link)
        try await rule.verify(on: ContractStore(provider: provider, link: link), told: ContractStore.told)
        await provider.shutdown()
    }

    @Test("each link goes to the server that its values name, in whatever case; without one to the configured one")
    func links() async throws {
        let (one, two) = (try RedisServer(), try RedisServer())
        let provider = try RedisKeyValueProvider(configuration: #"{"url": "\#(one.url)"}"#)
        let byDefault = LinkDefinition.fresh(to: .redis)
        let named = LinkDefinition.fresh(to: .redis, ["Url": two.url])
        for link in [byDefault, named] { try await provider.put(link) }
        try await set("k", "one", byDefault, provider)
        #expect(try await get("k", named, provider) == nil)
        try await set("k", "two", named, provider)
        #expect(try await get("k", byDefault, provider) == "one")
        // Replaced.
        var moved = named
        moved.values = ["URL": one.url]
        try await provider.put(moved)
        #expect(try await get("k", moved, provider) == "one")
        await provider.remove(moved)
        guard case .failure(let refusal) = await provider.call(moved, "KeyValue.Get", "k".messagePack) else {
            Issue.record("it was performed for a link that is gone")
            return
        }
        #expect(refusal.code == .noProvider && refusal.facts.actor == moved.actor && refusal.call != nil)
        #expect(try await get("k", byDefault, provider) == "one")
    }

    @Test(
        "values that can't be an address are refused with the reason, and what served goes on",
        arguments: [
            (["URL": "http://127.0.0.1"], "redis://"), (["URL": "rediss://127.0.0.1"], "TLS"),
            (["URL": "redis://"], "host"), (["URL": "redis://h:99999"], "port"),
            (["url": "redis://a", "URL": "redis://b"], "contradict"),
        ])
    func malformed(values: [String: String], reason: String) async throws {
        let provider = try RedisKeyValueProvider()
        let good = LinkDefinition.fresh(to: .redis, ["URL": try RedisServer.shared.get().url])
        try await provider.put(good)
        var bad = good
        bad.values = values
        #expect(await provider.problem(bad)?.contains(reason) == true)
        #expect(try await get("nothing", good, provider) == nil)
    }

    @Test(
        "a configuration that means nothing ends the start",
        arguments: ["[]", "{", #"{"uri": "redis://h"}"#, #"{"url": 7}"#, #"{"url": "ftp://h"}"#])
    func configuration(text: String) throws {
        #expect(throws: LinkProblem.self) { try RedisKeyValueProvider(configuration: text) }
    }

    @Test("a Redis that turns the login or the database away is a reason to refuse; none that shows the password")
    func logins() async throws {
        let server = try RedisServer("--requirepass", "open sesame")
        let provider = try RedisKeyValueProvider()
        let address = "127.0.0.1:\(server.port)"
        let rows = [
            ("redis://\(address)", "wants a login"), ("redis://:wrong-word@\(address)", "refuses the login"),
            ("redis://:open%20sesame@\(address)/99", "DB index"),
        ]
        for (url, reason) in rows {
            let problem = await provider.problem(.fresh(to: .redis, ["URL": url]))
            #expect(problem?.contains(reason) == true, "\(url): \(problem ?? "taken")")
            #expect(problem?.contains("wrong-word") != true)
        }
        let good = LinkDefinition.fresh(to: .redis, ["URL": "redis://:open%20sesame@\(address)/1"])
        try await provider.put(good)
        #expect(try await get("k", good, provider) == nil)
        #expect(provider.health == HealthReply(isHealthy: true))
    }

    @Test("a Redis that is down is taken, shows in the health and in each call, and works when it comes")
    func down() async throws {
        let server = try RedisServer()
        server.stop()
        let provider = try RedisKeyValueProvider()
        let link = LinkDefinition.fresh(to: .redis, ["URL": server.url])
        try await provider.put(link)
        #expect(!provider.health.isHealthy)
        #expect(provider.health.message?.contains("127.0.0.1:\(server.port)") == true)
        guard case .failure(let refusal) = await provider.call(link, "KeyValue.Get", "k".messagePack) else {
            Issue.record("a Redis that is down has answered")
            return
        }
        #expect(refusal.code == .providerError && refusal.sentence.contains("out of reach"))
        try server.start()
        for _ in 0..<400 where !provider.health.isHealthy { try await Task.sleep(for: .milliseconds(10)) }
        #expect(provider.health.isHealthy)
        #expect(try await get("k", link, provider) == nil)
    }

    @Test("what is no call of the contract is refused with the reason")
    func calls() async throws {
        let provider = try RedisKeyValueProvider()
        let server = try RedisServer.shared.get()
        let link = LinkDefinition.fresh(to: .redis, ["URL": server.url])
        try await provider.put(link)
        let key = uniqueName("bytes")
        let store = try RedisPool().store(for: RedisURL(server.url))
        _ = try await store.perform(.set(key: Array(key.utf8), value: [0xFF, 0xFE], expires: 0))
        let good = KeyValue.SetRequest(key: key, value: "v", expires: 1).messagePack
        let rows: [(String, [UInt8], String)] = [
            ("KeyValue.Rename", key.messagePack, "'KeyValue.Rename' is no operation of wasmcloud:keyvalue"),
            ("Get", key.messagePack, "'Get' is no operation"), ("KeyValue.Get", [], "can't be read"),
            ("KeyValue.Get", [0xC0], "can't be read"), ("KeyValue.Get", key.messagePack + [0], "can't be read"),
            ("KeyValue.Set", Array(good.dropLast()), "can't be read"),
            ("KeyValue.SetUnion", [String]().messagePack, "names no set"),
            ("KeyValue.Get", key.messagePack, "not UTF-8"),
        ]
        for (operation, argument, reason) in rows {
            guard case .failure(let refusal) = await provider.call(link, operation, argument) else {
                Issue.record("\(operation) was performed")
                continue
            }
            #expect(refusal.code == .providerError && refusal.sentence.contains(reason), "\(refusal)")
        }
        guard case .failure(let late) = await provider.call(link, "KeyValue.Set", good, timeout: .zero) else {
            Issue.record("it was performed after its time")
            return
        }
        #expect(late.code == .deadline)
        let large = KeyValue.SetRequest(key: key, value: String(repeating: "x", count: 17 << 20)).messagePack
        guard case .failure(let refusal) = await provider.call(link, "KeyValue.Set", large) else {
            Issue.record("it was not too large")
            return
        }
        #expect(refusal.code == .tooLarge)
    }
}
