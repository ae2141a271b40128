/// One step of what a store holds. The log is a row of these; replaying them makes the store anew.
enum StoredChange: Equatable, Sendable {
    typealias Bytes = [UInt8]

    /// Whatever was there is replaced. `expiry`: milliseconds since 1970, nil for never.
    case put(key: Bytes, value: Bytes, expiry: Int64?)
    /// As `put`, but what is left of the key's life stays as it is.
    case replace(key: Bytes, value: Bytes)
    case remove(key: Bytes)
    /// To the end of a list, which is made if it is not there.
    case append(list: Bytes, value: Bytes)
    case removeElement(list: Bytes, index: Int)
    /// Into a set, which is made if it is not there.
    case insert(set: Bytes, member: Bytes)
    case removeMember(set: Bytes, member: Bytes)
}
