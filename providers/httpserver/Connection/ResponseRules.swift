/// What a link's settings add to requests and answers, whatever the actor does.
struct ResponseRules: Sendable {
    private let settings: HTTPServerSettings

    init(settings: HTTPServerSettings) { self.settings = settings }

    enum Verdict {
        /// The actor gets it.
        case passed(Decoration)
        /// The actor never sees it.
        case answered(HTTPResponseValue)
    }

    /// Fields that an answer gets if it has none of that name.
    struct Decoration: Equatable {
        var fields: HTTPFields = [:]

        func applied(to response: HTTPResponseValue) -> HTTPResponseValue {
            guard !fields.fields.isEmpty else { return response }
            var response = response
            for field in fields.fields where !response.headers.contains(field.name) {
                response.headers.append(field.name, field.value)
            }
            return response
        }
    }

    func judge(_ request: HTTPRequestValue) -> Verdict {
        var decoration = Decoration()
        switch settings.cors.judge(request) {
        case .unconcerned: break
        case .allowed(let fields): decoration.fields = fields
        case .answered(let response): return .answered(response)
        }
        let isRead = request.method == "GET" || request.method == "HEAD"
        if settings.access == .readOnly, !isRead { return .answered(.readOnly(method: request.method)) }
        if isRead, let value = settings.cacheControl { decoration.fields.append("cache-control", value) }
        return .passed(decoration)
    }
}
