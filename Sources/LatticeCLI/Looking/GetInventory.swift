import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol

struct GetInventory: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Shows what each host runs, or one of them.")

    static let examples = ["lattice get inventory", "lattice get inventory kitchen-pi -o json"]

    @Argument(help: "A host's name, key, or the first characters of that (4 or more).")
    var host: String?

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> InventoryReport {
        var overview = try await session.look(.all)
        if let host {
            let key = try overview.names.host(host)
            guard let inventory = overview.view.inventories.first(where: { $0.host == key }) else {
                throw ControlError.noHost(key)
            }
            let view = LatticeView(hosts: overview.view.hosts, inventories: [inventory])
            overview = Overview(snapshot: overview.snapshot, view: view)
        }
        return InventoryReport(overview: overview)
    }
}

/// Hosts with their actors and providers: sections as text, an array as JSON.
struct InventoryReport: Report {
    let overview: Overview

    var json: JSONValue {
        .array(
            overview.view.inventories.map { inventory in
                let part = part(of: inventory)
                return .object([
                    "host": .string("\(inventory.host)"), "name": .string(inventory.name),
                    "labels": Shown.object(inventory.labels), "version": .string(inventory.version),
                    "actors": .array(ActorRow.rows(part).map { .object($0.fields) }),
                    "providers": .array(ProviderRow.rows(part).map { .object($0.fields) }),
                ])
            })
    }

    func text(style: TextStyle) -> String {
        let sections = overview.view.inventories.map { inventory in
            let part = part(of: inventory)
            let labels = inventory.labels.isEmpty ? "" : "  " + Shown.pairs(inventory.labels)
            return style.bold("host \(inventory.name)".printable) + "  \(inventory.host)\(labels.printable)\n"
                + ActorRow.report(part).text(style: style) + ProviderRow.report(part).text(style: style)
        }
        let silent = overview.view.silent.map { "host \($0) does not say what it runs\n" }
        return (sections + silent).joined(separator: "\n")
    }

    private func part(of inventory: HostInventory) -> Overview {
        Overview(
            snapshot: overview.snapshot, view: LatticeView(hosts: overview.view.hosts, inventories: [inventory]))
    }
}
