/// What hostile JSON may cost. Work and memory are linear in the bytes read.
public struct JSONLimits: Hashable, Sendable {
    public var bytesMax: Int
    /// How many arrays and objects may stand in one another.
    public var depthMax: Int

    public init(bytesMax: Int = 1 << 20, depthMax: Int = 32) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }
}

extension JSONValue {
    /// Reads exactly one value, white space around it allowed. Stricter than many readers: strings are UTF-8, escaped
    /// surrogates come in pairs, and an object has each key once.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.bytesMax else {
            throw JSONError(reason: .tooLong(limit: limits.bytesMax), offset: limits.bytesMax)
        }
        var reader = JSONReader(bytes: bytes, depthMax: limits.depthMax)
        self = try reader.readDocument()
    }
}

/// One pass over the bytes; recursion is as deep as `depthMax`, never deeper.
struct JSONReader {
    let bytes: [UInt8]
    let depthMax: Int
    private var position = 0
    private var depth = 0

    /// From this many members on, duplicate keys are looked for in a set.
    private static let fewMembers = 12

    init(bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    mutating func readDocument() throws(JSONError) -> JSONValue {
        let value = try readValue()
        skipSpace()
        guard position == bytes.count else { throw failure(.trailingBytes) }
        return value
    }

    private mutating func readValue() throws(JSONError) -> JSONValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try readNumber())
        default: throw failure(.unexpectedByte)
        }
    }

    private mutating func readObject() throws(JSONError) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        var keys: Set<String> = []
        var more = try !take(UInt8(ascii: "}"))
        // As many as most objects have: growing there in steps costs three allocations.
        if more { members.reserveCapacity(8) }
        while more {
            skipSpace()
            let start = position
            guard try peek() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
            let key = try readString()
            guard Self.isNew(key, among: members, &keys) else { throw failure(.duplicateKey, at: start) }
            guard try take(UInt8(ascii: ":")) else { throw failure(.unexpectedByte) }
            members.append(.init(key: key, value: try readValue()))
            more = try takeCommaOrEnd(UInt8(ascii: "}"))
        }
        depth -= 1
        return JSONObject(distinct: members)
    }

    private static func isNew(
        _ key: String, among members: [JSONObject.Member], _ keys: inout Set<String>
    ) -> Bool {
        if members.count < fewMembers { return !members.contains { $0.key == key } }
        if keys.isEmpty { keys = Set(members.map(\.key)) }
        return keys.insert(key).inserted
    }

    private mutating func readArray() throws(JSONError) -> [JSONValue] {
        try descend()
        var values: [JSONValue] = []
        var more = try !take(UInt8(ascii: "]"))
        while more {
            values.append(try readValue())
            more = try takeCommaOrEnd(UInt8(ascii: "]"))
        }
        depth -= 1
        return values
    }

    /// Past the opening bracket of an array or object.
    private mutating func descend() throws(JSONError) {
        guard depth < depthMax else { throw failure(.tooDeep(limit: depthMax)) }
        depth += 1
        position += 1
    }

    /// True after a comma, false after the closing bracket.
    private mutating func takeCommaOrEnd(_ end: UInt8) throws(JSONError) -> Bool {
        if try take(end) { return false }
        guard try take(UInt8(ascii: ",")) else { throw failure(.unexpectedByte) }
        return true
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw failure(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits(from: start)
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try skipDigits(from: start)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits(from: start)
        }
        if let next = current, Self.isDigit(next) { throw failure(.badNumber, at: start) }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func skipDigits(from start: Int) throws(JSONError) {
        let first = position
        while let next = current, Self.isDigit(next) { position += 1 }
        guard position > first else { throw failure(.badNumber, at: start) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: Bytes

    mutating func skipSpace() {
        while let next = current, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func peek() throws(JSONError) -> UInt8 {
        guard let next = current else { throw failure(.unexpectedEnd) }
        return next
    }

    /// Whether the next byte after white space is this one; if so, it is behind us.
    private mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
        if let next = current, next <= 0x20 { skipSpace() }
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: offset ?? position)
    }
}

// MARK: - Strings

extension JSONReader {
    /// From the opening quotation mark to behind the closing one.
    fileprivate mutating func readString() throws(JSONError) -> String {
        position += 1
        let start = position
        position = endOfPlainText(from: start)
        switch try peek() {
        case UInt8(ascii: "\""):
            let text = try text(bytes[start..<position], at: start)
            position += 1
            return text
        case UInt8(ascii: "\\"): return try readEscapedString(from: start)
        default: throw failure(.controlCharacter)
        }
    }

    /// Where the first quotation mark, escape or control character stands; the end when there is none.
    private func endOfPlainText(from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
                bytes[index] != UInt8(ascii: "\\")
            { index += 1 }
            return index
        }
    }

    /// The slower way, for strings in which an escape stands.
    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var decoded = Array(bytes[start..<position])
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(decoded[...], at: start)
            case UInt8(ascii: "\\"):
                position += 1
                try readEscape(into: &decoded)
            case 0..<0x20: throw failure(.controlCharacter)
            default:
                decoded.append(byte)
                position += 1
            }
        }
    }

    private mutating func readEscape(into decoded: inout [UInt8]) throws(JSONError) {
        let letter = try peek()
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(letter)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            decoded.append(contentsOf: String(try readEscapedScalar()).utf8)
            return
        default: throw failure(.badEscape)
        }
        position += 1
    }

    /// Behind `\u`: four digits, or eight with the `\u` of a second half between them.
    private mutating func readEscapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let first = try readFourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, current == UInt8(ascii: "\\") else { throw failure(.loneSurrogate, at: start) }
        position += 1
        guard current == UInt8(ascii: "u") else { throw failure(.loneSurrogate, at: start) }
        position += 1
        let second = try readFourDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func readFourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw failure(.badEscape) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func text(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(utf8: bytes.span) else { throw failure(.notUTF8, at: offset) }
        return text
    }
}
