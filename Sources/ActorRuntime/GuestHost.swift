/// A call that an actor makes.
/// - Source: the classic guest ABI, `__host_call`.
public struct OutgoingCall: Sendable {
    /// The link name; usually `default`, empty for calls to actors.
    public let binding: String
    /// A contract id, an actor's key or a call alias.
    public let namespace: String
    public let operation: String
    public let payload: [UInt8]
}

/// What the calls that an actor makes end with.
public enum OutgoingResult: Sendable {
    case success([UInt8])
    /// The text that the guest sees as host error.
    case failure(String)
}

/// What an actor may ask of its host while it handles one call.
public protocol GuestHost: Sendable {
    /// Answers a call of the actor's. `completion` is called exactly once, on any thread, possibly before this returns.
    /// The host sees to it that it comes before the call's deadline.
    func perform(_ call: OutgoingCall, completion: @escaping @Sendable (OutgoingResult) -> Void)
    /// A line that the actor logs, valid UTF-8, without its end.
    func log(_ line: String)
}
