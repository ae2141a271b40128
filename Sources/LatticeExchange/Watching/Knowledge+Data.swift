import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// The data bucket, as classic hosts share it: links, which count with their grants; and claims, which count under the
/// classic profile only.
/// - Source: lattice protocol §9.2, trust rules §2, §3.
extension Knowledge {
    mutating func putData(_ key: MetadataKey, _ value: [UInt8]) -> [KnowledgeChange] {
        switch LatticeDataKey(key) {
        case .link(let id)?: return putLink(key, value, id)
        case .claims(let subject)?: return putClaims(key, value, of: subject)
        case .reference?: return []
        case nil where key.text.hasPrefix("LINKDEF_"):
            return refuseLink(key, value, "its key is not the hash of a link")
        case nil: return refuse(key, "it is no key of this bucket")
        }
    }

    mutating func removeData(_ key: MetadataKey) -> [KnowledgeChange] {
        refusedLinks.remove(key)
        let previous = stored[.data]?.values[key]
        unstore(key, in: .data)
        switch LatticeDataKey(key) {
        case .link(let id)?:
            guard let previous, let link = try? LinkDefinition(json: previous), link.id == id else { return [] }
            return .link(gatekeeper.update { $0.removeLink(link.actor, link.contract, link.link) })
        case .claims(let subject)?:
            guard let actor = try? ModuleKey(subject), classicActors.removeValue(forKey: actor) != nil,
                !isKnownBetter(actor)
            else { return [] }
            return .actor(gatekeeper.update { $0.removeActor(actor) })
        case .reference?, nil: return []
        }
    }

    private func refuse(_ key: MetadataKey, _ reason: String) -> [KnowledgeChange] {
        [.refused(key, in: .data, reason: reason)]
    }

    // MARK: Links

    private mutating func putLink(_ key: MetadataKey, _ value: [UInt8], _ id: LinkID) -> [KnowledgeChange] {
        let link: LinkDefinition
        do throws(MessageError) { link = try LinkDefinition(json: value) } catch {
            return refuseLink(key, value, "\(error)")
        }
        guard link.id == id else {
            return refuseLink(key, value, "its key is the hash of another link; this one's is \(link.id)")
        }
        let record = LinkRecord(link, lattice: trust.lattice)
        let (basis, revocations) = (gatekeeper.basis, gatekeeper.records.revocations)
        let isProven = (try? record.check(basis, revocations, at: gatekeeper.now)) != nil
        guard store(key, value, in: .data, isProven: isProven) else { return refuseLink(key, value, Self.noRoom) }
        refusedLinks.remove(key)
        return .link(gatekeeper.update { $0.put(record) })
    }

    /// What stood under the key before is gone from the bucket.
    private mutating func refuseLink(_ key: MetadataKey, _ value: [UInt8], _ reason: String) -> [KnowledgeChange] {
        let changes = removeData(key)
        refusedLinks.put(key, value, reason: reason)
        return changes + refuse(key, reason)
    }

    // MARK: Claims

    private mutating func putClaims(_ key: MetadataKey, _ value: [UInt8], of subject: AnyKey) -> [KnowledgeChange] {
        let entry: ClaimsEntry
        do throws(MessageError) { entry = try ClaimsEntry(json: value) } catch {
            return removeData(key) + refuse(key, "\(error)")
        }
        guard entry.subject.key == subject else {
            return removeData(key) + refuse(key, "it is about \(entry.subject.key)")
        }
        switch entry.subject {
        case .provider(let provider):
            // For remedies, as proof of nothing.
            guard let contract = try? ContractID(entry.contract) else { return [] }
            guard store(key, value, in: .data, isProven: false) else { return refuse(key, Self.noRoom) }
            gatekeeper.update { $0.noteProvider(provider, offers: contract) }
            return []
        case .actor(let actor):
            guard trust.settings.believesClassicClaims else { return [] }
            guard let record = ActorRecord(classic: entry) else {
                return removeData(key) + refuse(key, "its issuer '\(entry.issuer.prefix(80))' is no key")
            }
            guard store(key, value, in: .data, isProven: false) else {
                return removeData(key) + refuse(key, Self.noRoom)
            }
            classicActors[actor] = record
            return isKnownBetter(actor) ? [] : .actor(gatekeeper.update { $0.put(record) })
        }
    }

    /// Whether an actor's own token is known.
    private func isKnownBetter(_ actor: ModuleKey) -> Bool { provenActors.contains(actor) || runsHere(actor) }
}

extension TrustSettings {
    /// Whether what anybody may have written of an actor counts: under the classic profile, which believes unsigned links
    /// and classic invocations.
    /// - Source: trust rules §2, §4.
    public var believesClassicClaims: Bool { links == .classic && invocations == .classic }
}
