import LatticeIdentity

/// What an actor, or the provider itself, answers. Hostile until `ResponseEncoder` has checked it.
public struct HTTPResponseValue: Sendable, Equatable {
    /// 200–599; anything else reaches the client as 502.
    public var statusCode: Int
    /// What belongs to the connection is dropped: it is the provider's business.
    public var headers: HTTPFields
    public var body: [UInt8]

    public init(statusCode: Int = 200, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.statusCode = statusCode
        self.headers = headers
        self.body = body
    }

    /// A failure as JSON: `{"error": sentence, "code": code, "call": id}`.
    /// - Parameters:
    ///   - code: one of trust.md §5, or `bad-request`, `read-only`, `origin` for what only HTTP knows.
    ///   - retryAfterSeconds: sent as `Retry-After`.
    public init(
        failure statusCode: Int, code: String, _ sentence: String, call: String? = nil, retryAfterSeconds: Int? = nil
    ) {
        var writer = JSONWriter()
        writer.object { object in
            object.member("error", sentence)
            object.member("code", code)
            object.member("call", ifPresent: call)
        }
        var headers: HTTPFields = ["content-type": "application/json"]
        if let retryAfterSeconds { headers.append("retry-after", String(retryAfterSeconds)) }
        self.init(statusCode: statusCode, headers: headers, body: writer.bytes)
    }
}
