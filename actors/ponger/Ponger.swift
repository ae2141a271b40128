import ActorSDK

/// Answers other actors.
@main
struct Ponger: ActorModule {
    static func handle(_ call: ActorCall) throws(CallError) -> Bytes? {
        switch call.operation {
        case "Pingpong.Ping": MessageWriter.message("pong")
        default: nil
        }
    }
}
