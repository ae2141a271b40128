/// Changes that count together or not at all, as they stand in the log: length of what follows the sum, CRC-32 of it
/// (both 4 bytes, little endian), then the changes. Of a change: its kind (one byte) and its fields, byte strings with
/// their length (4 bytes) before them, numbers in 8 bytes.
enum LogFrame {
    static let headerBytesCount = 8

    private enum Kind: UInt8 {
        case put = 1
        case putExpiring
        case replace
        case remove
        case append
        case removeElement
        case insert
        case removeMember
    }

    static func encode(_ changes: [StoredChange]) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: headerBytesCount)
        for change in changes { write(change, to: &frame) }
        let header = Header(
            payloadBytesCount: frame.count - headerBytesCount, sum: CRC32.of(frame[headerBytesCount...]))
        frame.replaceSubrange(0..<headerBytesCount, with: header.encoded)
        return frame
    }

    struct Header {
        let payloadBytesCount: Int
        let sum: UInt32

        init(payloadBytesCount: Int, sum: UInt32) {
            self.payloadBytesCount = payloadBytesCount
            self.sum = sum
        }

        /// Nil for fewer than 8 bytes, and for an empty frame: nobody writes one, but a file can end in zeros.
        init?(_ bytes: some Collection<UInt8>) {
            var fields = Fields(bytes.prefix(headerBytesCount))
            guard let count = fields.word(), let sum = fields.word(), count > 0 else { return nil }
            self.init(payloadBytesCount: Int(count), sum: sum)
        }

        var encoded: [UInt8] {
            var bytes: [UInt8] = []
            LogFrame.write(word: UInt32(payloadBytesCount), to: &bytes)
            LogFrame.write(word: sum, to: &bytes)
            return bytes
        }
    }

    /// Nil when this is not what `encode` makes: another version's log.
    static func decode(payload: [UInt8]) -> [StoredChange]? {
        var fields = Fields(payload[...])
        var changes: [StoredChange] = []
        while !fields.isAtEnd {
            guard let change = fields.change() else { return nil }
            changes.append(change)
        }
        return changes
    }

    private static func write(_ change: StoredChange, to frame: inout [UInt8]) {
        switch change {
        case .put(let key, let value, nil): write(.put, [key, value], to: &frame)
        case .put(let key, let value, let expiry?):
            write(.putExpiring, [key, value], to: &frame)
            write(number: expiry, to: &frame)
        case .replace(let key, let value): write(.replace, [key, value], to: &frame)
        case .remove(let key): write(.remove, [key], to: &frame)
        case .append(let list, let value): write(.append, [list, value], to: &frame)
        case .removeElement(let list, let index):
            write(.removeElement, [list], to: &frame)
            write(number: Int64(index), to: &frame)
        case .insert(let set, let member): write(.insert, [set, member], to: &frame)
        case .removeMember(let set, let member): write(.removeMember, [set, member], to: &frame)
        }
    }

    private static func write(_ kind: Kind, _ strings: [[UInt8]], to frame: inout [UInt8]) {
        frame.append(kind.rawValue)
        for string in strings {
            write(word: UInt32(string.count), to: &frame)
            frame += string
        }
    }

    private static func write(word: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private static func write(number: Int64, to bytes: inout [UInt8]) {
        let bits = UInt64(bitPattern: number)
        write(word: UInt32(truncatingIfNeeded: bits), to: &bytes)
        write(word: UInt32(truncatingIfNeeded: bits >> 32), to: &bytes)
    }

    /// What is left to read.
    private struct Fields<Bytes: Collection<UInt8>> where Bytes.SubSequence == Bytes {
        private var rest: Bytes

        init(_ bytes: Bytes) { rest = bytes }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func change() -> StoredChange? {
            guard let kind = rest.popFirst().flatMap(Kind.init(rawValue:)), let key = string() else { return nil }
            switch kind {
            case .put: return string().map { .put(key: key, value: $0, expiry: nil) }
            case .putExpiring:
                guard let value = string(), let expiry = number() else { return nil }
                return .put(key: key, value: value, expiry: expiry)
            case .replace: return string().map { .replace(key: key, value: $0) }
            case .remove: return .remove(key: key)
            case .append: return string().map { .append(list: key, value: $0) }
            case .removeElement:
                return number().flatMap { Int(exactly: $0) }.map { .removeElement(list: key, index: $0) }
            case .insert: return string().map { .insert(set: key, member: $0) }
            case .removeMember: return string().map { .removeMember(set: key, member: $0) }
            }
        }

        mutating func word() -> UInt32? {
            var word: UInt32 = 0
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                guard let byte = rest.popFirst() else { return nil }
                word |= UInt32(byte) << shift
            }
            return word
        }

        private mutating func number() -> Int64? {
            guard let low = word(), let high = word() else { return nil }
            return Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
        }

        private mutating func string() -> [UInt8]? {
            guard let count = word().map(Int.init), count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }
}
