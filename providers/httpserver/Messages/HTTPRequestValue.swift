/// One whole request. Source: lattice protocol, §6.1.
public struct HTTPRequestValue: Sendable, Equatable {
    /// Upper case.
    public var method: String
    /// Starts with `/`, as it was sent: nothing is decoded, nothing resolved. No query.
    public var path: String
    /// Without the `?`; empty when there is none.
    public var queryString: String
    public var headers: HTTPFields
    /// Chunked bodies are put together.
    public var body: [UInt8]

    public init(
        method: String, path: String, queryString: String = "", headers: HTTPFields = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.queryString = queryString
        self.headers = headers
        self.body = body
    }
}
