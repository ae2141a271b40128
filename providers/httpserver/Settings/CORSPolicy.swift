/// Which pages of other origins may call, and what a browser is told about it. Source: lattice protocol, §6.1.
public struct CORSPolicy: Sendable, Equatable {
    public enum Origins: Sendable, Equatable {
        /// Every `http` or `https` origin.
        case any
        /// Compared byte for byte, such as `https://example.org`.
        case only([String])
    }

    public var origins: Origins = .any
    /// Lower case.
    public var allowedHeaders = ["accept", "accept-language", "content-type", "content-language"]
    /// Upper case.
    public var allowedMethods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
    public var exposedHeaders: [String] = []
    public var maxAgeSeconds = 300

    public init() {}

    enum Verdict: Equatable {
        /// Not a request of another origin.
        case unconcerned
        /// The answer carries these fields.
        case allowed(HTTPFields)
        /// Answered here.
        case answered(HTTPResponseValue)
    }

    func judge(_ request: HTTPRequestValue) -> Verdict {
        guard let origin = request.headers.first("origin") else { return .unconcerned }
        guard allows(origin: origin) else {
            return .answered(refusal("origin \(quoted(origin)) is not among this link's allowed_origins"))
        }
        if request.method == "OPTIONS", let method = request.headers.first("access-control-request-method") {
            return .answered(answerPreflight(request, origin: origin, method: method))
        }
        var fields: HTTPFields = ["access-control-allow-origin": origin, "vary": "origin"]
        if !exposedHeaders.isEmpty {
            fields.append("access-control-expose-headers", exposedHeaders.joined(separator: ", "))
        }
        return .allowed(fields)
    }

    private func answerPreflight(_ request: HTTPRequestValue, origin: String, method: String) -> HTTPResponseValue {
        guard allowedMethods.contains(method) else {
            return refusal("method \(quoted(method)) is not among this link's allowed_methods")
        }
        let wanted = request.headers.values("access-control-request-headers")
            .flatMap { $0.split(separator: ",") }
            .map { HTTPFields.lowercase(String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())) }
        if let refused = wanted.first(where: { !allowedHeaders.contains($0) && !$0.isEmpty }) {
            return refusal("header \(quoted(refused)) is not among this link's allowed_headers")
        }
        return HTTPResponseValue(
            statusCode: 204,
            headers: [
                "access-control-allow-origin": origin,
                "access-control-allow-methods": allowedMethods.joined(separator: ", "),
                "access-control-allow-headers": allowedHeaders.joined(separator: ", "),
                "access-control-max-age": String(maxAgeSeconds),
                "vary": "origin",
            ])
    }

    private func allows(origin: String) -> Bool {
        switch origins {
        case .any: origin.hasPrefix("http://") || origin.hasPrefix("https://")
        case .only(let origins): origins.contains(origin)
        }
    }

    private func refusal(_ sentence: String) -> HTTPResponseValue {
        HTTPResponseValue(failure: 403, code: "origin", sentence)
    }

    private func quoted(_ text: String) -> String { "'\(text.prefix(100))'" }
}
