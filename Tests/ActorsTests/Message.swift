/// MessagePack for tests: written and read independently of the SDK.
indirect enum Message: Equatable {
    case null, bool(Bool), int(Int), text(String), bytes([UInt8]), array([Message]), map([(String, Message)])

    static func == (left: Message, right: Message) -> Bool { left.encoded == right.encoded }

    var encoded: [UInt8] {
        switch self {
        case .null: [0xC0]
        case .bool(let value): [value ? 0xC3 : 0xC2]
        case .int(let value):
            switch value {
            case 0..<128: [UInt8(value)]
            case 128..<256: [0xCC, UInt8(value)]
            case 256..<65_536: [0xCD] + Self.bigEndian(value, 2)
            case 65_536..<4_294_967_296: [0xCE] + Self.bigEndian(value, 4)
            case -32..<0: [UInt8(truncatingIfNeeded: value)]
            case -128..<(-32): [0xD0] + Self.bigEndian(value, 1)
            case -32_768..<(-128): [0xD1] + Self.bigEndian(value, 2)
            default: [0xD3] + Self.bigEndian(value, 8)
            }
        case .text(let text):
            Self.header(text.utf8.count, 0xA0, 31, [0xD9, 0xDA, 0xDB]) + Array(text.utf8)
        case .bytes(let bytes): Self.header(bytes.count, 0, -1, [0xC4, 0xC5, 0xC6]) + bytes
        case .array(let items): Self.header(items.count, 0x90, 15, [0, 0xDC, 0xDD]) + items.flatMap(\.encoded)
        case .map(let pairs):
            Self.header(pairs.count, 0x80, 15, [0, 0xDE, 0xDF])
                + pairs.flatMap { Message.text($0.0).encoded + $0.1.encoded }
        }
    }

    private static func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func header(_ count: Int, _ short: UInt8, _ shortMax: Int, _ types: [UInt8]) -> [UInt8] {
        if count <= shortMax { return [short | UInt8(count)] }
        if types[0] != 0, count < 256 { return [types[0], UInt8(count)] }
        return count < 65_536 ? [types[1]] + bigEndian(count, 2) : [types[2]] + bigEndian(count, 4)
    }
}

/// The argument of `HttpServer.HandleRequest`.
func httpRequest(
    _ method: String = "GET", _ path: String = "/x", query: String = "", headers: [(String, [String])] = [],
    body: [UInt8] = []
) -> [UInt8] {
    Message.map([
        ("method", .text(method)), ("path", .text(path)), ("queryString", .text(query)),
        ("header", .map(headers.map { ($0.0, .array($0.1.map(Message.text))) })), ("body", .bytes(body)),
    ]).encoded
}

/// The result of `HttpServer.HandleRequest`, as our actors write it.
func httpResponse(_ status: Int = 200, headers: [(String, [String])] = [], body: String) -> [UInt8] {
    Message.map([
        ("statusCode", .int(status)), ("header", .map(headers.map { ($0.0, .array($0.1.map(Message.text))) })),
        ("body", .bytes(Array(body.utf8))),
    ]).encoded
}

let jsonType = ("content-type", ["application/json"])
