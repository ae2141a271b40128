/// Whether a connection can carry messages.
public enum BusState: Hashable, Sendable {
    /// Goes to `disconnected` when the server is lost and to `closed` when asked to.
    case connected(server: String)
    /// Tries again for ever; goes to `connected` or `closed`.
    case disconnected(since: UnixTime, reason: String)
    /// Final.
    case closed(reason: String)

    /// What a call fails with in this state; nil while connected.
    public var failure: BusError? {
        switch self {
        case .connected: nil
        case .disconnected(let since, let reason): .disconnected(since: since, reason: reason)
        case .closed(let reason): .closed(reason: reason)
        }
    }
}

/// Something that an owner of a connection should log or show.
public enum BusNotice: Hashable, Sendable {
    case state(BusState)
    /// A subscription's queue is full. `total` counts all that it has lost since it began; while it goes on losing, not
    /// every message is announced.
    case dropped(SubjectPattern, total: Int)
    /// The server complained of something that no call can be blamed for, such as a missing permission.
    case complaint(String)
}

/// Ends the notices when told to, or when it is no longer kept.
public final class BusObservation: Sendable {
    private let onCancel: @Sendable () -> Void

    public init(onCancel: @escaping @Sendable () -> Void) { self.onCancel = onCancel }
    deinit { onCancel() }

    /// Notices that are on their way may still arrive.
    public func cancel() { onCancel() }
}
