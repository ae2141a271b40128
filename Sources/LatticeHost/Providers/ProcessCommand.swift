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
    var completeEnvironment: [String: String] {
        var all: [String: String] = [:]
        for name in ["PATH", "HOME", "LANG", "TZ"] {
            if let value = getenv(name) { all[name] = String(cString: value) }
        }
        return all.merging(environment) { $1 }
    }
}
