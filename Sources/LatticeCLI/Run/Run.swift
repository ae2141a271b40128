import ArgumentParser

/// `lattice run FILE.wasm`
struct Run: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a WebAssembly program here, without any lattice.",
        usage: """
            lattice run FILE.wasm [--dir HOST[::GUEST]]... [--env K=V]... [--fuel N] [--memory-max SIZE] \
            [--timeout D] [--invoke EXPORT ARG...] [-- ARGS...]
            """,
        discussion: """
            The program sees the standard streams, the clocks, randomness, and what the options name; nothing else. It \
            runs without limits of fuel and time, and with at most 4 GiB of memory, unless told otherwise.

            Exit status: the program's own; 134 after a trap; 124 when fuel, memory or time ran out; 126 when the file \
            cannot be run; 2 for wrong usage. The message on standard error tells these from a program's own code.
            """)

    static let examples = [
        "lattice run hello.wasm --dir data::/ --env LANG=C -- --verbose input.txt",
        "lattice run fib.wasm --invoke fib 30 --fuel 100000000 --timeout 2s",
    ]

    @Argument(
        help: ArgumentHelp("A WASI preview 1 program, or a module to call a function of.", valueName: "file.wasm"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Lets the program use a directory, under its own name or another; '/' is the program's root.",
            valueName: "host[::guest]"))
    var dir: [DirectoryArgument] = []

    @Option(help: ArgumentHelp("Sets an environment variable; nothing is inherited.", valueName: "k=v"))
    var env: [EnvironmentArgument] = []

    @Option(help: ArgumentHelp("Instructions that the program may execute.", valueName: "n"))
    var fuel: UInt64?

    @Option(help: ArgumentHelp("Memory that it may have, such as 64MiB.", valueName: "size"))
    var memoryMax: MemorySizeArgument?

    @Option(help: ArgumentHelp("Time that it may take, such as 500ms or 2s.", valueName: "d"))
    var timeout: TimeLimitArgument?

    @Option(
        help: ArgumentHelp(
            "Calls this function with the arguments that follow, and prints its results one per line.",
            valueName: "export"))
    var invoke: String?

    /// Arguments of the function, which may be negative and so look like options; behind `--` the program's own.
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var rest: [String] = []

    private static let terminator = "--"

    var functionArguments: [String] { Array(rest.prefix { $0 != Self.terminator }) }
    var programArguments: [String] { Array(rest.drop { $0 != Self.terminator }.dropFirst()) }

    func validate() throws {
        guard invoke == nil, let first = functionArguments.first else { return }
        let what = first.hasPrefix("-") ? "unknown option" : "unexpected argument"
        throw ValidationError("\(what) '\(first)': the program's own arguments stand behind '--'")
    }

    func run() async throws {
        let status = try request.perform()
        if status != 0 { throw ExitCode(status) }
    }

    var request: RunRequest {
        RunRequest(
            file: file, directories: dir, environment: env, fuel: fuel, memoryMax: memoryMax, timeout: timeout,
            invoke: invoke, functionArguments: functionArguments, programArguments: programArguments)
    }
}
