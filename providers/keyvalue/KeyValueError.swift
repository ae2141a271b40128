import LatticeTrust

/// Why an operation has no result. What "may or may not have happened" means is said by each case.
public enum KeyValueError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key holds another kind of value than the operation works on. With several keys: one of them.
    case wrongType(keys: [[UInt8]])
    /// What the key holds is not written as an integer of 64 bits.
    case notAnInteger(key: [UInt8])
    /// The sum does not fit into the contract's 32 bits; nothing was changed.
    case overflow(key: [UInt8])
    /// What the key holds is not UTF-8, and the contract knows nothing else. With several keys: one of them.
    case notText(keys: [[UInt8]])
    /// An intersection or union of no sets.
    case noSets
    /// Keys and value of one operation; or an answer, which then may stand for something that was done.
    case tooLarge(bytesCount: Int, max: Int)
    /// The store's memory; nothing was changed.
    case full(limit: String)
    /// Too many operations wait; this one was not done.
    case busy(waitingMax: Int)
    /// The store is out of reach; this operation was not done.
    case unavailable(reason: String)
    /// The store was lost after it had been asked: it may or may not have done it.
    case interrupted(reason: String)
    /// It may or may not have been done.
    case timedOut(after: Duration)
    /// What is new could not be written; nothing was changed, what was there is still there.
    case notWritten(reason: String)
    /// The store's own words.
    case refused(String)

    public var code: RefusalCode {
        switch self {
        case .busy, .full: .busy
        case .timedOut: .deadline
        case .tooLarge: .tooLarge
        case .wrongType, .notAnInteger, .overflow, .notText, .noSets, .unavailable, .interrupted, .notWritten,
            .refused:
            .providerError
        }
    }

    public var description: String {
        switch self {
        case .wrongType(let keys): "\(Self.show(keys)) holds another kind of value than this operation works on"
        case .notAnInteger(let key): "\(Self.show(key)) does not hold an integer"
        case .overflow(let key): "\(Self.show(key)) would leave the 32 bits that this contract has for a counter"
        case .notText(let keys):
            "\(Self.show(keys)) holds bytes that are not UTF-8, and this contract carries text only"
        case .noSets: "the operation names no set"
        case .tooLarge(let count, let max): "\(count) bytes are more than the \(max) allowed"
        case .full(let limit): "the store is full: \(limit)"
        case .busy(let max): "\(max) operations are waiting already"
        case .unavailable(let reason): "the store is out of reach: \(reason)"
        case .interrupted(let reason): "the store was lost before it answered: \(reason); it may have done this"
        case .timedOut(let limit): "no answer of the store within \(limit); it may have done this"
        case .notWritten(let reason): "nothing was changed, since it can't be kept: \(reason)"
        case .refused(let words): "the store says: \(words)"
        }
    }

    private static func show(_ keys: [[UInt8]]) -> String {
        keys.prefix(5).map(show).joined(separator: " or ") + (keys.count > 5 ? " or …" : "")
    }

    private static func show(_ key: [UInt8]) -> String {
        "'\(String(decoding: key.prefix(100), as: UTF8.self))'\(key.count > 100 ? "…" : "")"
    }
}
