import Glibc
import KeyValueOperations
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import OwnThreads
import Synchronization

extension BundledProvider {
    public static let keyValueLocal = BundledProvider("keyvalue-local", contract: .keyValue, state: .local) { setup in
        try LocalStoreProvider(folder: setup.stateFolder, configuration: setup.configuration, note: setup.log)
    }
}

/// `wasmcloud:keyvalue` in files of this machine.
///
/// As with a Redis, all actors that are linked under one link name share their keys. A link with the value `namespace` has
/// a store of its own, shared with the links that name the same one.
public final class LocalStoreProvider: CapabilityProvider {
    private struct Contents {
        var spaces: [ModuleKey: KeyValueSpace] = [:]
        var stores: [KeyValueSpace: LocalKeyValueStore] = [:]
    }

    private let folder: String
    private let settings: LocalStoreSettings
    private let contents = Mutex(Contents())

    /// Opens the store that links without a namespace share: blocks for as long as reading it takes.
    /// - Parameters:
    ///   - folder: made where it is missing. It holds one folder for each namespace.
    ///   - configuration: JSON, `LocalStoreSettings.apply`.
    public init(
        folder: String, configuration: String? = nil, note: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(LinkProblem) {
        var settings = LocalStoreSettings(folder: folder)
        settings.note = note
        try settings.apply(configuration: configuration)
        self.folder = folder
        self.settings = settings
        do throws(LocalStoreError) {
            try Self.makeFolders(folder)
            let shared = try open(.shared)
            contents.withLock { $0.stores[.shared] = shared }
        } catch { throw LinkProblem("\(error)") }
    }

    public func put(_ link: LinkDefinition) async throws(LinkProblem) {
        let space = try KeyValueSpace(linkValues: link.values)
        let (before, isOpen) = contents.withLock { ($0.spaces[link.actor], $0.stores[space] != nil) }
        if before == space { return }
        if !isOpen {
            do throws(LocalStoreError) {
                let store = try await openOnOwnThread(space)
                contents.withLock { $0.stores[space] = store }
            } catch { throw LinkProblem("\(error)") }
        }
        contents.withLock { $0.spaces[link.actor] = space }
        if let before { await closeIfUnused(before) }
    }

    public func remove(_ link: LinkDefinition) async {
        guard let space = contents.withLock({ $0.spaces.removeValue(forKey: link.actor) }) else { return }
        await closeIfUnused(space)
    }

    public func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        let store = contents.withLock { contents in contents.spaces[call.link.actor].flatMap { contents.stores[$0] } }
        guard let store else { return completion(.failure(.noProvider(call.link).of(call.id))) }
        store.perform(call, completion: completion)
    }

    public var health: HealthReply {
        let failures = contents.withLock { $0.stores.values.compactMap(\.status.failure) }.sorted()
        return HealthReply(
            isHealthy: failures.isEmpty, message: failures.isEmpty ? nil : failures.joined(separator: "; "))
    }

    public func shutdown() async {
        let stores = contents.withLock { contents in
            defer { contents = Contents() }
            return Array(contents.stores.values)
        }
        for store in stores { await store.close() }
    }

    /// The shared one stays open: another process must not come between two links.
    private func closeIfUnused(_ space: KeyValueSpace) async {
        guard space != .shared else { return }
        let unused = contents.withLock { contents in
            contents.spaces.values.contains(space) ? nil : contents.stores.removeValue(forKey: space)
        }
        await unused?.close()
    }

    /// Reading it may take a while.
    private func openOnOwnThread(_ space: KeyValueSpace) async throws(LocalStoreError) -> LocalKeyValueStore {
        let result: Result<LocalKeyValueStore, LocalStoreError> = await withCheckedContinuation { continuation in
            let isRunning = OwnThread.start {
                continuation.resume(
                    returning: Result { () throws(LocalStoreError) in try self.open(space) })
            }
            if !isRunning { continuation.resume(returning: .failure(.noThread)) }
        }
        return try result.get()
    }

    private func open(_ space: KeyValueSpace) throws(LocalStoreError) -> LocalKeyValueStore {
        var settings = settings
        settings.folder = "\(folder)/\(space.folderName)"
        return try LocalKeyValueStore(settings)
    }

    private static func makeFolders(_ path: String) throws(LocalStoreError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw .system(FileFailure("make folder", made)) }
        }
    }
}
