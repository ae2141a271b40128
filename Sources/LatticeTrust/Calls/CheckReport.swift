import LatticeIdentity
import LatticeProtocol

/// One step of a judgement, for `lattice why`.
public struct CheckReport: JSONWritable, Hashable, Sendable {
    public enum Check: String, Hashable, Sendable, CaseIterable {
        /// What the namespace means.
        case name
        /// The calling actor's claims are known.
        case actor
        case issuer
        case claim
        case link
        case grant
        /// Somebody runs the target.
        case running
    }

    public enum Verdict: String, Hashable, Sendable {
        case passed, refused
        /// Never asked, because a check before it refused.
        case skipped
        /// Of no weight for this call.
        case unneeded
    }

    public let check: Check
    public let verdict: Verdict
    public let detail: String

    public init(_ check: Check, _ verdict: Verdict, _ detail: String) {
        self.check = check
        self.verdict = verdict
        self.detail = detail
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("check", check.rawValue)
            writer.member("verdict", verdict.rawValue)
            writer.member("detail", detail)
        }
    }
}

/// The steps of one judgement; on the hot path there are none, and no text is made.
struct CheckTrail {
    private(set) var reports: [CheckReport]?

    static let none = CheckTrail(reports: nil)
    static let kept = CheckTrail(reports: [])

    mutating func add(
        _ check: CheckReport.Check, _ verdict: CheckReport.Verdict, _ detail: @autoclosure () -> String
    ) {
        guard reports != nil else { return }
        reports?.append(CheckReport(check, verdict, detail()))
    }
}
