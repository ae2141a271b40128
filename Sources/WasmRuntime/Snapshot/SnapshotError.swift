/// Why a snapshot could not be taken, or bytes could not be restored as one.
public enum SnapshotError: Error, Equatable, CustomStringConvertible {
    // Taking one.

    /// The call runs right now: a host function that it called asks for the snapshot.
    case callIsRunning
    /// The call has finished or trapped: nothing of it is left.
    case callHasEnded
    /// The call is of another store.
    case callOfAnotherStore
    /// Something in the guest's state that the format has no words for.
    case notPortable(String)

    // Restoring one.

    /// The bytes do not begin as a snapshot does.
    case notASnapshot
    /// Written by a version of the format that this one does not read.
    case version(found: UInt32, supported: UInt32)
    /// The bytes end before the snapshot does.
    case truncated(bytes: UInt64, of: UInt64)
    /// The digest at the end is not that of the bytes before it.
    case damaged
    /// Against the format, at `offset` in the snapshot.
    case malformed(String, offset: Int)
    /// The snapshot is of another module than the one that the instance was made of. Both as SHA-256 in hexadecimal.
    case otherModule(instance: Int, found: String, expected: String)
    /// The store's instances are not linked as those in the snapshot were.
    case linkedDifferently(String)
    /// Beyond a limit of the store.
    case tooLarge(String)
    /// A frame that the module's code cannot have. Frames count from the outermost.
    case impossibleFrame(call: Int, frame: Int, String)

    public var description: String {
        switch self {
        case .callIsRunning: "the call is running: a snapshot can be taken once it stops"
        case .callHasEnded: "the call has ended: there is nothing of it to write"
        case .callOfAnotherStore: "the call is of another store than the instance"
        case .notPortable(let what): "the guest's state cannot be written: \(what)"
        case .notASnapshot: "these bytes are not a snapshot"
        case .version(let found, let supported):
            "the snapshot has version \(found) of the format, this engine reads version \(supported)"
        case .truncated(let bytes, let all): "the snapshot has \(all) bytes, only \(bytes) are here"
        case .damaged: "the snapshot is damaged: its digest does not match"
        case .malformed(let what, let offset): "malformed snapshot at offset 0x\(String(offset, radix: 16)): \(what)"
        case .otherModule(let instance, let found, let expected):
            "instance \(instance) of the snapshot is of module sha256:\(expected), not sha256:\(found)"
        case .linkedDifferently(let what): "the instances are not linked as in the snapshot: \(what)"
        case .tooLarge(let what): "the snapshot is too large for this store: \(what)"
        case .impossibleFrame(let call, let frame, let what):
            "call \(call) of the snapshot has an impossible frame \(frame): \(what)"
        }
    }
}
