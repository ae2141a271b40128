import Foundation
import LatticeBus
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import Testing

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)").path(
        percentEncoded: false)

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("State folder")
struct StateFolderTests {
    @Test("a second host on one folder is refused, and the first named")
    func lock() throws {
        let folder = TemporaryFolder()
        try withExtendedLifetime(StateFolder(folder.path)) {
            let error = #expect(throws: StateFolder.Failure.self) { try StateFolder(folder.path) }
            #expect(error?.description.contains("process \(getpid())") == true)
        }
        // A process that another test is just starting may hold the lock until it is another program.
        var reopened: StateFolder?
        while reopened == nil {
            reopened = try? StateFolder(folder.path)
            if reopened == nil { usleep(1_000) }
        }
    }

    @Test("a host keeps its keys, and only its owner can read them")
    func identity() throws {
        let folder = TemporaryFolder()
        let state = try StateFolder(folder.path + "/deep/below")
        let first = try HostIdentity(in: state)
        let second = try HostIdentity(in: state)
        #expect(first.host.publicKey == second.host.publicKey)
        #expect(first.cluster.publicKey == second.cluster.publicKey)
        for name in ["host.nk", "cluster.nk"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: state.path + "/keys/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a damaged key is an error, never a new identity")
    func damagedKey() throws {
        let folder = TemporaryFolder()
        let state = try StateFolder(folder.path)
        _ = try HostIdentity(in: state)
        let path = state.path + "/keys/host.nk"
        try FileManager.default.removeItem(atPath: path)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data("SNAB".utf8), attributes: [.posixPermissions: 0o600]))
        #expect(throws: HostIdentity.Failure.self) { try HostIdentity(in: state) }
        // The other key's seed in its place is the wrong kind.
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: state.path + "/keys/cluster.nk", toPath: path)
        #expect(throws: HostIdentity.Failure.self) { try HostIdentity(in: state) }
    }
}

@Suite("Restore list")
struct RestoreListTests {
    private func sample() -> RestoreList {
        var list = RestoreList()
        list.put(
            RestoreList.Actor(
                key: ModuleKeyPair.generate().publicKey, reference: "lattice://sha256/…", hash: SHA256Digest(of: [1]),
                instancesMax: 5, annotations: ["a": "b"]))
        list.put(RestoreList.Provider(reference: "redis", linkName: "default", isolation: "process"))
        list.put(
            RestoreList.Provider(reference: "redis", linkName: "other", isolation: "host", configuration: "{\"x\":1}"))
        return list
    }

    @Test("what is saved is what is read")
    func roundTrip() throws {
        let folder = TemporaryFolder()
        let state = try StateFolder(folder.path)
        #expect(try state.restoreList() == RestoreList())
        let list = sample()
        try state.save(list)
        #expect(try state.restoreList() == list)
    }

    @Test("the same actor or provider stands there once")
    func replacement() throws {
        var list = sample()
        var actor = try #require(list.actors.first)
        actor.instancesMax = 9
        list.put(actor)
        #expect(list.actors == [actor])
        list.put(RestoreList.Provider(reference: "redis", linkName: "default", isolation: "host"))
        #expect(list.providers.count == 2)
        list.remove(actor.key)
        list.remove(provider: "redis", "default")
        #expect(list.actors.isEmpty)
        #expect(list.providers.map(\.linkName) == ["other"])
    }

    @Test(
        "a list that cannot be read says why",
        arguments: ["", "[]", "{\"format\":2}", "{\"format\":1,\"actors\":[{}]}", "{\"format\":1,\"providers\":[1]}"])
    func malformed(text: String) {
        let error = #expect(throws: RestoreList.Malformed.self) { try RestoreList(json: Array(text.utf8)) }
        #expect(error?.description.hasPrefix("the list of what to restore cannot be read: ") == true)
    }
}

@Suite("Module store")
struct ModuleStoreTests {
    @Test("a module put by one is found by another, and kept for when the bus is away")
    func handOver() async throws {
        let server = InMemoryServer()
        let bus = server.connect()
        let objects = InMemoryObjectStore(bus)
        let subjects = LatticeSubjects(.default)
        let folder = TemporaryFolder()
        let store = ModuleStore(objects, subjects, cache: try StateFolder(folder.path), moduleBytesMax: 1_000)
        let bytes = (0..<999).map { UInt8(truncatingIfNeeded: $0) }
        let reference = try await objects.put(module: bytes, subjects)
        #expect("\(reference)" == "lattice://sha256/\(SHA256Digest(of: bytes))")
        #expect(ModuleStore.Reference("\(reference)") == reference)
        let fetched = try await store.module(reference)
        #expect(fetched.bytes == bytes)
        try store.keep(fetched)
        bus.disconnect()
        #expect(try await store.module(reference).bytes == bytes, "from the cache")
        await #expect(throws: ModuleStore.Failure.self) { try await store.module(.init(SHA256Digest(of: [0]))) }
    }

    @Test("other bytes under a module's name are refused, in the bucket and in the cache")
    func altered() async throws {
        let objects = InMemoryObjectStore(InMemoryServer().connect())
        let subjects = LatticeSubjects(.default)
        let folder = TemporaryFolder()
        let state = try StateFolder(folder.path)
        let store = ModuleStore(objects, subjects, cache: state, moduleBytesMax: 1_000)
        let reference = ModuleStore.Reference(SHA256Digest(of: [1, 2, 3]))
        try await objects.bucket(subjects.moduleBucket).put(ObjectName("\(reference.hash)"), [3, 2, 1])
        let error = await #expect(throws: ModuleStore.Failure.self) { try await store.module(reference) }
        #expect(error?.description.contains("has the hash \(SHA256Digest(of: [3, 2, 1]))") == true)
        try store.keep(ModuleFile([1, 2, 3]))
        #expect(try store.cached(reference.hash)?.bytes == [1, 2, 3])
        let file = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).first {
                $0.hasSuffix("\(reference.hash).wasm")
            })
        try Data([3, 2, 1]).write(to: URL(filePath: folder.path).appending(path: file))
        #expect(try store.cached(reference.hash) == nil)
    }

    @Test("a module beyond the limit is refused before it is fetched")
    func tooLarge() async throws {
        let objects = InMemoryObjectStore(InMemoryServer().connect())
        let folder = TemporaryFolder()
        let store = ModuleStore(
            objects, LatticeSubjects(.default), cache: try StateFolder(folder.path), moduleBytesMax: 2)
        let reference = try await objects.put(module: [1, 2, 3], LatticeSubjects(.default))
        await #expect(throws: ModuleStore.Failure.self) { try await store.module(reference) }
    }

    @Test(
        "references of other kinds are none",
        arguments: ["", "lattice://sha256/", "lattice://sha256/AB", "redis", "file:///x"])
    func references(text: String) { #expect(ModuleStore.Reference(text) == nil) }
}
