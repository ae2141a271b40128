/// Writes JSON in exactly the order of its calls: the order of keys in signed tokens is part of their bytes.
/// It sets the commas; that keys stand in objects and nowhere else is the caller's care.
public struct JSONWriter: Sendable {
    public enum Layout: Sendable {
        /// No white space at all.
        case compact
        /// For people: one member or element a line, two spaces a level.
        case indented
    }

    public private(set) var bytes: [UInt8] = []
    private let layout: Layout
    private var depth = 0
    private var needsComma = false
    private var followsKey = false

    public init(layout: Layout = .compact, reservingBytes bytesCount: Int = 0) {
        self.layout = layout
        bytes.reserveCapacity(bytesCount)
    }

    /// The bytes of one value.
    public static func bytes(of value: some JSONWritable, layout: Layout = .compact) -> [UInt8] {
        var writer = JSONWriter(layout: layout)
        value.write(to: &writer)
        return writer.bytes
    }

    // MARK: Values

    public mutating func null() { literal("null") }
    public mutating func value(_ value: Bool) { literal(value ? "true" : "false") }
    public mutating func value(_ value: some FixedWidthInteger) { literal("\(value)") }
    public mutating func value(_ number: JSONNumber) { literal(number.literal) }

    public mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    // MARK: Members

    /// The value comes with the next call.
    public mutating func key(_ key: String) {
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        if layout == .indented { bytes.append(UInt8(ascii: " ")) }
        followsKey = true
    }

    public mutating func member(_ key: String, _ value: some JSONWritable) {
        self.key(key)
        value.write(to: &self)
    }

    /// Writes nothing when there is no value.
    public mutating func member(_ key: String, ifPresent value: (some JSONWritable)?) {
        if let value { member(key, value) }
    }

    /// Writes `null` when there is no value.
    public mutating func member(_ key: String, orNull value: (some JSONWritable)?) {
        self.key(key)
        if let value { value.write(to: &self) } else { null() }
    }

    public mutating func object(_ key: String, _ members: (inout JSONWriter) -> Void) {
        self.key(key)
        object(members)
    }

    public mutating func array(_ key: String, _ elements: (inout JSONWriter) -> Void) {
        self.key(key)
        array(elements)
    }

    // MARK: Bytes

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func nest(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(opening)
        depth += 1
        needsComma = false
        body(&self)
        depth -= 1
        if needsComma { breakLine() }
        bytes.append(closing)
        needsComma = true
    }

    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        guard layout == .indented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    /// Escapes what has to be and nothing else, as the reference writer does: `/` and all beyond ASCII stay.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.contains(where: Self.needsEscape) {
                for byte in utf8 { append(escaped: byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func append(escaped byte: UInt8) {
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
        case 0x08: letter = UInt8(ascii: "b")
        case 0x09: letter = UInt8(ascii: "t")
        case 0x0A: letter = UInt8(ascii: "n")
        case 0x0C: letter = UInt8(ascii: "f")
        case 0x0D: letter = UInt8(ascii: "r")
        case 0..<0x20:
            bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u001".utf8)
            letter = Array("0123456789abcdef".utf8)[Int(byte & 15)]
            bytes.append(letter)
            return
        default:
            bytes.append(byte)
            return
        }
        bytes += [UInt8(ascii: "\\"), letter]
    }
}
