import ActorSDK

/// Asks the actor called `lattice/ponger`.
@main
struct Pinger: HTTPActor {
    static func respond(to request: HTTPRequest) throws(CallError) -> HTTPResponse {
        let answer = try ActorAddress.alias("lattice/ponger").call("Pingpong.Ping") { (reader) throws(MessageError) in
            try reader.readText()
        }
        return HTTPResponse(text: "Ping " + answer)
    }
}
