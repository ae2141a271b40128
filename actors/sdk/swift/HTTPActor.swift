/// An actor that answers HTTP requests. Where it answers other operations too, it has a `handle` of its own that
/// begins or ends with `handleHTTP`.
public protocol HTTPActor: ActorModule {
    /// - Throws: what becomes an error response: a refusal with the status of its kind (403, 503, …), what the host gave
    ///   no reason for with 500.
    static func respond(to request: HTTPRequest) throws(CallError) -> HTTPResponse
}

extension HTTPActor {
    public static func handle(_ call: ActorCall) throws(CallError) -> Bytes? { try handleHTTP(call) }

    /// Answers `HttpServer.HandleRequest`.
    /// - Returns: nil for other operations.
    public static func handleHTTP(_ call: ActorCall) throws(CallError) -> Bytes? {
        guard call.operation == "HttpServer.HandleRequest" else { return nil }
        let request = try call.readArgument { (reader) throws(MessageError) in try HTTPRequest(&reader) }
        return response(to: request).message
    }

    private static func response(to request: HTTPRequest) -> HTTPResponse {
        do throws(CallError) { return try respond(to: request) } catch { return HTTPResponse(error) }
    }
}
