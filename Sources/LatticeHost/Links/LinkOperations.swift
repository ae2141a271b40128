import LatticeBus
import LatticeControl
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Puts and deletes links as the lattice asks for it, and waits for the yes or no of their providers.
/// - Source: design, "link put has an outcome"; trust rules §3.
final class LinkOperations: Sendable {
    private let gatekeeper: Gatekeeper
    private let bucket: any MetadataBucket
    private let client: LatticeClient
    private let unreadable: @Sendable () -> [LinkReport]
    private let refused: @Sendable (Refusal) -> Void

    /// How long the instances of a provider may take to accept a link.
    static let answerTimeout = Duration.seconds(5)

    /// - Parameter unreadable: entries of the bucket that look like links and are none.
    init(
        gatekeeper: Gatekeeper, client: LatticeClient,
        refused: @escaping @Sendable (Refusal) -> Void, unreadable: @escaping @Sendable () -> [LinkReport]
    ) {
        self.gatekeeper = gatekeeper
        self.client = client
        self.unreadable = unreadable
        self.refused = refused
        bucket = client.metadata.bucket(client.subjects.metadataBucket)
    }

    // MARK: Putting

    /// Stores the link as classic hosts do. Whether it counts is for those to judge who use it.
    func store(_ request: LinkPutRequest) async -> ControlAck {
        do throws(StoreError) {
            try await write(request.link)
            return .accepted
        } catch { return .failed("the link can't be stored: \(error)") }
    }

    /// Puts a link into force, or says why that does not go and leaves everything as it was.
    func put(_ request: LinkPutRequest) async -> ControlAck {
        let link = request.link
        do {
            try judge(link)
            let previous = try await stored(link)
            if let previous, !request.replace, !Self.isSame(previous, link) {
                return .failed(
                    "the link '\(link.link)' of actor \(link.actor) for \(link.contract) is there already, with "
                        + "\(previous.provider == link.provider ? "other values" : "provider \(previous.provider)"); "
                        + "--replace puts this one in its place")
            }
            let instances = try await client.view(expecting: gatekeeper.basis).runs(of: link.provider, link.link)
            if instances.isEmpty, !request.pending { throw Refusal.noProvider(link) }
            try await write(link)
            if instances.isEmpty { return .done(.pending) }
            return await confirm(link, previous: previous, instances)
        } catch let refusal as Refusal {
            refused(refusal)
            return ControlAck(accepted: false, error: "\(refusal)", refusal: refusal.report())
        } catch { return .failed("the link can't be put: \(error)") }
    }

    private func judge(_ link: LinkDefinition) throws(Refusal) {
        let (basis, records) = (gatekeeper.basis, gatekeeper.records)
        // An actor that the lattice has never seen may be linked before it is started.
        if let actor = records.actor(link.actor) {
            try actor.check(basis, at: gatekeeper.now)
            guard actor.names(link.contract) else { throw .noClaim(actor, link.contract) }
        }
        try LinkRecord(link, lattice: basis.lattice).check(basis, records.revocations, at: gatekeeper.now)
    }

    /// Whether putting one over the other changes anything for anybody.
    private static func isSame(_ previous: LinkDefinition, _ link: LinkDefinition) -> Bool {
        previous.provider == link.provider && previous.values == link.values
    }

