import LatticeProtocol

/// `wasmcloud:httpserver`: the provider calls the actor with `HttpServer.HandleRequest`.
/// - Source: lattice protocol §6.1.
public enum HTTPServer {
    public static let contract = "wasmcloud:httpserver"
    public static let handleRequest = "HttpServer.HandleRequest"

    /// Header names in lower case, each with its values in the order they came.
    public typealias Header = [String: [String]]

    public struct Request: Hashable, Sendable {
        /// Upper case.
        public var method: String
        /// Begins with `/`, without the query.
        public var path: String
        /// Without the `?`.
        public var queryString: String
        public var header: Header
        public var body: [UInt8]

        public init(
            method: String, path: String, queryString: String = "", header: Header = [:], body: [UInt8] = []
        ) {
            self.method = method
            self.path = path
            self.queryString = queryString
            self.header = header
            self.body = body
        }
    }

    public struct Response: Hashable, Sendable {
        public var statusCode: UInt16
        public var header: Header
        public var body: [UInt8]

        public init(statusCode: UInt16 = 200, header: Header = [:], body: [UInt8] = []) {
            self.statusCode = statusCode
            self.header = header
            self.body = body
        }
    }

    fileprivate static func readHeader(_ reader: inout MessagePackReader) throws(MessagePackError) -> Header {
        let count = try reader.readMapHeader()
        var header: Header = [:]
        for _ in 0..<count {
            let name = try reader.readString()
            header[name] = try [String](from: &reader)
        }
        return header
    }

    fileprivate static func write(_ header: Header, to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: header.count)
        for (name, values) in header {
            writer.write(name)
            values.write(to: &writer)
        }
    }
}

extension HTTPServer.Request: ContractValue {
    private enum Field: String, MessagePackField {
        case method, path, queryString, header, body

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        self.init(method: "GET", path: "/")
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .method: method = try reader.readString()
            case .path: path = try reader.readString()
            case .queryString: queryString = try reader.readString()
            case .header: header = try HTTPServer.readHeader(&reader)
            case .body: body = try reader.readBytes()
            }
        }
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 5)
        writer.writeKey("method")
        writer.write(method)
        writer.writeKey("path")
        writer.write(path)
        writer.writeKey("queryString")
        writer.write(queryString)
        writer.writeKey("header")
        HTTPServer.write(header, to: &writer)
        writer.writeKey("body")
        writer.write(bytes: body)
    }
}

extension HTTPServer.Response: ContractValue {
    private enum Field: String, MessagePackField {
        case statusCode, header, body

        static let table = MessagePackFieldTable<Field>()
    }

    /// What is missing has its default: status 200, no header, no body.
    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        self.init()
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .statusCode: statusCode = try reader.readInteger()
            case .header: header = try HTTPServer.readHeader(&reader)
            case .body: body = try reader.readBytes()
            }
        }
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 3)
        writer.writeKey("statusCode")
        writer.write(UInt32(statusCode))
        writer.writeKey("header")
        HTTPServer.write(header, to: &writer)
        writer.writeKey("body")
        writer.write(bytes: body)
    }
}
