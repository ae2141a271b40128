import ActorSDK

/// Answers every request with what it was.
@main
struct Echo: HTTPActor {
    static func respond(to request: HTTPRequest) throws(CallError) -> HTTPResponse {
        var json = JSONObject()
        json.add("body", numbers: request.body)
        json.add("method", request.method)
        json.add("path", request.path)
        json.add("query_string", request.queryString)
        return HTTPResponse(body: json.finish())
    }
}
