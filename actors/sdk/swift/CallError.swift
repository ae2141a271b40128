/// Why a call could not be answered.
public enum CallError: Error {
    /// A call out was refused or failed.
    case host(HostError)
    case malformedArgument(MessageError)
    case malformedReply(MessageError, to: Text)
    /// The actor's own words.
    case failed(Text)

    public var text: Text {
        switch self {
        case .host(let error): error.text
        case .malformedArgument(let error): "malformed argument: " + error.text
        case .malformedReply(let error, let operation): "malformed reply to " + operation + ": " + error.text
        case .failed(let text): text
        }
    }

    /// What it is as an HTTP status.
    public var httpStatus: UInt16 {
        switch self {
        case .host(let error): error.httpStatus
        case .malformedReply: 502
        case .malformedArgument, .failed: 500
        }
    }
}
