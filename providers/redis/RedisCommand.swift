import KeyValueOperations

/// The words of one command. Any bytes may stand in them: each is sent with its length.
struct RedisCommand: Sendable, Equatable {
    let words: [[UInt8]]

    init(_ name: String, _ words: [UInt8]...) { self.words = [Array(name.utf8)] + words }

    init(_ name: String, _ words: [[UInt8]]) { self.words = [Array(name.utf8)] + words }

    /// As the protocol has it: an array of strings.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.reduce(16) { $0 + $1.count + 16 })
        bytes += "*\(words.count)\r\n".utf8
        for word in words {
            bytes += "$\(word.count)\r\n".utf8
            bytes += word
            bytes += "\r\n".utf8
        }
        return bytes
    }
}

extension RedisCommand {
    init(_ operation: KeyValueOperation) {
        switch operation {
        case .increment(let key, let number): self.init("INCRBY", key, Self.text(number))
        case .contains(let key): self.init("EXISTS", key)
        case .del(let key), .listClear(let key), .setClear(let key): self.init("DEL", key)
        case .get(let key): self.init("GET", key)
        case .set(let key, let value, 0): self.init("SET", key, value)
        case .set(let key, let value, let expires): self.init("SETEX", key, Self.text(expires), value)
        case .listAdd(let list, let value): self.init("RPUSH", list, value)
        case .listDel(let list, let value): self.init("LREM", list, Self.text(1), value)
        case .listRange(let list, let start, let stop): self.init("LRANGE", list, Self.text(start), Self.text(stop))
        case .setAdd(let set, let value): self.init("SADD", set, value)
        case .setDel(let set, let value): self.init("SREM", set, value)
        case .setIntersection(let sets): self.init("SINTER", sets)
        case .setUnion(let sets): self.init("SUNION", sets)
        case .setQuery(let set): self.init("SMEMBERS", set)
        }
    }

    /// Takes back what an increment did.
    static func decrement(key: [UInt8], by number: Int32) -> RedisCommand {
        RedisCommand("INCRBY", key, text(-Int64(number)))
    }

    private static func text(_ number: some BinaryInteger) -> [UInt8] { Array("\(number)".utf8) }
}

extension KeyValueOperation {
    /// What a reply to this operation's command means.
    func result(of reply: RedisReply) throws(KeyValueError) -> KeyValueResult {
        if case .error(let words) = reply { throw failure(words) }
        switch (self, reply) {
        case (.increment(let key, _), .integer(let number)):
            guard let number = Int32(exactly: number) else { throw .overflow(key: key) }
            return .number(Int(number))
        case (.contains, .integer(let count)), (.del, .integer(let count)), (.listClear, .integer(let count)),
            (.setClear, .integer(let count)), (.listDel, .integer(let count)):
            return .flag(count > 0)
        case (.get, .string(let value)): return .value(value)
        case (.get, .null): return .value(nil)
        case (.set, .status): return .done
        case (.listAdd, .integer(let count)), (.setAdd, .integer(let count)), (.setDel, .integer(let count)):
            return .number(Int(clamping: count))
        case (.listRange, .array(let replies)), (.setIntersection, .array(let replies)),
            (.setUnion, .array(let replies)), (.setQuery, .array(let replies)):
            var values: [[UInt8]] = []
            values.reserveCapacity(replies.count)
            for case .string(let value) in replies { values.append(value) }
            return .values(values)
        default: throw .refused("an answer that does not belong to the question")
        }
    }

    private func failure(_ words: String) -> KeyValueError {
        let kind = words.prefix { $0 != " " }
        switch kind {
        case "WRONGTYPE": return .wrongType(keys: keys)
        case "OOM": return .full(limit: "Redis has reached its maxmemory")
        case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN": return .unavailable(reason: words)
        case "NOAUTH": return .unavailable(reason: "Redis wants a login: the link's URL takes user and password")
        default: break
        }
        if words.contains("not an integer") { return .notAnInteger(key: keys.first ?? []) }
        if words.contains("would overflow") { return .overflow(key: keys.first ?? []) }
        return .refused(String(words.prefix(300)))
    }
}
