import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// Where an actor runs already, and where it is to be started. What runs under the same key has to be the same module:
/// the members of one queue group answer the same calls.
struct ActorPlacement {
    /// Hosts that run it as it is, and count for what is wanted.
    let running: [HostKey]
    let missingCount: Int
    private let named: HostKey?
    private let constraints: [String: String]

    /// - Parameter file: for the command that replaces another version.
    init(
        key: ModuleKey, name: String, hash: SHA256Digest, file: String, on named: HostKey?,
        constraints: [String: String], count: Int, _ overview: Overview
    ) throws(CLIError) {
        (self.constraints, self.named) = (constraints, named)
        let runs = overview.view.runs(of: key)
        if let other = runs.first(where: { $0.actor.hash != nil && $0.actor.hash != "\(hash)" }) {
            let called = overview.names.name(of: key) ?? "\(key)"
            throw CLIError(
                .refused,
                "actor \(name) (\(key)) runs on host \(overview.view.name(of: other.host) ?? "\(other.host)") as another "
                    + "module, with the hash \(other.actor.hash ?? ""): 'lattice update actor' replaces it",
                fix: "lattice update actor \(shellWord(called)) \(shellWord(file))")
        }
        let hosts = Set(runs.map(\.host))
        if let named {
            try Self.check(named, constraints, overview)
            running = hosts.contains(named) ? [named] : []
        } else {
            running = hosts.filter { Self.satisfies($0, constraints, overview) }.sorted()
        }
        missingCount = max(0, count - running.count)
    }

    /// The hosts to start it on: the named one, else those that are willing and have the least to do.
    func hosts(
        _ reference: ArtifactReference, _ session: LatticeSession, _ snapshot: LatticeSnapshot, _ overview: Overview
    ) async throws -> [HostKey] {
        if let named { return [named] }
        let bids = try await session.client.bids(
            ActorAuction(reference, constraints: constraints), hostsCount: overview.view.hosts.count)
        let willing = Placement.leastBusyFirst(bids.filter { !running.contains($0) }, overview)
        guard willing.count >= missingCount else {
            let all = try await session.overview(of: snapshot, .all)
            throw Placement.tooFew(willing.count, of: missingCount, constraints, all)
        }
        return Array(willing.prefix(missingCount))
    }

    private static func check(
        _ host: HostKey, _ constraints: [String: String], _ overview: Overview
    ) throws(CLIError) {
        guard satisfies(host, constraints, overview) else {
            throw CLIError(
                .refused,
                "host \(overview.view.name(of: host) ?? "\(host)") does not have the labels "
                    + Shown.pairs(constraints), fix: "lattice get hosts")
        }
    }

    private static func satisfies(_ host: HostKey, _ constraints: [String: String], _ overview: Overview) -> Bool {
        let labels = overview.view.hosts.first { $0.host == host }?.labels ?? [:]
        return constraints.allSatisfy { labels[$0.key] == $0.value }
    }
}

/// Choosing among hosts that are willing.
enum Placement {
    static func leastBusyFirst(_ hosts: [HostKey], _ overview: Overview) -> [HostKey] {
        func load(_ host: HostKey) -> Int {
            let inventory = overview.view.inventories.first { $0.host == host }
            return (inventory?.actors.count ?? 0) + (inventory?.providers.count ?? 0)
        }
        return hosts.sorted { (load($0), $0) < (load($1), $1) }
    }

    /// Why there are not enough, as far as it can be seen from here.
    static func tooFew(
        _ found: Int, of wanted: Int, _ constraints: [String: String], _ overview: Overview
    ) -> CLIError {
        let strangers = overview.view.hosts.filter { $0.isEnrolled == false }
        let fix = strangers.first.map { "lattice trust add \($0.host)" }
        let labels = constraints.isEmpty ? "" : " with the labels \(Shown.pairs(constraints))"
        if found == 0, wanted == 1 {
            let enrolment = strangers.isEmpty ? "" : "; \(strangers.count) that answer are not enrolled"
            return CLIError(
                .refused, "no host\(labels) is willing to run it\(enrolment)", fix: fix ?? "lattice get hosts")
        }
        return CLIError(
            .refused, "\(wanted) more hosts\(labels) are wanted, and \(found) are willing to run it",
            fix: fix ?? "lattice get hosts")
    }
}
