import Glibc

/// Runs parts of the engine for the scripts beside it: nothing of it is in the product.
@main
enum EngineBench {
    private static let usage = """
        usage: engine-bench run FILE [ARGUMENT...]        runs a program as `lattice run` does
               engine-bench hostcall FILE                 calls of a host function
               engine-bench instances FILE                fresh and idle instances
               engine-bench process TITLE COMMAND...      a command from start to end, 41 times

        """

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard !arguments.isEmpty else { return complain() }
        switch arguments.removeFirst() {
        case "run" where !arguments.isEmpty: exit(try GuestProgram(file: arguments[0]).run(arguments))
        case "hostcall" where arguments.count == 1: try HostCalls.report(arguments[0])
        case "instances" where arguments.count == 1: try FreshInstances.report(arguments[0])
        case "process" where arguments.count > 1:
            try Processes.report(arguments[0], Array(arguments.dropFirst()))
        case "head" where arguments.isEmpty: Report.head()
        default: complain()
        }
    }

    private static func complain() {
        FileHandle.standardError.write(usage)
        exit(2)
    }
}
