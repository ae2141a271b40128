import KeyValueOperations
import LatticeContracts
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import LocalKeyValueProvider
import Testing

@Suite("keyvalue-local as a provider")
struct LocalProviderTests {
    private func count(_ link: LinkDefinition, _ provider: LocalStoreProvider) async throws -> Int32 {
        let argument = KeyValue.IncrementRequest(key: "n", value: 1).messagePack
        return try Int32(messagePack: await provider.call(link, "KeyValue.Increment", argument).get())
    }

    @Test("the contract's bytes keep the rules", arguments: KeyValueRule.textual)
    func rules(rule: KeyValueRule) async throws {
        let folder = try TemporaryFolder()
        let provider = try LocalStoreProvider(folder: folder.path)
        let link = LinkDefinition.fresh(to: .keyValueLocal)
        try await provider.put(link)
        try await rule.verify(on: ContractStore(provider: provider, link: link), told: ContractStore.told)
        await provider.shutdown()
    }

    @Test("links share their keys, or those of the namespace that they name; all of them outlive the provider")
    func namespaces() async throws {
        let folder = try TemporaryFolder()
        let one = LinkDefinition.fresh(to: .keyValueLocal)
        let two = LinkDefinition.fresh(to: .keyValueLocal)
        let apart = LinkDefinition.fresh(to: .keyValueLocal, ["namespace": "shop"])
        let beside = LinkDefinition.fresh(to: .keyValueLocal, ["NameSpace": "shop"])
        for round in 0..<2 {
            let provider = try LocalStoreProvider(folder: folder.path)
            for link in [one, two, apart, beside, one] { try await provider.put(link) }
            let before = Int32(2 * round)
            #expect(try await count(one, provider) == before + 1)
            #expect(try await count(two, provider) == before + 2)
            #expect(try await count(apart, provider) == before + 1)
            #expect(try await count(beside, provider) == before + 2)
            await provider.shutdown()
        }
    }

    @Test("a link that moves takes nothing with it, and what nobody uses any more is closed")
    func moves() async throws {
        let folder = try TemporaryFolder()
        let provider = try LocalStoreProvider(folder: folder.path)
        var link = LinkDefinition.fresh(to: .keyValueLocal, ["namespace": "a"])
        try await provider.put(link)
        #expect(try await count(link, provider) == 1)
        link.values = ["namespace": "b"]
        try await provider.put(link)
        #expect(try await count(link, provider) == 1)
        // Its folder is free.
        let other = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path + "/namespace.a"))
        await other.close()
        await provider.remove(link)
        guard case .failure(let refusal) = await provider.call(link, "KeyValue.Get", "n".messagePack) else {
            Issue.record("it was performed for a link that is gone")
            return
        }
        #expect(refusal.code == .noProvider)
    }

    @Test(
        "values that mean nothing are refused by name",
        arguments: [
            ["namespace": ""], ["namespace": "a/b"], ["namespace": "."], ["URL": "redis://h"],
            ["namespace": "a", "Namespace": "b"],
        ])
    func values(values: [String: String]) async throws {
        let folder = try TemporaryFolder()
        let provider = try LocalStoreProvider(folder: folder.path)
        let problem = await provider.problem(.fresh(to: .keyValueLocal, values))
        #expect(problem?.contains(values.keys.first ?? "?") == true || problem?.contains("namespace") == true)
        await provider.shutdown()
    }

    @Test("a folder that another has is refused at the start, naming who; so is a configuration that means nothing")
    func starts() async throws {
        let folder = try TemporaryFolder()
        let provider = try LocalStoreProvider(folder: folder.path + "/nested")
        do throws(LinkProblem) {
            _ = try LocalStoreProvider(folder: folder.path + "/nested")
            Issue.record("two have it")
        } catch { #expect(error.description.contains("this very process")) }
        await provider.shutdown()
        for text in ["[]", #"{"memory_max": 1}"#, #"{"memory": 1}"#, #"{"durable": "always"}"#, #"{"durable": 1}"#] {
            #expect(throws: LinkProblem.self, "\(text)") {
                try LocalStoreProvider(folder: folder.path + "/nested", configuration: text)
            }
        }
        let configured = try LocalStoreProvider(
            folder: folder.path + "/nested", configuration: #"{"memory_max": 1048576, "durable": "answer"}"#)
        let link = LinkDefinition.fresh(to: .keyValueLocal)
        try await configured.put(link)
        let large = KeyValue.SetRequest(key: "k", value: String(repeating: "x", count: 2 << 20)).messagePack
        guard case .failure(let refusal) = await configured.call(link, "KeyValue.Set", large) else {
            Issue.record("more was taken than the configuration allows")
            return
        }
        #expect(refusal.code == .busy && refusal.sentence.contains("memory_max"))
        await configured.shutdown()
    }
}
