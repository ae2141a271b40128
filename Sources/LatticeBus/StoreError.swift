/// Why a metadata or object bucket did not do what was asked.
public enum StoreError: Error, Hashable, CustomStringConvertible {
    /// The message to or from the server did not get through.
    case bus(BusError)
    /// The server keeps nothing at all; `remedy` is what to change there.
    case storageOff(remedy: String)
    /// The key's newest value does not have the expected revision.
    case conflict(MetadataKey, expected: MetadataRevision)
    case tooLarge(bytesCount: Int, max: Int)
    case tooMany(entriesCount: Int, max: Int)
    case noObject(ObjectName)
    /// The object cannot be had whole. It is left where it is.
    case damaged(ObjectName, reason: String)
    /// The server, or whoever wrote the entry, sent what cannot be read.
    case malformed(String)
    /// The server said no, in its own words.
    case refused(String)

    public var description: String {
        switch self {
        case .bus(let error): "\(error)"
        case .storageOff(let remedy): "the server stores nothing: \(remedy)"
        case .conflict(let key, let expected):
            expected == .none ? "'\(key)' exists already" : "'\(key)' was changed since revision \(expected)"
        case .tooLarge(let bytesCount, let max): "\(bytesCount) bytes are over the limit of \(max) bytes"
        case .tooMany(let entriesCount, let max): "\(entriesCount) entries are over the limit of \(max)"
        case .noObject(let name): "there is no object '\(name)'"
        case .damaged(let name, let reason): "the object '\(name)' is damaged: \(reason)"
        case .malformed(let what): "cannot be read: \(what)"
        case .refused(let words): "refused by the server: \(words)"
        }
    }
}
