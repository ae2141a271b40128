import LatticeProtocol
import LatticeTrust

/// How a provider calls the actors that are linked to it: judged, then in this process or over the bus.
public protocol ActorCaller: Sendable {
    /// - Parameter completion: called exactly once, on any thread, possibly before this returns; at the latest when the
    ///   call's time is over.
    func call(_ call: ActorCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void)
}

/// What a provider asks of a linked actor.
public struct ActorCall: Sendable {
    /// The link that it goes along, which names the actor.
    public var link: LinkDefinition
    /// `Trait.Method`
    public var operation: String
    /// MessagePack, as the contract says.
    public var argument: [UInt8]
    /// For the whole call, all its hops included.
    public var timeout: Duration

    public init(over link: LinkDefinition, operation: String, argument: [UInt8], timeout: Duration) {
        self.link = link
        self.operation = operation
        self.argument = argument
        self.timeout = timeout
    }
}
