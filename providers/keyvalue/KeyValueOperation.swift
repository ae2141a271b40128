/// What an actor asks of a key-value store. Named as on the wire; meaning and results are those of the Redis command
/// named here. Source: lattice protocol, §6.3.
public enum KeyValueOperation: Sendable, Equatable {
    /// Any bytes; the contract's are UTF-8.
    public typealias Bytes = [UInt8]

    /// INCRBY → `.number`. A sum beyond 32 bits is refused and changes nothing.
    case increment(key: Bytes, by: Int32)
    /// EXISTS → `.flag`
    case contains(key: Bytes)
    /// DEL → `.flag`: it was there
    case del(key: Bytes)
    /// GET → `.value`
    case get(key: Bytes)
    /// SET → `.done`. `expires`: seconds from now, 0 for never; an earlier expiry is forgotten.
    case set(key: Bytes, value: Bytes, expires: UInt32)
    /// RPUSH → `.number`: the new length
    case listAdd(list: Bytes, value: Bytes)
    /// DEL → `.flag`
    case listClear(list: Bytes)
    /// LREM list 1 value → `.flag`: one was removed
    case listDel(list: Bytes, value: Bytes)
    /// LRANGE → `.values`; both ends included, negative ones count from the end
    case listRange(list: Bytes, start: Int32, stop: Int32)
    /// SADD → `.number` of added ones
    case setAdd(set: Bytes, value: Bytes)
    /// SREM → `.number` of removed ones
    case setDel(set: Bytes, value: Bytes)
    /// SINTER → `.values` in any order; at least one set has to be named
    case setIntersection(sets: [Bytes])
    /// SUNION → the same
    case setUnion(sets: [Bytes])
    /// SMEMBERS → `.values` in any order
    case setQuery(set: Bytes)
    /// DEL → `.flag`
    case setClear(set: Bytes)
}

public enum KeyValueResult: Sendable, Equatable {
    case done
    case flag(Bool)
    /// Fits into 32 bits, signed for `increment`, else unsigned.
    case number(Int)
    /// Nil when there is no such key.
    case value([UInt8]?)
    case values([[UInt8]])
}

extension KeyValueOperation {
    /// The names it is about.
    public var keys: [Bytes] {
        switch self {
        case .increment(let key, _), .contains(let key), .del(let key), .get(let key), .set(let key, _, _),
            .listAdd(let key, _), .listClear(let key), .listDel(let key, _), .listRange(let key, _, _),
            .setAdd(let key, _), .setDel(let key, _), .setQuery(let key), .setClear(let key):
            [key]
        case .setIntersection(let keys), .setUnion(let keys): keys
        }
    }

    /// Of keys and value together.
    public var bytesCount: Int {
        let valueBytesCount =
            switch self {
            case .set(_, let value, _), .listAdd(_, let value), .listDel(_, let value), .setAdd(_, let value),
                .setDel(_, let value):
                value.count
            default: 0
            }
        return keys.reduce(valueBytesCount) { $0 + $1.count }
    }

    /// What every store refuses before it looks at its data.
    /// - Parameter bytesMax: for keys and value together.
    public func check(bytesMax: Int) throws(KeyValueError) {
        switch self {
        case .setIntersection(let sets) where sets.isEmpty, .setUnion(let sets) where sets.isEmpty: throw .noSets
        default: break
        }
        guard bytesCount <= bytesMax else { throw .tooLarge(bytesCount: bytesCount, max: bytesMax) }
    }
}
