/// What `HttpServer.HandleRequest` brings.
public struct HTTPRequest {
    /// Upper case.
    public private(set) var method: Text = ""
    /// Starts with `/`, ends before the query.
    public private(set) var path: Text = ""
    /// Without the `?`.
    public private(set) var queryString: Text = ""
    public private(set) var body = Bytes()
    /// Stands at the map of headers, which has been read once and so is known to be right.
    private var headerReader: MessageReader?

    /// Reads `{method, path, queryString, header, body}`, of which the last three may be missing.
    init(_ reader: inout MessageReader) throws(MessageError) {
        var hasMethod = false
        var hasPath = false
        var structure = try MessageStructure(&reader)
        while let field = try structure.nextField(&reader) {
            switch field {
            case .named("method"), .position(0):
                method = try reader.readText()
                hasMethod = true
            case .named("path"), .position(1):
                path = try reader.readText()
                hasPath = true
            case .named("queryString"), .position(2): queryString = try reader.readText()
            case .named("header"), .position(3):
                headerReader = reader
                try Self.checkHeaders(&reader)
            case .named("body"), .position(4): body = try reader.readBytes()
            default: try reader.skip()
            }
        }
        guard hasMethod else { throw reader.error(.missingField("method")) }
        guard hasPath else { throw reader.error(.missingField("path")) }
    }

    private static func checkHeaders(_ reader: inout MessageReader) throws(MessageError) {
        for _ in 0..<(try reader.readMapCount()) {
            _ = try reader.readTextRange()
            for _ in 0..<(try reader.readArrayCount()) { _ = try reader.readTextRange() }
        }
    }

    /// All headers, in the order they came in; one with several values comes several times.
    public var headers: [HTTPHeader] {
        var headers: [HTTPHeader] = []
        guard var reader = headerReader else { return headers }
        do throws(MessageError) {
            for _ in 0..<(try reader.readMapCount()) {
                let name = try reader.readText()
                for _ in 0..<(try reader.readArrayCount()) {
                    headers.append(HTTPHeader(name, try reader.readText()))
                }
            }
        } catch {
            return headers  // does not happen: `init` went the same way
        }
        return headers
    }

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: Text) -> Text? {
        for header in headers where header.name.equalsIgnoringCase(name) { return header.value }
        return nil
    }
}

public struct HTTPHeader {
    public let name: Text
    public let value: Text

    public init(_ name: Text, _ value: Text) {
        self.name = name
        self.value = value
    }
}
