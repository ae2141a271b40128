import ActorSDK

/// Counts the requests for each path.
@main
struct Counter: HTTPActor {
    static func respond(to request: HTTPRequest) throws(CallError) -> HTTPResponse {
        let key = "counter:" + request.path.replacing("/", with: ":")
        var json = JSONObject()
        json.add("counter", Int64(try KeyValue().increment(key)))
        return HTTPResponse(json: json)
    }
}