    /// Asks every instance of the provider; where one says no, takes the link back.
    private func confirm(
        _ link: LinkDefinition, previous: LinkDefinition?, _ instances: [LatticeView.ProviderRun]
    ) async -> ControlAck {
        let message = BusMessage(to: client.subjects.linkPut(link.provider, link.link), payload: link.messagePack)
        let replies: [BusMessage]
        do throws(BusError) {
            replies = try await client.bus.gather(message, within: Self.answerTimeout, repliesMax: instances.count)
        } catch { replies = [] }
        let answers = replies.compactMap { try? LinkAnswer(json: $0.payload) }
        let foreign = instances.allSatisfy { $0.provider.isolation == nil }
        if answers.isEmpty, foreign { return .done(.unconfirmed) }
        var parts: [ControlAck.Part] = []
        for host in Set(instances.map(\.host)).sorted() {
            if let answer = answers.first(where: { $0.host == host && $0.error != nil }) {
                parts.append(.init(host: host, error: answer.error))
            } else if answers.contains(where: { $0.host == host }) {
                parts.append(.init(host: host))
            } else {
                parts.append(.init(host: host, error: "no answer within \(Self.answerTimeout)"))
            }
        }
        guard let failure = parts.first(where: { $0.error != nil }) else { return .done(.applied, parts: parts) }
        await takeBack(link, previous: previous)
        return .failed(
            "provider \(link.provider) on host \(failure.host) does not take the link: \(failure.error ?? "")",
            parts: parts)
    }

    private func takeBack(_ link: LinkDefinition, previous: LinkDefinition?) async {
        if let previous {
            try? await write(previous)
        } else {
            try? await bucket.delete(key(of: link.id))
        }
    }

    // MARK: Deleting

    func delete(_ request: LinkDeleteRequest) async -> ControlAck {
        let id = LinkID(actor: request.actor, contract: request.contract, link: request.link)
        do {
            let key = try key(of: id)
            guard try await bucket.get(key) != nil else { return .done(.unchanged) }
            try await bucket.delete(key)
            return .done(.deleted)
        } catch { return .failed("the link can't be deleted: \(error)") }
    }

    // MARK: The bucket

    private func key(of id: LinkID) throws(StoreError) -> MetadataKey {
        do throws(MetadataKeyError) { return try LatticeDataKey.link(id).metadataKey() } catch {
            throw .malformed("\(error)")
        }
    }

    private func write(_ link: LinkDefinition) async throws(StoreError) {
        try await bucket.put(key(of: link.id), link.json)
    }

    /// Nil where there is none, or none that can be read: that one is nobody's loss.
    private func stored(_ link: LinkDefinition) async throws(StoreError) -> LinkDefinition? {
        try await bucket.get(key(of: link.id)).flatMap { try? LinkDefinition(json: $0.value) }
    }

    // MARK: Telling

    /// Every link of the bucket with what has become of it.
    func reports() async -> [LinkReport] {
        let (basis, records, now) = (gatekeeper.basis, gatekeeper.records, gatekeeper.now)
        let links = records.allLinks.sorted { "\($0.definition.id)" < "\($1.definition.id)" }
        let view = links.isEmpty ? nil : try? await client.view(expecting: basis)
        let known = links.map { record in
            let link = record.definition
            let (state, reason) = state(of: record, basis, records, view, at: now)
            return LinkReport(
                link, state: state, reason: reason, grantedBy: record.grantedBy, expires: record.expires)
        }
        return known + unreadable()
    }

    private func state(
        of record: LinkRecord, _ basis: TrustBasis, _ records: LatticeRecords, _ view: LatticeView?, at now: TokenTime
    ) -> (LinkReport.State, String?) {
        let link = record.definition
        do throws(Refusal) {
            try record.check(basis, records.revocations, at: now)
            if let actor = records.actor(link.actor), !actor.names(link.contract) {
                throw .noClaim(actor, link.contract)
            }
        } catch { return (.refused, error.code == .noGrant ? "no grant: \(error.sentence)" : error.sentence) }
        let instances = view?.runs(of: link.provider, link.link) ?? []
        if instances.isEmpty {
            return (.pending, "no host runs provider \(link.provider) under link name '\(link.link)'")
        }
        for run in instances {
            if let error = run.provider.linkErrors["\(link.id)"] { return (.refused, "on host \(run.host): \(error)") }
        }
        return (.applied, nil)
    }
}

extension LatticeClient {
    /// What all hosts run now. Nothing of it is kept: it would be out of date when it is needed.
    func view(expecting basis: TrustBasis) async throws(ControlError) -> LatticeView {
        await view(of: try await hosts(expecting: Set(basis.clusters)))
    }
}
