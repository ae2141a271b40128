import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// `lattice link …`
struct Link: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Connects actors to providers.",
        subcommands: [LinkPut.self, LinkDelete.self, LinkList.self])

    static let examples = ["lattice link put counter keyvalue-local keyvalue", "lattice link list"]
}

struct LinkDelete: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Takes a link away and revokes its grant; without one there is nothing to do.")

    static let examples = ["lattice link delete counter keyvalue"]

    @Argument(help: "The actor's name, call alias, key, or the first characters of that (4 or more).")
    var actor: String

    @Argument(help: "The contract: its id or short name.", transform: ContractArgument.parse)
    var contract: ContractArgument

    @OptionGroup var link: LinkNameOption
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private static let wait = Duration.seconds(10)

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let contract = try contract.contract()
        let snapshot = try await session.snapshot()
        let overview = try await session.overview(of: snapshot)
        let key = try overview.names.actor(actor)
        let ack = try await session.client.deleteLink(key, contract, link.link, wait: Self.wait)
        if case .taken = try CommandOutcome(ack, overview) {
            try await session.settle("the deletion") { session in
                try await session.snapshot().records.link(key, contract, link.link) == nil
            }
        }
        let record = snapshot.records.link(key, contract, link.link)
        if let record { try await session.revoke(grantOf: record, snapshot) }
        let name = overview.names.name(of: key) ?? "\(key)"
        let wasThere = record != nil
        return OutcomeReport(
            wasThere
                ? "deleted the link '\(link.link)' of actor \(name) for \(contract)"
                : "actor \(name) has no link '\(link.link)' for \(contract)",
            [
                "actor": .string("\(key)"), "contract": .string(contract.text), "link_name": .string(link.link.text),
                "outcome": .string(wasThere ? "deleted" : "unchanged"),
            ])
    }
}

struct LinkList: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the links, and whether they are in force.")

    static let examples = ["lattice link list", "lattice link list -o json"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> ListReport<LinkRow> {
        LinkRow.report(try await session.linkRows(try await session.look()))
    }
}
