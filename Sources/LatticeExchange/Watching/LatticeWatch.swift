import Dispatch
import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Keeps the gatekeeper up to date with what the lattice's two buckets hold, and remembers it on disk, so that the next
/// start knows it before the bus is there.
///
/// Everything happens on a queue of its own, one change after the other: signatures are checked there and files written,
/// not on the bus's threads. A bus that brings changes faster waits.
public final class LatticeWatch: Sendable {
    /// From a change to the disk.
    static let saveDelay = Duration.milliseconds(500)
    /// Changes that may wait for the queue.
    private static let waitingMax = 4_096
    private static let pauseMax = Duration.seconds(5)

    /// For whoever judges invocations and replies; runs with the watch.
    public let certificates: CertificateLookup
    private let buckets: [WatchedBucket: any MetadataBucket]
    private let trust: TrustKeeper
    private let cache: KnowledgeCache?
    private let observer: @Sendable (KnowledgeChange) -> Void
    private let knowledge: Mutex<Knowledge>
    private let states = Mutex(WatchStates())
    private let isSaving = Mutex(false)
    private let queue = DispatchQueue(label: "lattice.watch")
    private let room = DispatchSemaphore(value: waitingMax)

    /// - Parameters:
    ///   - cache: nil for a process that stores nothing.
    ///   - runsHere: whether this process runs an actor: its record is that of its module, whoever deletes the bucket's.
    ///   - entriesMax: of each bucket; what is beyond is told as refused.
    ///   - observer: called on the watch's queue, one change at a time, when it is in force already; returns soon.
    public init(
        store: any MetadataStore, subjects: LatticeSubjects, gatekeeper: Gatekeeper, trust: TrustKeeper,
        cache: KnowledgeCache? = nil, entriesMax: Int = 100_000,
        runsHere: @escaping @Sendable (ModuleKey) -> Bool = { _ in false },
        observer: @escaping @Sendable (KnowledgeChange) -> Void
    ) {
        buckets = [
            .trust: store.bucket(subjects.trustBucket), .data: store.bucket(subjects.metadataBucket),
        ]
        certificates = CertificateLookup(store, subjects, gatekeeper)
        self.trust = trust
        self.cache = cache
        self.observer = observer
        knowledge = Mutex(
            Knowledge(gatekeeper: gatekeeper, trust: trust, entriesMax: entriesMax, runsHere: runsHere))
    }

    /// How well both buckets together are known.
    public var state: WatchState { states.withLock(\.together) }

    /// Entries that look like links and are none, as far as they can be read; at most 1,000.
    public var refusedLinks: [LinkReport] { knowledge.withLock { $0.refusedLinks.all } }

    /// Takes back what is on disk. For the start of a host, before it runs anything; blocks while it checks signatures.
    public func restore() {
        guard let cache else { return }
        queue.sync {
            do throws(KnowledgeCache.Failure) {
                let entries = try cache.entries(of: trust.lattice)
                tell(knowledge.withLock { $0.restore(entries) })
            } catch { observer(.cache(problem: "\(error)")) }
        }
    }

    /// Watches both buckets until cancelled, whatever happens to them meanwhile.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for bucket in WatchedBucket.allCases { group.addTask { await self.follow(bucket) } }
            group.addTask { await self.certificates.run() }
        }
        await withCheckedContinuation { continuation in
            queue.async {
                self.save()
                continuation.resume()
            }
        }
    }

    /// Puts the document that this process goes by into the bucket, when `documentOutdated` said that it is needed.
    /// - Parameter revision: as it was told: somebody who was quicker is not overwritten.
    /// - Returns: false when there is nothing to write, or somebody was quicker.
    @discardableResult
    public func writeBack(over revision: MetadataRevision) async throws(StoreError) -> Bool {
        guard let document = trust.document, let bucket = buckets[.trust],
            let key = try? TrustBucketKey.document.metadataKey()
        else { return false }
        do throws(StoreError) {
            try await bucket.put(key, Array(document.text.utf8), at: revision)
            return true
        } catch {
            if case .conflict = error { return false }
            throw error
        }
    }

    // MARK: Watching

    private func follow(_ bucket: WatchedBucket) async {
        var failuresCount = 0
        while !Task.isCancelled {
            let begin = ContinuousClock.now
            guard let error = await watchOnce(bucket) else { return }
            hear(.interrupted(error), from: bucket)
            if begin.duration(to: .now) > Self.pauseMax { failuresCount = 0 }
            let pause = min(Self.pauseMax, .milliseconds(100) * (1 << min(failuresCount, 6)))
            failuresCount += 1
            try? await Task.sleep(for: pause)
        }
    }

    /// - Returns: why it ended; nil when it was cancelled.
    private func watchOnce(_ name: WatchedBucket) async -> StoreError? {
        guard let bucket = buckets[name] else { return nil }
        queue.async { self.knowledge.withLock { $0.beginAnew(name) } }
        do throws(StoreError) {
            try await bucket.watch { self.hear($0, from: name) }
            return nil
        } catch { return error }
    }

    private func hear(_ event: MetadataEvent, from bucket: WatchedBucket) {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            var changes = knowledge.withLock { $0.take(event, from: bucket) }
            if let change = states.withLock({ $0.take(event, from: bucket, at: .now()) }) { changes.append(change) }
            tell(changes)
            saveSoon()
        }
    }

    private func tell(_ changes: [KnowledgeChange]) {
        for change in changes { observer(change) }
    }

    // MARK: The disk

    private func saveSoon() {
        guard cache != nil, knowledge.withLock(\.isUnsaved) else { return }
        let isFirst = isSaving.withLock { isSaving in
            defer { isSaving = true }
            return !isSaving
        }
        guard isFirst else { return }
        let delay = Int(Self.saveDelay.components.attoseconds / 1_000_000_000_000_000)
        queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { self.save() }
    }

    private func save() {
        isSaving.withLock { $0 = false }
        guard let cache, let entries = knowledge.withLock({ $0.takeUnsaved() }) else { return }
        do throws(KnowledgeCache.Failure) { try cache.save(entries, of: trust.lattice) } catch {
            observer(.cache(problem: "what the lattice's buckets hold is not stored: \(error)"))
        }
    }
}
