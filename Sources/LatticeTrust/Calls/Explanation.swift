import LatticeIdentity
import LatticeProtocol

/// What `lattice why` says: whether it would be allowed, and every check.
public struct Explanation: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case allowed(OutgoingTarget)
        case refused(Refusal)
    }

    public let outcome: Outcome
    /// In the order of the checks; those that were not reached come last, as skipped.
    public let checks: [CheckReport]

    /// - Parameter unasked: checks that nobody wanted.
    init(_ outcome: Outcome, _ made: [CheckReport], asked unasked: Set<CheckReport.Check>) {
        self.outcome = outcome
        guard case .refused = outcome else {
            checks = made
            return
        }
        let reached = Set(made.map(\.check))
        checks =
            made
            + CheckReport.Check.allCases.filter { !reached.contains($0) && !unasked.contains($0) }
            .map { CheckReport($0, .skipped, "not reached") }
    }

    public var refusal: Refusal? {
        if case .refused(let refusal) = outcome { refusal } else { nil }
    }

    /// One sentence, whether yes or no.
    public var sentence: String {
        switch outcome {
        case .refused(let refusal): refusal.sentence
        case .allowed(.builtin(let contract)): "it is allowed: \(contract) is built into every host"
        case .allowed(.actor(let key)): "it is allowed: it goes to actor \(key)"
        case .allowed(.provider(let link)): "it is allowed: it goes to provider \(link.provider)"
        }
    }
}
