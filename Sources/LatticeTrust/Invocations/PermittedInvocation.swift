import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Who calls.
public enum CallOrigin: Hashable, Sendable {
    case actor(ModuleKey)
    case provider(ProviderKey, ContractID, LinkName)
    /// A person or program with a certificate.
    case client
    /// A tool of the classic protocol under a pseudo-key.
    case tool(String)
}

/// Who is called.
public enum CallTarget: Hashable, Sendable {
    case actor(ModuleKey)
    case provider(ProviderKey, ContractID, LinkName)
}

/// An invocation that may run, and what a receiver needs for it.
public struct PermittedInvocation: Sendable {
    public let id: InvocationID
    public let origin: CallOrigin
    public let target: CallTarget
    public let operation: String
    public let argument: [UInt8]
    /// From its arrival.
    public let timeout: Duration
    public let traceContext: [String: String]
    /// The link that it goes along, when there is a provider at one end.
    public let link: LinkDefinition?
    /// Whether the caller demands a signed reply.
    public let wantsSignedReply: Bool
}

extension FreshInvocation {
    /// Claims and link, at the end that protects itself.
    /// - Parameter receiver: who got it: it has to be the one that is meant.
    public func permitted(
        for receiver: CallTarget, by basis: TrustBasis, _ records: LatticeRecords
    ) throws(Refusal) -> PermittedInvocation {
        let authenticated = verified.authenticated
        let invocation = authenticated.invocation
        do throws(Refusal) {
            guard let origin = CallOrigin(invocation.origin) else {
                throw Refusal(.forged, "'\(invocation.origin.publicKey.prefix(80))' can't be the origin of a call")
            }
            guard CallTarget(invocation.target) == receiver else {
                throw Refusal(.forged, "the invocation is for '\(invocation.target.publicKey.prefix(80))', not for us")
            }
            let link = try CallPermission.check(
                from: origin, to: receiver, by: basis, records, at: authenticated.arrival)
            let milliseconds = authenticated.claims.payload.timeoutMilliseconds
            let timeout = milliseconds.map { Duration.milliseconds(Int64(clamping: $0)) }
            return PermittedInvocation(
                id: invocation.id, origin: origin, target: receiver, operation: invocation.operation,
                argument: verified.argument,
                timeout: min(timeout ?? InvocationWindow.timeoutDefault, InvocationWindow.timeoutMax),
                traceContext: invocation.traceContext, link: link, wantsSignedReply: authenticated.rules == .strict)
        } catch { throw error.of(invocation.id) }
    }
}

extension CallOrigin {
    /// Nil for what can't call.
    init?(_ entity: Entity) {
        if entity == .client {
            self = .client
        } else if entity.isUnlinked {
            self = entity.actor.map { .actor($0) } ?? .tool(entity.publicKey)
        } else if let provider = entity.provider, let contract = try? ContractID(entity.contractID),
            let link = try? LinkName(entity.linkName)
        {
            self = .provider(provider, contract, link)
        } else {
            return nil
        }
    }
}

extension CallTarget {
    /// Nil for what can't be called. Of an actor only the key counts.
    init?(_ entity: Entity) {
        if let actor = entity.actor {
            self = .actor(actor)
        } else if let provider = entity.provider, let contract = try? ContractID(entity.contractID),
            let link = try? LinkName(entity.linkName)
        {
            self = .provider(provider, contract, link)
        } else {
            return nil
        }
    }
}
