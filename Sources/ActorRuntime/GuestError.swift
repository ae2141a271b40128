import WasmRuntime

/// Why a call of an actor gave no result.
public enum GuestError: Error, CustomStringConvertible {
    /// The actor answered with an error of its own: its words.
    case refused(String)
    case trapped(Trap)
    /// The call spent its budget, in source instructions.
    case fuelExhausted(budget: UInt64, Trap)
    /// The actor asked for more memory than it may have, in bytes, and then trapped.
    case memoryExhausted(limit: Int, Trap)
    /// All guests of the host together have as much memory as they may, in bytes.
    case hostMemoryExhausted(limit: Int)
    /// The call's time is over.
    case deadlineExceeded
    /// As many calls wait already as may.
    case busy(queued: Int)
    /// An argument or result is larger than it may be, in bytes.
    case tooLarge(what: String, bytes: Int, limit: Int)
    /// There is no room for another instance.
    case noRoom(String)
    /// The actor was stopped while the call waited.
    case stopped

    public var description: String {
        switch self {
        case .refused(let words): words
        case .trapped(let trap): "the actor trapped: \(trap.reason)"
        case .fuelExhausted(let budget, _): "the call spent its budget of \(budget) instructions"
        case .memoryExhausted(let limit, let trap):
            "the actor wanted more than its limit of \(limit) bytes of memory, and then trapped: \(trap.reason)"
        case .hostMemoryExhausted(let limit): "the host's guests together have their limit of \(limit) bytes of memory"
        case .deadlineExceeded: "the call's time is over"
        case .busy(let queued): "\(queued) calls are waiting already"
        case .tooLarge(let what, let bytes, let limit): "\(what) of \(bytes) bytes, at most \(limit) allowed"
        case .noRoom(let why): "no room for another instance: \(why)"
        case .stopped: "the actor was stopped"
        }
    }
}

/// Why a module cannot serve as an actor.
public enum ActorLoadError: Error, CustomStringConvertible {
    case module(ModuleError)
    /// It lacks what the guest ABI demands.
    case notAnActor(String)
    /// Linking or initialising failed.
    case instantiation(InstantiationError)
    /// An initialiser failed.
    case initialiser(String, GuestError)

    public var description: String {
        switch self {
        case .module(let error): "\(error)"
        case .notAnActor(let why): "this module is not an actor: \(why)"
        case .instantiation(let error): "\(error)"
        case .initialiser(let name, let error): "its initialiser '\(name)' failed: \(error)"
        }
    }
}
