import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Both buckets of a lattice as they are at one moment: what judgements rest on, as a host has it.
public struct LatticeSnapshot: Sendable {
    public let basis: TrustBasis
    public let records: LatticeRecords
    /// Nil when there is none, or none that counts.
    public let document: TrustDocument?
    /// Why what the bucket holds as document does not count.
    public let documentProblem: ProofError?
    /// The classic bucket's claims: for names and lists, as proof of nothing.
    public let claims: [ClaimsEntry]

    /// - Parameters:
    ///   - operatorKey: whose document counts; nil goes by the operator who signed the one that is there.
    ///   - data: of the metadata bucket.
    ///   - trust: of the trust bucket.
    public init(
        lattice: LatticeName, operatorKey: OperatorKey?, settings: TrustSettings = TrustSettings(),
        data: [MetadataEntry], trust: [MetadataEntry]
    ) {
        let tokens = trust.compactMap { entry in
            TrustBucketKey(entry.key).map { ($0, String(decoding: entry.value, as: UTF8.self)) }
        }
        let text = tokens.first { $0.0 == .document }?.1
        let signer = operatorKey ?? text.flatMap(TrustDocument.signer)
        var document: TrustDocument?
        var problem: ProofError?
        if let text, let signer {
            do throws(ProofError) {
                document = try TrustDocument(verifying: text, operatorKey: signer, lattice: lattice)
            } catch { problem = error }
        }
        self.document = document
        documentProblem = problem
        basis = TrustBasis(lattice: lattice, operatorKey: signer, document: document, settings: settings)
        var records = LatticeRecords()
        for (key, text) in tokens { Self.add(key, text, lattice, to: &records) }
        var claims: [ClaimsEntry] = []
        for entry in data { Self.add(entry, settings, lattice, to: &records, &claims) }
        self.records = records
        self.claims = claims
    }

    private static func add(
        _ key: TrustBucketKey, _ text: String, _ lattice: LatticeName, to records: inout LatticeRecords
    ) {
        switch key {
        case .claims(let actor):
            if let record = try? ActorRecord(verifying: text, of: actor) { _ = records.put(record) }
        case .revoked(let signer):
            if let list = try? RevocationList(verifying: text, of: signer, lattice: lattice) { _ = records.adopt(list) }
        case .document, .process: break
        }
    }

    private static func add(
        _ entry: MetadataEntry, _ settings: TrustSettings, _ lattice: LatticeName, to records: inout LatticeRecords,
        _ claims: inout [ClaimsEntry]
    ) {
        switch LatticeDataKey(entry.key) {
        case .link(let id)?:
            guard let link = try? LinkDefinition(json: entry.value), link.id == id else { return }
            _ = records.put(LinkRecord(link, lattice: lattice))
        case .claims(let subject)?:
            guard let found = try? ClaimsEntry(json: entry.value), found.subject.key == subject else { return }
            claims.append(found)
            if case .provider(let key) = found.subject, let contract = try? ContractID(found.contract) {
                records.noteProvider(key, offers: contract)
            }
            // Where a host of ours has not put the actor's own token, classic lattices go by this.
            if settings.invocations == .classic, let record = ActorRecord(classic: found),
                records.actor(record.key) == nil
            {
                _ = records.put(record)
            }
        case .reference?, nil: break
        }
    }
}

extension TrustDocument {
    /// Who a text says has signed it; nothing is proven.
    static func signer(of text: String) -> OperatorKey? {
        guard let token = try? ReceivedToken<JSONObject>(text, limits: TokenLimits(bytesMax: 1 << 20)) else {
            return nil
        }
        return try? OperatorKey(token.issuer)
    }
}

extension LatticeClient {
    /// Reads both buckets.
    public func snapshot(
        operatorKey: OperatorKey?, settings: TrustSettings = TrustSettings()
    ) async throws(ControlError) -> LatticeSnapshot {
        do throws(StoreError) {
            let trust = try await metadata.bucket(subjects.trustBucket).entries()
            let data = try await metadata.bucket(subjects.metadataBucket).entries()
            return LatticeSnapshot(
                lattice: lattice, operatorKey: operatorKey, settings: settings, data: data, trust: trust)
        } catch { throw .store(error) }
    }
}

extension LatticeSnapshot {
    /// The cluster keys of all hosts that should answer; nil when nobody can say.
    public var expectedClusters: Set<ClusterKey>? { document.map { Set($0.clusters.map(\.key)) } }
}
