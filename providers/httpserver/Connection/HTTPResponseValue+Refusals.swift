import NIOHTTP1

/// What the listener itself answers. Codes and statuses: trust.md §5.
extension HTTPResponseValue {
    static let busyConnections = HTTPResponseValue(
        failure: 503, code: "busy", "failed: all connections of this listener are taken [busy]", retryAfterSeconds: 1)
    static let busyRequests = HTTPResponseValue(
        failure: 503, code: "busy", "failed: too many requests are being answered [busy]", retryAfterSeconds: 1)
    static let busyBodies = HTTPResponseValue(
        failure: 503, code: "busy", "failed: too many request bodies are being held [busy]", retryAfterSeconds: 1)
    static let requestTooSlow = HTTPResponseValue(
        failure: 408, code: "deadline", "failed: the request did not arrive in time [deadline]")

    static func deadline(after limit: Duration) -> HTTPResponseValue {
        HTTPResponseValue(
            failure: 504, code: "deadline", "failed: no answer within \(limit), see timeout_ms [deadline]")
    }

    static func readOnly(method: String) -> HTTPResponseValue {
        var response = HTTPResponseValue(
            failure: 405, code: "read-only",
            "method '\(method.prefix(100))' is refused: this link is read-only (readonly_mode)")
        response.headers.append("allow", "GET, HEAD")
        return response
    }

    /// What the parser could not read.
    init(unreadable error: HTTPParserError) {
        if error == .headerOverflow {
            self.init(failure: 431, code: "too-large", "failed: the request's head is too large [too-large]")
        } else {
            self.init(failure: 400, code: "bad-request", "this is not HTTP/1.1: \(error)")
        }
    }

    init(_ problem: ResponseProblem) {
        self.init(failure: 502, code: "guest-error", "failed: \(problem) [guest-error]")
    }
}
