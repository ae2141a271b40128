import LatticeContracts
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import Testing

@Suite("The example actors on a host")
struct ExampleActorTests {
    private func start(
        _ name: String, on bench: HostBench, capabilities: [String], alias: String? = nil
    ) async throws -> ModuleKey {
        let bytes = try bench.sign(ExampleActors.bytes(name), capabilities: capabilities, alias: alias)
        guard case .started(let running) = try await bench.host.start(actor: ModuleFile(bytes), reference: name) else {
            throw ExampleActors.BuildError(description: "\(name) runs already")
        }
        return running.key
    }

    private func get(_ path: String, _ actor: ModuleKey, on bench: HostBench) async throws -> HTTPServer.Response {
        let request = HTTPServer.Request(method: "GET", path: path)
        let response = try await bench.call(actor, HTTPServer.handleRequest, request.messagePack)
        try #require(response.error == nil, "\(response.error ?? "")")
        return try HTTPServer.Response(messagePack: response.payload)
    }

    @Test("echo answers what it was asked, in Swift and in C", arguments: ["echo", "echo-c"])
    func echo(name: String) async throws {
        let bench = try HostBench()
        let actor = try await start(name, on: bench, capabilities: ["wasmcloud:httpserver"])
        let response = try await get("/x", actor, on: bench)
        #expect(response.statusCode == 200)
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == #"{"body":[],"method":"GET","path":"/x","query_string":""}"#)
    }

    @Test(
        "counter without a link is a 403 that says so, and without the claim another",
        arguments: [(["wasmcloud:keyvalue"], "no-link"), ([], "no-claim")])
    func counterDenied(capabilities: [String], code: String) async throws {
        let bench = try HostBench()
        let actor = try await start("counter", on: bench, capabilities: ["wasmcloud:httpserver"] + capabilities)
        let response = try await get("/counter", actor, on: bench)
        #expect(response.statusCode == 403)
        guard case .object(let body) = try JSONValue(parsing: response.body) else {
            Issue.record("the body is no JSON object")
            return
        }
        #expect(try body.string("code") == code)
        #expect(try body.string("error")?.hasPrefix("denied: ") == true)
        #expect(try body.string("call") == bench.refusals.all.first?.call?.text)
    }

    @Test("pinger reaches ponger by its alias")
    func pingPong() async throws {
        let bench = try HostBench()
        let pinger = try await start("pinger", on: bench, capabilities: ["wasmcloud:httpserver"])
        let before = try await get("/", pinger, on: bench)
        #expect(before.statusCode == 503, "nobody is called lattice/ponger yet")
        _ = try await start("ponger", on: bench, capabilities: [], alias: "lattice/ponger")
        let response = try await get("/", pinger, on: bench)
        #expect(response.statusCode == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "Ping pong")
    }

    @Test("all of them say that they are healthy", arguments: ["echo", "echo-c", "counter", "pinger", "ponger"])
    func health(name: String) async throws {
        let bench = try HostBench()
        let actor = try await start(name, on: bench, capabilities: [])
        let response = try await bench.call(actor, ActorHealth.healthRequest, [0x80])
        #expect(response.payload == [0x81, 0xA7] + Array("healthy".utf8) + [0xC3])
    }
}
