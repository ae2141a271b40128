import Glibc

/// Runs parts of the engine for the scripts beside it: nothing of it is in the product.
@main
enum EngineBench {
    private static let usage = """
        usage: engine-bench run FILE [ARGUMENT...]    runs a program as `lattice run` does

        """

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard !arguments.isEmpty else { return complain() }
        switch arguments.removeFirst() {
        case "run" where !arguments.isEmpty: exit(try GuestProgram(file: arguments[0]).run(arguments))
        default: complain()
        }
    }

    private static func complain() {
        FileHandle.standardError.write(usage)
        exit(2)
    }
}
