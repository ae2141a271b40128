import Glibc

/// What a child process runs.
public struct ProcessCommand: Sendable {
    /// Of a file.
    public var path: String
    /// Without the program's own name.
    public var arguments: [String]
    /// Besides what every child gets of ours: PATH, HOME, LANG and TZ, where they are set. Its own names win.
    public var environment: [String: String]

    public init(_ path: String, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// Nothing of our environment that nobody named: it may hold secrets.
    var completeEnvironment: [String] {
        var all: [String: String] = [:]
        for name in ["PATH", "HOME", "LANG", "TZ"] {
            if let value = getenv(name) { all[name] = String(cString: value) }
        }
        all.merge(environment) { $1 }
        return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}

/// How a child process ended.
public enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
    case exited(code: Int32)
    case killed(signal: Int32)

    init(waitStatus status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: signal)
    }

    public var description: String {
        switch self {
        case .exited(let code): "ended with exit code \(code)"
        case .killed(let signal): "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// Why a child process could not be started.
public struct ProcessFailure: Error, Hashable, CustomStringConvertible {
    public let path: String
    public let reason: String

    init(_ path: String, _ operation: String, code: Int32) {
        self.path = path
        reason = "\(operation): \(String(cString: strerror(code)))"
    }

    public var description: String { "'\(path)' can't be started: \(reason)" }
}
