import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

struct TrustRemove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Trusts an account no longer, or takes a host out of the lattice.",
        discussion: "Every host acts on it within a second: actors of the account are stopped, its grants refused.")

    static let examples = ["lattice trust remove kitchen-pi", "lattice trust remove ABZZPGLZ"]

    @Argument(
        help: ArgumentHelp(
            "A host's name, key (N…) or cluster key (C…), an account (A…), or the first characters of a key.",
            valueName: "key|host"))
    var subject: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let snapshot = try await session.snapshot()
        if let foreign = session.foreign(snapshot) { throw foreign }
        guard let document = snapshot.document else { throw TrustChange.noDocument(session.lattice) }
        let change = TrustChange(session: session)
        let key = try await key(in: document, session)
        switch key.kind {
        case .account:
            let account = try AccountKey(key)
            return try await change.apply { $0.remove(account) }.report(
                "account \(account) is trusted no longer", unchanged: "account \(account) is not trusted anyway")
        case .host:
            let host = try HostKey(key)
            return try await change.apply { $0.remove(host) }.report(
                "host \(host) is no longer in the lattice", unchanged: "host \(host) is not enrolled anyway")
        case .cluster:
            let cluster = try ClusterKey(key)
            return try await change.apply { $0.remove(cluster) }.report(
                "the cluster key \(cluster) counts no longer",
                unchanged: "the cluster key \(cluster) does not count anyway")
        default:
            throw CLIError(
                .wrongUsage, "a lattice trusts accounts (A…) and hosts (N…), and \(key) is of kind \(key.kind.name)")
        }
    }

    /// A whole key, the beginning of one that stands in the document, or the name of a host that answers.
    private func key(in document: TrustDocument, _ session: LatticeSession) async throws -> AnyKey {
        if let key = try? AnyKey(subject) { return key }
        let known =
            (document.issuers + document.accounts).map { AnyKey($0) } + document.clusters.map { AnyKey($0.host) }
            + document.clusters.map { AnyKey($0.key) }
        let matches =
            subject.utf8.count >= 4 ? Set(known).filter { "\($0)".hasPrefix(subject.uppercased()) }.sorted() : []
        if matches.count > 1 {
            throw NameProblem.ambiguous(subject, matches.map { .init(key: $0, name: nil) })
        }
        if let match = matches.first { return match }
        let replies = try await session.client.hosts()
        return AnyKey(
            try LatticeNames(view: LatticeView(hosts: replies, inventories: [])).host(subject))
    }
}
