import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// The trust document as one process goes by it: what it found on disk at its start, then whatever newer one the bucket
/// brings. Stores a document, and that it saw this version, before the document counts.
public final class TrustKeeper: Sendable {
    public let lattice: LatticeName
    /// Nil where only configured issuers count, and no document at all.
    public let operatorKey: OperatorKey?
    public let settings: TrustSettings
    /// What was stored and could not be used, for the log.
    public let problems: [String]
    private let cache: KnowledgeCache?
    private let state: Mutex<TrustState?>

    /// - Parameters:
    ///   - cache: nil for a process that stores nothing.
    ///   - document: one that came another way, such as from a provider's host. Believed no more than the bucket's.
    public init(
        operatorKey: OperatorKey?, lattice: LatticeName, settings: TrustSettings = TrustSettings(),
        cache: KnowledgeCache? = nil, document: String? = nil
    ) {
        self.lattice = lattice
        self.operatorKey = operatorKey
        self.settings = settings
        self.cache = cache
        var problems: [String] = []
        state = Mutex(
            operatorKey.map { Self.restored($0, lattice, cache, &problems) })
        if let document {
            let (change, problem) = Self.consider(document, state, cache)
            if case .refused(let error) = change { problems.append("the trust document handed over: \(error)") }
            if let problem { problems.append(problem) }
        }
        self.problems = problems
    }

    public var document: TrustDocument? { state.withLock { $0?.document } }
    /// The highest that was ever seen; 0 for none.
    public var highestVersion: UInt64 { state.withLock { $0?.highestVersion ?? 0 } }

    /// For judgements from now on.
    public var basis: TrustBasis {
        TrustBasis(lattice: lattice, operatorKey: operatorKey, document: document, settings: settings)
    }

    /// What the bucket's document means here. One caller at a time; blocks while it stores a new one.
    ///
    /// A document that cannot be stored counts all the same: it may be the one that takes back somebody's trust.
    /// - Parameter text: nil when the bucket has none.
    /// - Returns: nil without an operator; and why it could not be stored, if so.
    func consider(_ text: String?) -> (change: TrustState.Change?, problem: String?) {
        Self.consider(text, state, cache)
    }

    private static func consider(
        _ text: String?, _ state: borrowing Mutex<TrustState?>, _ cache: KnowledgeCache?
    ) -> (change: TrustState.Change?, problem: String?) {
        guard var next = state.withLock({ $0 }) else { return (nil, nil) }
        let change = next.consider(text)
        guard case .adopted(let document, _, _) = change else { return (change, nil) }
        var problem: String?
        do { try cache?.save(document) } catch { problem = "the trust document is not stored: \(error)" }
        let adopted = next
        state.withLock { $0 = adopted }
        return (change, problem)
    }

    private static func restored(
        _ operatorKey: OperatorKey, _ lattice: LatticeName, _ cache: KnowledgeCache?, _ problems: inout [String]
    ) -> TrustState {
        var version: UInt64 = 0
        do { version = try cache?.highestVersion(of: operatorKey, in: lattice) ?? 0 } catch {
            problems.append("\(error)")
        }
        var state = TrustState(operatorKey: operatorKey, lattice: lattice, highestVersion: version)
        do {
            guard let text = try cache?.document() else { return state }
            switch state.restore(text) {
            case .refused(let error): problems.append("the stored trust document does not count: \(error)")
            case .outdated(let found):
                problems.append("the stored trust document has version \(found), and \(version) was seen before")
            case .adopted, .unchanged, .absent: break
            }
        } catch { problems.append("\(error)") }
        return state
    }
}
