import LatticeBus
import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeTrust

/// A small lattice in which everything is right, to be spoiled in one place.
struct World {
    let lattice = LatticeName.default
    let now = TokenTime(seconds: 1_700_000_000)
    let ids = NUIDGenerator()
    let `operator` = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let host = HostKeyPair.generate()
    let cluster = ClusterKeyPair.generate()
    let actor = ModuleKeyPair.generate().publicKey
    let other = ModuleKeyPair.generate().publicKey
    let provider = ProviderKeyPair.generate().publicKey
    let contract: ContractID
    let document: TrustDocument
    var basis: TrustBasis
    var records = LatticeRecords()
    var certificates = CertificateTable()

    init(settings: TrustSettings = TrustSettings()) throws {
        contract = try ContractID("wasmcloud:keyvalue")
        document = try .signed(
            by: `operator`, lattice: lattice, version: 1, issuers: [account.publicKey],
            clusters: [.init(key: cluster.publicKey, host: host.publicKey)], at: now, ids: ids)
        basis = TrustBasis(
            lattice: lattice, operatorKey: `operator`.publicKey, document: document, settings: settings)
        try putActor(actor, ["wasmcloud:keyvalue", "wasmcloud:builtin:logging"], alias: "counter")
        try putActor(other, [], alias: "other")
        _ = records.put(LinkRecord(granted(try link()), lattice: lattice))
    }

    // MARK: Parts

    func claims(
        _ key: ModuleKey, _ capabilities: [String], alias: String? = nil, expires: TokenTime? = nil,
        notBefore: TokenTime? = nil
    ) -> TokenClaims<ActorClaims> {
        TokenClaims(
            id: ids.next(), subject: "\(key)", issuedAt: now, expires: expires, notBefore: notBefore,
            payload: ActorClaims(
                name: alias, capabilities: capabilities, callAlias: alias.flatMap(CallAlias.init(normalizing:))))
    }

    mutating func putActor(
        _ key: ModuleKey, _ capabilities: [String], alias: String? = nil, expires: TokenTime? = nil,
        notBefore: TokenTime? = nil, signer: AccountKeyPair? = nil
    ) throws {
        let token = claims(key, capabilities, alias: alias, expires: expires, notBefore: notBefore)
            .signed(by: signer ?? account)
        _ = records.put(try ActorRecord(verifying: token, of: key))
    }

    func link() throws -> LinkDefinition {
        LinkDefinition(actor: actor, provider: provider, contract: contract, values: ["URL": "redis://x"])
    }

    func granted(
        _ link: LinkDefinition, by granter: AnyKeyPair? = nil, expires: TokenTime? = nil
    ) -> LinkDefinition {
        var link = link
        link.grant = Grant.signed(
            for: link, by: granter ?? AnyKeyPair(account), lattice: lattice, expires: expires, at: now, ids: ids)
        return link
    }

    // MARK: Invocations

    var subjects: LatticeSubjects { LatticeSubjects(lattice) }
    var signer: InvocationSigner {
        InvocationSigner(key: cluster, host: host.publicKey, lattice: lattice, ids: ids)
    }

    /// From the actor to the provider.
    func draft() -> InvocationSigner.Draft {
        InvocationSigner.Draft(
            from: .actor(actor), to: .provider(provider, contract, .default), operation: "KeyValue.Increment",
            argument: [1, 2, 3], id: signer.nextID())
    }

    var providerSubject: Subject { subjects.calls(of: provider, .default) }
    var asProvider: CallTarget { .provider(provider, contract, .default) }

    func strict(_ subject: Subject? = nil) -> InvocationSigner.Form {
        .strict(subject: (subject ?? providerSubject).text, timeout: .seconds(2))
    }

    func received(
        _ invocation: Invocation, on subject: Subject? = nil, at time: TokenTime? = nil
    ) -> ReceivedInvocation {
        ReceivedInvocation(invocation.messagePack, on: subject ?? providerSubject, at: time ?? now)
    }

    /// The whole way, with an empty table.
    func judge(
        _ received: ReceivedInvocation, as target: CallTarget? = nil
    ) throws -> PermittedInvocation {
        var table = ReplayTable()
        return try judge(received, as: target, &table)
    }

    func judge(
        _ received: ReceivedInvocation, as target: CallTarget? = nil, _ table: inout ReplayTable
    ) throws -> PermittedInvocation {
        let decoded = try received.decoded()
        let authenticated: AuthenticatedInvocation
        do throws(AuthenticationFailure) {
            authenticated = try decoded.authenticated(by: basis, certificates)
        } catch { throw error.refusal }
        return try authenticated.verified().admitted(by: &table).permitted(
            for: target ?? asProvider, by: basis, records)
    }
}

/// The code with which something was refused; nil when it was not.
func code(_ body: () throws -> some Any) -> RefusalCode? {
    do {
        _ = try body()
        return nil
    } catch let refusal as Refusal { return refusal.code } catch let failure as AuthenticationFailure {
        return failure.refusal.code
    } catch {
        Issue.record("neither a refusal nor none: \(error)")
        return nil
    }
}
