import Glibc
import LatticeIdentity
import LatticeTestSupport
import Testing
import WasmTestSupport

/// The commands that a person types, against hosts and a server that really run.
@Suite("commands against a running lattice", .timeLimit(.minutes(3)))
struct CommandsTests {
    let program: LatticeProgram
    let environment: [String]

    init() throws {
        program = try LatticeProgram()
        let server = try NATSServer.shared.get()
        environment = ["LATTICE_NATS=\(server.url)", "LATTICE_NAME=\(uniqueName())"]
    }

    /// Runs a command and expects its exit status.
    @discardableResult
    private func lattice(
        _ words: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> LatticeProgram.Result {
        let result = try program.run(words, environment: environment)
        #expect(
            result.status == status, "\(words): \(result.output)\(result.error)", sourceLocation: sourceLocation)
        return result
    }

    private func up() throws -> BackgroundProgram {
        let up = try program.start("up", ["up"], environment: environment)
        try eventually("the host serves") { up.output.contains("ready in") || !up.isRunning }
        #expect(up.isRunning, "\(up.error)")
        return up
    }

    /// Passes what it gets on to the key-value contract, and answers what comes back.
    private static let caller = WAT.actor(
        WAT.passOn(binding: (0, 7), namespace: (16, 18), operation: (48, 18)),
        fields: """
            (data (i32.const 0) "default") (data (i32.const 16) "wasmcloud:keyvalue")
            (data (i32.const 48) "KeyValue.Increment")
            """)

    private static let argument = #"{"key":"k","value":5}"#

    private func signed(_ version: String = "1") throws -> String {
        try program.write(WAT.assemble(Self.caller), to: "caller.wasm")
        try lattice(
            "sign", "caller.wasm", "--name", "caller", "--cap", "keyvalue", "--version", version, "--output",
            "caller-\(version).wasm")
        return "caller-\(version).wasm"
    }

    @Test("refused, explained, mended, allowed: the way of every newcomer")
    func wayOfEveryNewcomer() throws {
        #expect(try lattice("get", "hosts", status: 3).error.contains("no host answers in the lattice '"))
        let up = try up()
        let module = try signed()
        #expect(try lattice("why", status: 1).error.contains("no host remembers a refusal"))
        #expect(try lattice("start", "actor", module).output.hasPrefix("started actor caller (M"))
        #expect(try lattice("start", "actor", module).output.hasPrefix("actor caller runs already"))
        #expect(try lattice("start", "provider", "keyvalue-local").output.hasPrefix("started provider"))

        let refused = try lattice("call", "caller", "Any.Operation", "--data", Self.argument, status: 1)
        #expect(refused.error.contains("[guest-error, call ") || refused.error.contains("[no-link, call "))
        let why = try lattice("why", "-o", "json")
        #expect(why.json?["fix"] == "lattice link put caller keyvalue-local keyvalue")
        #expect(try lattice("why", "caller", "keyvalue", "-o", "json").json?["code"] == "no-link")

        try lattice("link", "put", "caller", "keyvalue-local", "keyvalue")
        #expect(try lattice("call", "caller", "Any.Operation", "--data", Self.argument).output == "5\n")
        #expect(try lattice("call", "caller", "Any.Operation", "--data", Self.argument).output == "10\n")
        #expect(try lattice("why", "caller", "keyvalue", "-o", "json").json?["code"] == .null)
        #expect(try lattice("link", "list").output.contains("applied"))
        let other = try lattice("link", "put", "caller", "keyvalue-local", "keyvalue", "x=1", status: 1)
        #expect(other.error.hasSuffix("link put caller keyvalue-local keyvalue x=1 --replace\n"))

        try lattice("link", "put", "caller", "keyvalue-local", "keyvalue", "--ttl", "1h", "--replace")
        #expect(try lattice("call", "caller", "Any.Operation", "--data", Self.argument).output == "15\n")

        try lattice("link", "delete", "caller", "keyvalue")
        try eventually("the link is gone") {
            try lattice("why", "caller", "keyvalue", "-o", "json").json?["code"] == "no-link"
        }
        let newer = try lattice("start", "actor", try signed("2"), status: 1)
        #expect(newer.error.contains("lattice update actor caller caller-2.wasm\n"))
        try lattice("scale", "actor", "caller", "3")
        #expect(try lattice("get", "actors").output.contains("0/3"))
        try lattice("stop", "actor", "caller")
        try lattice("stop", "actor", "caller", status: 1)
        try lattice("stop", "provider", "keyvalue-local")
        #expect(try lattice("get", "providers").output == "no providers\n")
        #expect(try lattice("status").output.contains("1 host, 0 actors, 0 providers, 0 links"))
        #expect(up.stop() == 0)
        try lattice("status", status: 3)
    }

    @Test("a second host is a stranger until its operator enrols it, and again when he takes it out")
    func secondHost() throws {
        let up = try up()
        let trust = try lattice("trust", "list", "-o", "json").json
        guard case .string(let operatorKey)? = trust?["operator"] else {
            Issue.record("no operator: \(String(describing: trust))")
            return
        }
        let second = try program.start(
            "second", ["host"],
            environment: environment + [
                "LATTICE_HOME=\(program.folder)/nobody", "LATTICE_HOST_STATE_DIR=\(program.folder)/second",
                "LATTICE_HOST_NAME=second", "LATTICE_TRUST_OPERATOR=\(operatorKey)",
            ])
        try eventually("the second host answers") { try lattice("get", "hosts").output.contains("\nsecond ") }
        let module = try signed()
        try lattice("start", "provider", "keyvalue-local")
        try lattice("start", "actor", module, "--host", "second", status: 1)
        #expect(try lattice("status").output.contains("is not enrolled: it runs nothing"))

        #expect(try lattice("trust", "add", "second", status: 2).error.contains("has to be confirmed"))
        let added = try lattice("trust", "add", "second", "--yes")
        #expect(added.output.hasSuffix("every enrolled host that answers goes by it (2)\n"))
        try lattice("start", "actor", module, "--count", "2")
        #expect(try lattice("get", "actors").output.split(separator: "\n").count == 3)

        try lattice("trust", "remove", "second")
        try eventually("what ran on it is stopped") {
            try lattice("get", "actors").output.split(separator: "\n").count == 2
        }
        try lattice("stop", "host", "second")
        #expect(!(try lattice("get", "hosts").output.contains("second")))
        // Asked to stop once more, or gone already: either way it ends as it should.
        #expect(second.stop() == 0)
        up.stop()
    }
}
