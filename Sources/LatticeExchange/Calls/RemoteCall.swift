import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Runs a job soon, on a thread that may be busy for a while: a host's workers, a provider process's queue.
public typealias Executor = @Sendable (_ job: @escaping @Sendable () -> Void) -> Void

/// A call that leaves this process. Judged already, as far as the origin judges.
public struct RemoteCall: Sendable {
    public var id: InvocationID
    public var origin: Entity
    public var target: CallTarget
    /// `Trait.Method`
    public var operation: String
    /// MessagePack; with everything around it at most what the bus takes.
    public var argument: [UInt8]
    /// What is left for it, all its hops included; at most 55 s are asked for.
    public var timeout: Duration
    public var traceContext: [String: String]

    public init(
        _ id: InvocationID, from origin: Entity, to target: CallTarget, operation: String, argument: [UInt8],
        timeout: Duration, traceContext: [String: String] = [:]
    ) {
        self.id = id
        self.origin = origin
        self.target = target
        self.operation = operation
        self.argument = argument
        self.timeout = timeout
        self.traceContext = traceContext
    }

    /// What a refusal of it is about.
    var facts: RefusalFacts {
        switch target {
        case .actor(let actor): RefusalFacts(actor: actor)
        case .provider(let provider, let contract, let link):
            RefusalFacts(actor: origin.actor, provider: provider, contract: contract, link: link)
        }
    }
}

extension CallTarget {
    var entity: Entity {
        switch self {
        case .actor(let actor): .actor(actor)
        case .provider(let provider, let contract, let link): .provider(provider, contract, link)
        }
    }
}

extension LatticeSubjects {
    func calls(of target: CallTarget) -> Subject {
        switch target {
        case .actor(let actor): calls(of: actor)
        case .provider(let provider, _, let link): calls(of: provider, link)
        }
    }
}
