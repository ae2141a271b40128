import WASI
import WasmRuntime

/// How a run of a guest ended.
enum RunEnd: Equatable {
    /// By itself, with the results of the function that was called.
    case finished([Value])
    /// With its own code.
    /// - Parameter note: what a person should know besides.
    case exited(code: UInt32, note: String?)
    case failed(RunFailure)
}

/// Why a guest did not run to its own end.
enum RunFailure: Error, Equatable {
    /// The file, or what is in it, cannot be run.
    case notLoadable(String)
    case trapped(Trap.Reason, [Trap.Frame])
    /// Instructions it was allowed.
    case outOfFuel(UInt64, [Trap.Frame])
    /// Pages of 64 KiB it was allowed, and what it died of then.
    case outOfMemory(pages: UInt64, String, [Trap.Frame])
    case outOfTime(Duration)
    /// The number of the signal in preview 1.
    case raised(signal: UInt32)

    /// What the process ends with.
    var status: Int32 {
        switch self {
        case .notLoadable: 126
        case .trapped: 134
        case .outOfFuel, .outOfMemory, .outOfTime: 124
        // As shells say it. Linux has one more signal, number 16, than preview 1.
        case .raised(let signal): 128 + Int32(signal) + (signal < 16 ? 0 : 1)
        }
    }

    /// One line, and one for each function that was running.
    func text(file: String) -> String {
        var text = "lattice: \(file): \(sentence)\n"
        for frame in frames { text += "    in \(frame)\n" }
        return text
    }

    private var sentence: String {
        switch self {
        case .notLoadable(let why): "cannot be run: \(why)"
        case .trapped(let reason, _): "trapped: \(reason)"
        case .outOfFuel(let fuel, _): "fuel limit: all \(fuel) instructions of --fuel are spent"
        case .outOfMemory(let pages, let why, _):
            "memory limit: it asked for more than the \(Self.size(pages)) of --memory-max; \(why)"
        case .outOfTime(let time): "time limit: it did not end within the \(time) of --timeout"
        case .raised(let signal): "ended itself with signal \(signal)"
        }
    }

    private var frames: [Trap.Frame] {
        switch self {
        case .trapped(_, let frames), .outOfFuel(_, let frames), .outOfMemory(_, _, let frames): frames
        case .notLoadable, .outOfTime, .raised: []
        }
    }

    static func size(_ pages: UInt64) -> String {
        pages % 16 == 0 ? "\(pages / 16) MiB" : "\(pages * 64) KiB"
    }
}
