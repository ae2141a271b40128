import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// A lattice at one moment: what its buckets say, who answers, what runs, and what everything is called.
struct Overview: Sendable {
    /// Nil where the buckets are out of reach.
    let snapshot: LatticeSnapshot?
    let view: LatticeView
    let names: LatticeNames

    init(snapshot: LatticeSnapshot?, view: LatticeView) {
        self.snapshot = snapshot
        self.view = view
        names = LatticeNames(bundled: BundledNames.all, snapshot: snapshot, view: view)
    }

    /// Those who remember what they refused: classic hosts do not.
    var hostsOfOurs: Set<HostKey> { Set(view.hosts.filter { $0.isEnrolled != nil }.map(\.host)) }

    var advisor: RemedyAdvisor {
        RemedyAdvisor(names: names, view: view, bundled: BundledNames.all) { ContractArgument.shortName(of: $0) }
    }
}

extension LatticeSession {
    /// Which hosts are waited for.
    enum HostsAsked {
        /// Those that the trust document names; others count if they are quick.
        case enrolled
        /// Everybody: takes as long as nobody else can be expected to answer.
        case all
    }

    /// Whose document counts: the configured operator's, else that of the only one in `$LATTICE_HOME`. Nil goes by whoever
    /// signed the one that is there.
    func operatorKey() throws(CLIError) -> OperatorKey? {
        if let text = settings.trust.operator { return try? OperatorKey(text) }
        let entries = try keys.entries(.operator)
        guard entries.count == 1, let entry = entries.first else { return nil }
        return try? OperatorKey(keys.load(entry).publicKey)
    }

    func snapshot() async throws -> LatticeSnapshot {
        try await client.snapshot(
            operatorKey: operatorKey(), settings: LatticeTrust.TrustSettings(settings.trust))
    }

    /// For those who only look: buckets that are out of reach leave names and proofs unknown.
    /// - Throws: `ControlError.nobody` when no host answers.
    func look(_ asked: HostsAsked = .enrolled) async throws -> Overview {
        let snapshot: LatticeSnapshot?
        do { snapshot = try await self.snapshot() } catch let error as ControlError {
            guard case .store = error else { throw error }
            Program.notice("note: the lattice's buckets can't be read: \(error)")
            snapshot = nil
        }
        return try await overview(of: snapshot, asked)
    }

    /// - Throws: `ControlError.nobody` when no host answers.
    func overview(of snapshot: LatticeSnapshot?, _ asked: HostsAsked = .enrolled) async throws -> Overview {
        let hosts = try await hosts(asked, snapshot)
        return Overview(snapshot: snapshot, view: await client.view(of: hosts))
    }

    /// The same with the host that a person named: one that is not enrolled has to be waited for.
    func overview(of snapshot: LatticeSnapshot, naming host: String?) async throws -> (Overview, HostKey?) {
        let overview = try await overview(of: snapshot)
        guard let host else { return (overview, nil) }
        if let key = try? overview.names.host(host) { return (overview, key) }
        let all = try await self.overview(of: snapshot, .all)
        return (all, try all.names.host(host))
    }

    /// - Throws: `ControlError.nobody` when no host answers.
    func hosts(_ asked: HostsAsked, _ snapshot: LatticeSnapshot?) async throws(ControlError) -> [HostReply] {
        let hosts = try await client.hosts(expecting: isClassic || asked == .all ? nil : snapshot?.expectedClusters)
        guard !hosts.isEmpty else { throw .nobody(lattice) }
        return hosts
    }

    /// Classic hosts stand in no document.
    private var isClassic: Bool { settings.trust.invocations == .classic || !settings.trust.classicClusters.isEmpty }
}

extension LatticeTrust.TrustSettings {
    /// As `lattice.conf` has it. Foreign operators among the issuers count for nothing yet.
    init(_ settings: LatticeConfig.TrustSettings) {
        self.init(
            links: Links(rawValue: settings.links.rawValue) ?? .signed,
            invocations: Invocations(rawValue: settings.invocations.rawValue) ?? .strict,
            control: Control(rawValue: settings.control.rawValue) ?? .signed,
            builtins: Builtins(rawValue: settings.builtins.rawValue) ?? .claimed,
            actorCalls: ActorCalls(rawValue: settings.actorCalls.rawValue) ?? .open,
            issuers: Set(settings.issuers.compactMap { try? AccountKey($0) }),
            clusters: Set(settings.clusters.compactMap { try? ClusterKey($0) }),
            classicClusters: Set(settings.classicClusters.compactMap { try? ClusterKey($0) }))
    }
}
