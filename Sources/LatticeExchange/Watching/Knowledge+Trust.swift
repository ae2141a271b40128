import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// The trust bucket: each entry is a token, and counts for nothing without its signature.
/// - Source: trust rules §2.
extension Knowledge {
    mutating func putTrust(
        _ key: MetadataKey, _ value: [UInt8], _ revision: MetadataRevision
    ) -> [KnowledgeChange] {
        guard let meaning = TrustBucketKey(key) else { return refuse(key, "it is no key of this bucket") }
        guard let text = String(validating: value, as: UTF8.self) else {
            return removeTrust(key) + refuse(key, "it is not UTF-8")
        }
        switch meaning {
        case .document: return putDocument(key, text, revision)
        case .claims(let actor): return putClaims(key, text, of: actor)
        case .revoked(let signer): return putRevocations(key, text, of: signer)
        case .process(let cluster): return putCertificate(key, text, of: cluster)
        }
    }

    mutating func removeTrust(_ key: MetadataKey) -> [KnowledgeChange] {
        switch TrustBucketKey(key) {
        case .document?:
            hasDocument = false
            // While the bucket is being read, a newer entry may follow.
            return isComplete.contains(.trust) ? missingDocument : []
        case .claims(let actor)?:
            unstore(key, in: .trust)
            provenActors.remove(actor)
            if runsHere(actor) { return [.displaced(actor)] }
            return .actor(
                gatekeeper.update { [classic = classicActors[actor]] records in
                    classic.map { records.put($0) } ?? records.removeActor(actor)
                })
        case .process(let cluster)?:
            unprovenCertificates[cluster] = nil
            gatekeeper.forgetCertificate(of: cluster)
            return []
        // What was revoked stays so, whoever deletes the list.
        case .revoked?, nil: return []
        }
    }

    /// Everything has been told: what is missing is missing, what does not count is not going to.
    mutating func completeTrust() -> [KnowledgeChange] {
        var changes = hasDocument ? [] : missingDocument
        for (cluster, reason) in tryCertificates() {
            if let key = try? TrustBucketKey.process(cluster).metadataKey() { changes += refuse(key, reason) }
        }
        return changes
    }

    private func refuse(_ key: MetadataKey, _ reason: String) -> [KnowledgeChange] {
        [.refused(key, in: .trust, reason: reason)]
    }

    // MARK: The document

    /// A process without an operator misses none.
    private var missingDocument: [KnowledgeChange] {
        trust.operatorKey == nil ? [] : [.documentOutdated(found: nil, revision: .none)]
    }

    private mutating func putDocument(
        _ key: MetadataKey, _ text: String, _ revision: MetadataRevision
    ) -> [KnowledgeChange] {
        hasDocument = true
        let (change, problem) = trust.consider(text)
        switch change {
        case nil: return refuse(key, "no operator is configured here (trust.operator), so no document counts")
        case .unchanged?, .absent?: return []
        case .refused(let error)?:
            // What is no document at all stands where one should; whose document it is may be for others to settle.
            let isNone = if case .token = error { true } else { false }
            return refuse(key, "\(error)") + (isNone ? [.documentOutdated(found: nil, revision: revision)] : [])
        case .outdated(let found)?:
            // Two documents of one version: hosts that hold different ones must not overwrite each other for ever, so
            // only one of the two is ever written back.
            if let ours = trust.document, ours.version == found, ours.text < text {
                return refuse(key, "it is another document of version \(found), which is in force already")
            }
            return [.documentOutdated(found: found, revision: revision)]
        case .adopted(let document, let issuers, let clusters)?:
            let basis = trust.basis
            gatekeeper.adopt(basis)
            _ = tryCertificates()
            return [
                .documentAdopted(
                    document, removedIssuers: issuers.subtracting(basis.issuers),
                    removedClusters: clusters.subtracting(basis.settings.clusters))
            ] + (problem.map { [.cache(problem: $0)] } ?? [])
        }
    }

    // MARK: Actors

    /// Kept whoever signed them: trust in the issuer is looked at whenever they are used, and may come later.
    private mutating func putClaims(_ key: MetadataKey, _ text: String, of actor: ModuleKey) -> [KnowledgeChange] {
        let record: ActorRecord
        do throws(ProofError) { record = try ActorRecord(verifying: text, of: actor) } catch {
            return removeTrust(key) + refuse(key, "\(error)")
        }
        let isTrusted = gatekeeper.basis.trustsIssuer(record.issuer)
        if runsHere(actor), !isTrusted {
            return removeTrust(key)
                + refuse(key, "the actor runs here with other claims, and nobody trusts \(record.issuer)")
        }
        guard store(key, Array(text.utf8), in: .trust, isProven: isTrusted) else {
            return removeTrust(key) + refuse(key, Self.noRoom)
        }
        provenActors.insert(actor)
        return runsHere(actor) ? [] : .actor(gatekeeper.update { $0.put(record) })
    }

    // MARK: Revocations

    private mutating func putRevocations(
        _ key: MetadataKey, _ text: String, of signer: AnyKey
    ) -> [KnowledgeChange] {
        let list: RevocationList
        do throws(ProofError) {
            list = try RevocationList(verifying: text, of: signer, lattice: trust.lattice)
        } catch { return refuse(key, "\(error)") }
        let known = gatekeeper.records.revocations.list(of: signer)
        if let known, list.version < known.version {
            return refuse(key, "version \(known.version) was seen before, and this is version \(list.version)")
        }
        let isTrusted = gatekeeper.basis.trustsGranter(signer)
        let isStored = store(key, Array(text.utf8), in: .trust, isProven: isTrusted)
        // What a granter took back is taken back, also where there is no room to remember it.
        guard isStored || isTrusted else { return refuse(key, Self.noRoom) }
        let problem = "the list of revoked grants by \(signer) is in force and not stored: \(Self.noRoom)"
        return (gatekeeper.update { $0.adopt(list) } ? [.revocations(list)] : [])
            + (isStored ? [] : [.cache(problem: problem)])
    }

    // MARK: Certificates

    private mutating func putCertificate(
        _ key: MetadataKey, _ text: String, of cluster: ClusterKey
    ) -> [KnowledgeChange] {
        guard let problem = tryCertificate(text, of: cluster) else {
            unprovenCertificates[cluster] = nil
            return []
        }
        if text.utf8.count <= Self.certificateBytesMax, unprovenCertificates.count < Self.unprovenCertificatesMax {
            unprovenCertificates[cluster] = text
        }
        return isComplete.contains(.trust) ? refuse(key, problem) : []
    }

    /// Tries those again that did not count.
    /// - Returns: those that still do not, and why.
    private mutating func tryCertificates() -> [(ClusterKey, reason: String)] {
        var refused: [(ClusterKey, reason: String)] = []
        for (cluster, text) in unprovenCertificates {
            if let problem = tryCertificate(text, of: cluster) {
                refused.append((cluster, problem))
            } else {
                unprovenCertificates[cluster] = nil
            }
        }
        return refused
    }

    /// - Returns: why it does not count.
    private func tryCertificate(_ text: String, of cluster: ClusterKey) -> String? {
        let certificate: Certificate
        do throws(ProofError) {
            certificate = try Certificate(verifying: text, by: gatekeeper.basis, at: gatekeeper.now)
        } catch { return "\(error)" }
        guard certificate.key == cluster else { return "it is about the key \(certificate.key)" }
        return gatekeeper.keep(certificate) ? nil : "the table of certificates is full"
    }
}
