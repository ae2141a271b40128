import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// `lattice trust …`
struct Trust: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Says whom a lattice trusts: accounts, and hosts that are enrolled.",
        subcommands: [TrustInit.self, TrustList.self, TrustAdd.self, TrustRemove.self])

    static let examples = ["lattice trust init", "lattice trust add kitchen-pi"]

    /// What every one of them says of a document.
    static func fields(_ document: TrustDocument) -> JSONObject {
        [
            "operator": .string("\(document.operatorKey)"), "version": Shown.number(document.version),
            "issuers": .array(document.issuers.map { .string("\($0)") }),
            "clusters": .array(
                document.clusters.map { ["key": .string("\($0.key)"), "host": .string("\($0.host)")] }),
            "accounts": .array(document.accounts.map { .string("\($0)") }),
        ]
    }
}

struct TrustList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows the lattice's trust document: its operator, accounts and hosts.")

    static let examples = ["lattice trust list", "lattice trust list -o json"]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> TrustReport {
        let snapshot = try await session.snapshot()
        if let foreign = session.foreign(snapshot) { throw foreign }
        guard let document = snapshot.document else { throw TrustChange.noDocument(session.lattice) }
        return TrustReport(document: document)
    }
}

struct TrustReport: Report {
    let document: TrustDocument

    var json: JSONValue { .object(Trust.fields(document)) }

    func text(style: TextStyle) -> String {
        var lines = [
            "operator  \(document.operatorKey)", "version   \(document.version)",
        ]
        lines += document.issuers.map { "account   \($0)" }
        lines += document.accounts.map { "account   \($0)  by its operator's word" }
        lines += document.clusters.map { "host      \($0.host)  cluster key \($0.key)" }
        lines += document.ignoredAccounts.map { "ignored   an account token: \($0.reason)" }
        return lines.map { $0.printable + "\n" }.joined()
    }
}
