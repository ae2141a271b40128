/// What one connection spends at most, and its patience.
public struct RedisLimits: Sendable, Equatable {
    /// For an operation that brings none of its own.
    public var timeout: Duration = .seconds(2)
    /// For connecting and logging in together.
    public var connectTimeout: Duration = .seconds(1)
    /// After a failed attempt; doubled with each, up to `backoffMax`. Operations that come meanwhile fail at once.
    public var backoffMin: Duration = .milliseconds(50)
    public var backoffMax: Duration = .seconds(1)
    /// Operations asked for and not yet answered; beyond it `busy`.
    public var waitingMax = 4096
    /// Of the commands among those; beyond it `busy`.
    public var waitingBytesMax = 64 << 20
    /// Keys and value of one operation.
    public var operationBytesMax = 16 << 20
    /// Of one answer; a longer one costs the connection.
    public var replyBytesMax = 64 << 20

    public init() {}
}
