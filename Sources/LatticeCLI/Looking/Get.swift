import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// `lattice get …`
struct Get: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Lists what there is in the lattice.",
        subcommands: [
            GetHosts.self, GetInventory.self, GetActors.self, GetProviders.self, GetLinks.self, GetClaims.self,
        ])

    static let examples = ["lattice get hosts", "lattice get actors --watch"]
}

struct GetHosts: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "Lists the hosts that answer, enrolled or not.")

    static let examples = ["lattice get hosts", "lattice get hosts -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<HostRow> {
        HostRow.report(try await session.hosts(.all, nil))
    }
}

struct GetActors: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "actors", abstract: "Lists the actors that run, one for each host.")

    static let examples = ["lattice get actors", "lattice get actors -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<ActorRow> {
        ActorRow.report(try await session.look())
    }
}

struct GetProviders: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "Lists the providers that run, start or have failed, one for each host.")

    static let examples = ["lattice get providers", "lattice get providers -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<ProviderRow> {
        ProviderRow.report(try await session.look())
    }
}

struct GetLinks: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "links", abstract: "Lists the links, and whether they are in force.")

    static let examples = ["lattice get links", "lattice get links -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<LinkRow> {
        LinkRow.report(try await session.linkRows(try await session.look()))
    }
}

struct GetClaims: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims", abstract: "Lists the claims that the lattice knows.",
        discussion: "What hosts published. It counts as proof only in the classic profile.")

    static let examples = ["lattice get claims", "lattice get claims -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<ClaimsEntry> {
        let entries = try await session.client.claims()
        return ListReport(
            items: entries.sorted { ($0.name, $0.subject.key) < ($1.name, $1.subject.key) },
            columns: [
                .init("name") { $0.name }, .init("key") { Shown.key($0.subject.key) },
                .init("kind") { Self.kind($0) }, .init("alias") { $0.callAlias }, .init("version") { $0.version },
                .init("contracts") { entry in
                    (entry.contract.isEmpty ? entry.capabilities : [entry.contract]).map(Shown.contract)
                        .joined(separator: " ")
                },
                .init("signed by") { Shown.keyText($0.issuer) },
            ], fields: Self.fields, empty: "no claims")
    }

    private static func kind(_ entry: ClaimsEntry) -> String {
        switch entry.subject {
        case .actor: "actor"
        case .provider: "provider"
        }
    }

    private static func fields(_ entry: ClaimsEntry) -> JSONObject {
        [
            "id": .string("\(entry.subject.key)"), "kind": .string(kind(entry)), "name": .string(entry.name),
            "issuer": .string(entry.issuer), "version": .string(entry.version), "revision": .string(entry.revision),
            "capabilities": .array(entry.capabilities.map(JSONValue.string)),
            "tags": .array(entry.tags.map(JSONValue.string)),
            "call_alias": Shown.text(entry.callAlias.isEmpty ? nil : entry.callAlias),
            "contract": Shown.text(entry.contract.isEmpty ? nil : entry.contract),
        ]
    }
}
