/// Cuts what a process writes into lines. Bounded: what is beyond the limit of a line is left out, and said so.
struct OutputLines: Sendable {
    static let lineBytesMax = 8_192

    private var rest: [UInt8] = []
    private var omittedBytesCount = 0

    /// - Returns: the lines that are complete now; of bytes that are no UTF-8 something readable.
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(takeLine())
            } else if rest.count < Self.lineBytesMax {
                rest.append(byte)
            } else {
                omittedBytesCount += 1
            }
        }
        return lines
    }

    /// What stands behind the last line's end; nil for nothing.
    mutating func finish() -> String? { rest.isEmpty ? nil : takeLine() }

    private mutating func takeLine() -> String {
        defer {
            rest = []
            omittedBytesCount = 0
        }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        // What a terminal would obey stays out of logs.
        let text = String(decoding: rest.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, as: UTF8.self)
        return omittedBytesCount == 0 ? text : "\(text)… (\(omittedBytesCount) more bytes)"
    }
}
