import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// One refusal, or one judgement, with everything that can be said about it.
struct WhyReport: Report {
    struct Check: Equatable {
        let check: String
        let verdict: String
        let detail: String
    }

    let call: String?
    let code: String?
    let sentence: String
    let host: HostKey?
    let hostName: String?
    let time: WallTime?
    let checks: [Check]
    /// What became of it since, where that is something else.
    let now: String?
    let advice: Advice

    /// A refusal that a host remembers.
    init(_ report: RefusalReport, _ snapshot: LatticeSnapshot, _ overview: Overview, at now: TokenTime) {
        let refusal = Refusal(report)
        let today = refusal.flatMap { Self.explanation(of: $0, snapshot, overview, at: now) }
        let isSame = today?.refusal?.code.rawValue == report.code
        call = report.call
        code = report.code
        sentence = report.sentence
        host = report.host
        hostName = report.host.flatMap(overview.names.name)
        time = report.time
        if isSame, let today {
            checks = today.checks.map(Check.init)
            self.now = nil
        } else {
            checks = [
                Check(check: Self.check(of: refusal?.code) ?? report.code, verdict: "refused", detail: report.sentence)
            ]
            self.now = today.map {
                $0.refusal.map { "now it would be refused for another reason: \($0)" } ?? "now \($0.sentence)"
            }
        }
        advice = refusal.map(overview.advisor.advice) ?? .none
    }

    /// A call that nobody made.
    init(_ explanation: Explanation, _ overview: Overview) {
        call = nil
        code = explanation.refusal?.code.rawValue
        sentence = explanation.sentence
        host = nil
        hostName = nil
        time = nil
        checks = explanation.checks.map(Check.init)
        now = nil
        advice = explanation.refusal.map(overview.advisor.advice) ?? .none
    }

    /// How the same call would be judged today; nil for refusals that were no actor's call to a contract.
    private static func explanation(
        of refusal: Refusal, _ snapshot: LatticeSnapshot, _ overview: Overview, at now: TokenTime
    ) -> Explanation? {
        guard let actor = refusal.facts.actor, let contract = refusal.facts.contract else { return nil }
        let call = OutgoingCall(from: actor, namespace: contract.text, link: refusal.facts.link?.text ?? "")
        return OutgoingJudge(basis: snapshot.basis, records: snapshot.records)
            .explain(call, presence: overview.view.presence, at: now)
    }

    /// Which check of a judgement says so; nil for those that belong to a message, a module or a running call.
    private static func check(of code: RefusalCode?) -> String? {
        let check: CheckReport.Check? =
            switch code {
            case .ambiguous?: .name
            case .untrustedIssuer?, .expired?, .notYetValid?: .issuer
            case .noClaim?: .claim
            case .noLink?: .link
            case .noGrant?, .grantRevoked?: .grant
            case .noActor?, .noProvider?: .running
            default: nil
            }
        return check?.rawValue
    }

    var fix: String? { advice.fix.flatMap(\.typable) }

    var json: JSONValue {
        .object([
            "call": Shown.text(call), "code": Shown.text(code), "sentence": .string(sentence),
            "host": Shown.text(host.map { "\($0)" }),
            "checks": .array(
                checks.map {
                    ["check": .string($0.check), "verdict": .string($0.verdict), "detail": .string($0.detail)]
                }),
            "fix": Shown.text(fix), "first": Shown.text(advice.first.flatMap(\.typable)),
            "alternatives": .array(advice.alternatives.compactMap(\.typable).map(JSONValue.string)),
            "time": Shown.text(time?.description), "now": Shown.text(now),
        ])
    }

    func text(style: TextStyle) -> String {
        var text = style.bold(headline.printable) + "\n"
        let places = [
            time.map { Self.age($0.tokenTime) }, host.map { "on host \(hostName ?? "\($0)")" },
            call.map { "call \($0)" },
        ].compactMap(\.self)
        if !places.isEmpty { text += places.joined(separator: ", ").printable + "\n" }
        text += "\n"
        let width = checks.map(\.check.count).max() ?? 0
        for check in checks {
            text += "  \(mark(check, style))  \(check.check.padded(to: width))  \(check.detail.printable)\n"
        }
        if let now { text += "\n\(now.printable)\n" }
        let lines =
            [
                ("first:", advice.first.flatMap(\.typable)), ("fix:", fix),
            ] + advice.alternatives.map { ("or:", $0.typable) }
        for (label, line) in lines {
            if let line { text += "\(style.bold(label)) \(Program.typed(line))\n" }
        }
        return text
    }

    private static func age(_ time: TokenTime) -> String {
        let now = TokenTime.now()
        return time == now ? "just now" : time.relative(to: now)
    }

    private var headline: String {
        guard let code else { return sentence }
        let kind = RefusalCode(rawValue: code)?.kind.rawValue ?? "refused"
        return "\(kind): \(sentence) [\(code)]"
    }

    private func mark(_ check: Check, _ style: TextStyle) -> String {
        switch CheckReport.Verdict(rawValue: check.verdict) {
        case .passed?: "ok"
        case .refused?: style.red("no")
        case .skipped?, .unneeded?, nil: "- "
        }
    }
}

extension WhyReport.Check {
    fileprivate init(_ report: CheckReport) {
        self.init(check: report.check.rawValue, verdict: report.verdict.rawValue, detail: report.detail)
    }
}
