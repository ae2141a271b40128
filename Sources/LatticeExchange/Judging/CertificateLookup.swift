import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Looks for the certificate of a signer that nobody here knows in the trust bucket, once, directly before the signer is
/// refused: the watch may not have told of it yet. Bounded, so that a flood of invented keys does not become one of
/// questions to the server.
/// - Source: trust rules §4.
public final class CertificateLookup: Sendable {
    private struct State {
        /// Nil while nobody runs it.
        var keys: AsyncStream<ClusterKey>.Continuation?
        var waiting: [ClusterKey: [@Sendable () -> Void]] = [:]
    }

    /// Keys that may wait; the next one is not looked for.
    static let waitingMax = 256
    /// Questions to the server at a time.
    private static let questionsMax = 8

    private let bucket: any MetadataBucket
    private let gatekeeper: Gatekeeper
    private let state = Mutex(State())

    public init(_ store: any MetadataStore, _ subjects: LatticeSubjects, _ gatekeeper: Gatekeeper) {
        bucket = store.bucket(subjects.trustBucket)
        self.gatekeeper = gatekeeper
    }

    /// Returns at once.
    /// - Parameter completion: called exactly once, on any thread, possibly before this returns. If there is a certificate
    ///   that counts, the gatekeeper has it by then.
    public func find(_ key: ClusterKey, completion: @escaping @Sendable () -> Void) {
        let isTaken = state.withLock { state in
            guard let keys = state.keys else { return false }
            if state.waiting[key] != nil {
                state.waiting[key]?.append(completion)
                return true
            }
            guard state.waiting.count < Self.waitingMax else { return false }
            state.waiting[key] = [completion]
            keys.yield(key)
            return true
        }
        if !isTaken { completion() }
    }

    /// Looks for what is asked, until cancelled. While nobody runs this, nothing is found.
    public func run() async {
        // Bounded by what may wait.
        let (keys, continuation) = AsyncStream.makeStream(of: ClusterKey.self, bufferingPolicy: .unbounded)
        state.withLock { $0.keys = continuation }
        await withTaskGroup(of: Void.self) { group in
            var questions = 0
            for await key in keys {
                if questions == Self.questionsMax {
                    await group.next()
                    questions -= 1
                }
                questions += 1
                group.addTask { await self.look(for: key) }
            }
        }
        let left = state.withLock { state in
            state.keys = nil
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap { $0 }
        }
        for completion in left { completion() }
    }

    private func look(for key: ClusterKey) async {
        await fetch(key)
        let waiting = state.withLock { $0.waiting.removeValue(forKey: key) }
        for completion in waiting ?? [] { completion() }
    }

    /// What can't be had or does not count is the same as none: the refusal that follows says so.
    private func fetch(_ key: ClusterKey) async {
        guard let name = try? TrustBucketKey.process(key).metadataKey(), let entry = try? await bucket.get(name),
            let text = String(validating: entry.value, as: UTF8.self),
            let certificate = try? Certificate(verifying: text, by: gatekeeper.basis, at: gatekeeper.now),
            certificate.key == key
        else { return }
        gatekeeper.keep(certificate)
    }
}
