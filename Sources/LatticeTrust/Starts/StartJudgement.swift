import LatticeIdentity
import LatticeProtocol

/// Whether a host may start a module. In this order: the host is enrolled; the module's claims section, signature, hash
/// and times; who signed it. Not a byte of code is decoded before all of it is right.
/// - Source: trust rules §1, §5.
public enum StartJudgement {
    /// - Parameters:
    ///   - bytes: the whole module.
    ///   - cluster: of the host that is to run it.
    public static func module(
        _ bytes: [UInt8], on host: HostKey, _ cluster: ClusterKey, by basis: TrustBasis, at now: TokenTime
    ) throws(Refusal) -> VerifiedModule {
        try enrolled(host, cluster, by: basis)
        let signed: SignedModule
        let module: VerifiedModule
        do throws(ModuleRefusal) { signed = try SignedModule(bytes) } catch { throw Refusal(error, of: nil) }
        do throws(ModuleRefusal) { module = try signed.verified(at: now) } catch { throw Refusal(error, of: signed) }
        try trusted(module, by: basis)
        return module
    }

    /// For a module that was checked before, when the document has changed.
    public static func upheld(
        _ module: VerifiedModule, on host: HostKey, _ cluster: ClusterKey, by basis: TrustBasis
    ) throws(Refusal) {
        try enrolled(host, cluster, by: basis)
        try trusted(module, by: basis)
    }

    /// Who signed it.
    private static func trusted(_ module: VerifiedModule, by basis: TrustBasis) throws(Refusal) {
        guard basis.trustsIssuer(module.issuer) else {
            throw Refusal(
                .untrustedIssuer, "actor \(module.key) is signed by \(module.issuer), whom nobody here trusts",
                RefusalFacts(actor: module.key, issuer: module.issuer))
        }
    }

    /// A host that nobody enrolled runs nothing.
    public static func enrolled(
        _ host: HostKey, _ cluster: ClusterKey, by basis: TrustBasis
    ) throws(Refusal) {
        guard basis.isEnrolled(cluster) else {
            throw Refusal(
                .notEnrolled, "the host \(host) is not enrolled in the lattice '\(basis.lattice)'",
                RefusalFacts(host: host, cluster: cluster))
        }
    }
}

extension Refusal {
    fileprivate init(_ refusal: ModuleRefusal, of module: SignedModule?) {
        let code: RefusalCode
        switch refusal {
        case .unsigned: code = .unsigned
        case .tampered: code = .tampered
        case .expired: code = .expired
        case .notYetValid: code = .notYetValid
        }
        self.init(code, "\(refusal)", RefusalFacts(actor: module?.key, issuer: module?.token.issuer))
    }
}
