import ArgumentParser
import Glibc
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

struct TrustAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trusts an account, or enrols a host that answers.",
        discussion: """
            The host's own key has to have signed its cluster key. A host given by name has to be confirmed, as anybody \
            on the bus can take any name: compare the key with what the host printed when it started.
            """)

    static let examples = [
        "lattice trust add kitchen-pi", "lattice trust add ABZZPGLZ6XFVJ2KBZ6ODBKDHYV2LJWKN44PIZRRQW2DZAD26DHFFCC36",
    ]

    @Argument(
        help: ArgumentHelp("A host's name or key (N…), an account (A…), or the operator (O…).", valueName: "key|host"))
    var subject: String

    @Option(
        help: ArgumentHelp("A file with a token by which the operator vouches for an account.", valueName: "file"))
    var accountToken: [String] = []

    @Flag(help: "Enrols a host given by name without asking.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        try await report(in: session, confirm: Self.ask)
    }

    /// - Parameter confirm: asks a person; nil when there is nobody to ask.
    func report(in session: LatticeSession, confirm: (String) -> Bool?) async throws -> OutcomeReport {
        guard let key = try? AnyKey(subject) else { return try await enrol(nil, session, confirm) }
        if key.kind != .operator, !accountToken.isEmpty {
            throw CLIError(.wrongUsage, "--account-token belongs to an operator's key (O…)")
        }
        switch key.kind {
        case .host: return try await enrol(try? HostKey(key), session, confirm)
        case .account: return try await add(try AccountKey(key), session)
        case .operator: return try await addAccounts(of: try OperatorKey(key), session)
        default:
            throw CLIError(
                .wrongUsage, "a lattice trusts accounts (A…) and hosts (N…), and \(key) is of kind \(key.kind.name)")
        }
    }

    // MARK: Accounts

    private func add(_ account: AccountKey, _ session: LatticeSession) async throws -> OutcomeReport {
        let outcome = try await TrustChange(session: session).apply { $0.add(account) }
        return outcome.report("account \(account) is trusted now", unchanged: "account \(account) is trusted already")
    }

    private func addAccounts(of key: OperatorKey, _ session: LatticeSession) async throws -> OutcomeReport {
        let stored = try await session.client.storedTrust()
        guard let signer = stored.signer else { throw TrustChange.noDocument(session.lattice) }
        guard key == signer else {
            throw CLIError(
                .refused,
                "the lattice's operator is \(signer); another one, such as \(key), can't vouch for accounts in it yet: "
                    + "add each account itself", fix: "lattice trust add ACCOUNT")
        }
        guard !accountToken.isEmpty else {
            throw CLIError(
                .refused, "an operator alone says nothing: give the tokens of the accounts that it signed",
                fix: "lattice trust add \(key) --account-token FILE")
        }
        var tokens: [String] = []
        for file in accountToken { tokens.append(try token(file, key)) }
        let outcome = try await TrustChange(session: session).apply { contents in
            tokens.reduce(false) { contents.add(accountToken: $1) || $0 }
        }
        return outcome.report(
            "the accounts of \(accountToken.count) tokens are trusted now", unchanged: "these tokens are known already")
    }

    private func token(_ file: String, _ key: OperatorKey) throws(CLIError) -> String {
        let bytes = try InputFile.read(file, bytesMax: 64 << 10)
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        do throws(ProofError) { _ = try TrustDocument.account(token: text, operatorKey: key) } catch {
            throw CLIError(.refused, "\(file): the account token does not count: \(error)")
        }
        return text
    }

    // MARK: Hosts

    /// - Parameter key: nil when a name was given, or the beginning of a key.
    private func enrol(
        _ key: HostKey?, _ session: LatticeSession, _ confirm: (String) -> Bool?
    ) async throws -> OutcomeReport {
        let replies = try await session.hosts(.all, nil)
        let candidate: EnrolmentCandidate
        do throws(EnrolmentCandidate.Problem) {
            if let key {
                candidate = try EnrolmentCandidate(key, among: replies, lattice: session.lattice)
            } else if let named = Self.key(startingWith: subject, replies) {
                candidate = try EnrolmentCandidate(named, among: replies, lattice: session.lattice)
            } else {
                candidate = try EnrolmentCandidate(named: subject, among: replies, lattice: session.lattice)
            }
        } catch { throw CLIError(.refused, "\(error)", fix: "lattice get hosts") }
        let enrolment = candidate.enrolment
        if key == nil { try check(candidate, confirm) }
        let outcome = try await TrustChange(session: session).apply { $0.enrol(enrolment) }
        let what = "host \(candidate.name) (\(enrolment.host)) with the cluster key \(enrolment.cluster)"
        return outcome.report("\(what) is enrolled now", unchanged: "\(what) is enrolled already")
    }

    /// The only host whose key begins so, unless a host calls itself so.
    private static func key(startingWith text: String, _ replies: [HostReply]) -> HostKey? {
        guard text.utf8.count >= 4, !replies.contains(where: { $0.name == text }) else { return nil }
        let matches = Set(replies.map(\.host)).filter { "\($0)".hasPrefix(text.uppercased()) }
        return matches.count == 1 ? matches.first : nil
    }

    private func check(_ candidate: EnrolmentCandidate, _ confirm: (String) -> Bool?) throws(CLIError) {
        if yes { return }
        let enrolment = candidate.enrolment
        let question =
            "host \(candidate.name)\n  key          \(enrolment.host)\n  cluster key  \(enrolment.cluster)\n"
            + "Enrol it? [y/N] "
        switch confirm(question) {
        case true?: return
        case false?: throw CLIError(.refused, "not enrolled")
        case nil:
            throw CLIError(
                .wrongUsage,
                "a host given by name has to be confirmed: '\(subject)' is \(enrolment.host) with the cluster key "
                    + "\(enrolment.cluster)", fix: "lattice trust add \(enrolment.host)")
        }
    }

    private static func ask(_ question: String) -> Bool? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        let lines = question.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
        Program.write(lines.joined(separator: "\n"), to: STDERR_FILENO)
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
