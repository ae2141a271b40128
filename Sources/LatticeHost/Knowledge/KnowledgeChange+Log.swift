import LatticeExchange
import LatticeTrust

extension KnowledgeChange {
    /// Tells the person who runs the host what matters of it.
    func write(to log: HostLog) {
        switch self {
        case .documentAdopted(let document, let issuers, let clusters):
            log(.info, "trust document version \(document.version) counts")
            for key in issuers { log(.notice, "an issuer is not trusted any more", ["issuer": "\(key)"]) }
            for key in clusters { log(.notice, "a host is not enrolled any more", ["cluster": "\(key)"]) }
        case .documentOutdated(let found, _):
            log(
                .warning,
                found.map { "the trust bucket holds the older document version \($0)" }
                    ?? "the trust bucket holds no document")
        case .refused(let key, let bucket, let reason):
            log(.warning, "an entry of the \(bucket.rawValue) bucket does not count: \(reason)", ["key": key.text])
        case .displaced(let actor):
            log(.notice, "somebody took the claims of an actor that runs here away", ["actor": "\(actor)"])
        case .cache(let problem): log(.warning, problem)
        case .current: log(.debug, "everything that the lattice's buckets hold is known")
        case .interrupted(let error): log(.warning, "the lattice's buckets are out of reach: \(error)")
        case .link, .actor, .revocations: break
        }
    }
}
