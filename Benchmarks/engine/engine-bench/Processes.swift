import Glibc

/// Whole processes, from their start to their end.
enum Processes {
    struct NotStarted: Error { let errorNumber: Int32 }

    /// - Parameter command: a program's path and its arguments.
    static func report(_ title: String, _ command: [String]) throws {
        var milliseconds: [Double] = []
        var megabytes = 0.0
        for _ in 0..<41 {
            let start = ContinuousClock.now
            let usage = try run(command)
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            megabytes = Double(usage.ru_maxrss) / 1_024
        }
        milliseconds.sort()
        Report.line("\(title), start to end", milliseconds[milliseconds.count / 2], "ms", bound: 5, aim: 3)
        Report.line("\(title), resident", megabytes, "MiB", bound: 10, aim: 7)
    }

    private static func run(_ command: [String]) throws -> rusage {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let error = posix_spawn(&child, command[0], nil, nil, &arguments, environ)
        guard error == 0 else { throw NotStarted(errorNumber: error) }
        var usage = rusage()
        var status: Int32 = 0
        guard wait4(child, &status, 0, &usage) == child, status == 0 else { throw NotStarted(errorNumber: errno) }
        return usage
    }
}
