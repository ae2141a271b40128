import LatticeProtocol
import LatticeTrust

/// Something that serves one contract, for the actors that are linked to it. All that a provider has to know of us: the same
/// provider runs in a host and as a process of its own, and does not notice which.
///
/// What reaches it was judged before: claims, link and grant are right. Links are given one at a time; calls come from many
/// threads, and at any time between the first `put` of a link and the end of its `remove`.
public protocol CapabilityProvider: Sendable {
    /// Takes a link into use: opens what it needs (a port, a connection) and returns when it serves. The same link comes
    /// again with other values when somebody replaced it; what served until then goes on where this throws.
    /// - Throws: why these values will not do, as whoever put the link will read it.
    func put(_ link: LinkDefinition) async throws(LinkProblem)

    /// Gives up what a link needed. Never fails: what can't be closed is closed later.
    func remove(_ link: LinkDefinition) async

    /// Performs an operation for a linked actor. Returns at once, or within microseconds.
    /// - Parameter completion: called exactly once, on any thread, before the call's deadline has passed for long.
    func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void)

    /// How it is: asked for every 30 s, answered from memory.
    var health: HealthReply { get }

    /// Ends all links and whatever else it holds. Nothing is asked of it afterwards.
    func shutdown() async
}

/// Why a provider does not take a link, for the person who put it.
public struct LinkProblem: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What a linked actor asks of a provider. Permitted.
public struct ProviderCall: Sendable {
    public let id: InvocationID
    /// The link that it goes along, which names the actor.
    public let link: LinkDefinition
    /// `Trait.Method`
    public let operation: String
    /// MessagePack, as the contract says.
    public let argument: [UInt8]
    /// Beyond it nobody waits for the answer.
    public let deadline: ContinuousClock.Instant

    public init(
        id: InvocationID, link: LinkDefinition, operation: String, argument: [UInt8],
        deadline: ContinuousClock.Instant
    ) {
        self.id = id
        self.link = link
        self.operation = operation
        self.argument = argument
        self.deadline = deadline
    }
}

extension ProviderCall {
    /// A no to this call, or its failure.
    /// - Parameter sentence: without a full stop.
    public func refusal(_ code: RefusalCode, _ sentence: String) -> Refusal {
        Refusal(
            code, sentence, call: id,
            RefusalFacts(actor: link.actor, provider: link.provider, contract: link.contract, link: link.link))
    }
}
