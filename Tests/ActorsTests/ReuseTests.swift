import Testing
import WasmRuntime

@Suite("instances")
struct ReuseTests {
    @Test("ten thousand calls leave an instance as large as a few do", arguments: ["echo", "echo-c", "counter"])
    func manyCalls(_ actor: String) throws {
        let host = try ClassicHost(BuiltActors.module(actor)) { _ in .response([0x2A]) }
        var afterFew = 0
        for round in 0..<10_000 {
            let body = [UInt8](repeating: 1, count: round * 7919 % 3000)
            let path = "/" + String(repeating: "p", count: round % 50)
            let outcome = host.call("HttpServer.HandleRequest", httpRequest("POST", path, body: body))
            guard case .result = outcome else {
                Issue.record("call \(round): \(outcome)")
                return
            }
            if round % 3 == 0 { _ = host.call("Foo.Bar") }
            if round % 5 == 0 { _ = host.call("HttpServer.HandleRequest", Array(httpRequest().dropLast())) }
            if round == 20 { afterFew = host.memoryBytes }
        }
        #expect(host.memoryBytes == afterFew)
        #expect(afterFew <= 256 << 10)
    }

    @Test("a fresh instance for each call answers the same", arguments: ["echo", "echo-c", "counter", "pinger"])
    func freshInstances(_ actor: String) throws {
        let module = try BuiltActors.module(actor)
        let answer: (ClassicHost.OutgoingCall) -> ClassicHost.Answer = { call in
            .response(call.operation == "Pingpong.Ping" ? [0xA1, 0x61] : [0x07])
        }
        let reused = try ClassicHost(module, answer: answer)
        for size in [0, 1, 500, 70_000] {
            let request = httpRequest("POST", "/\(size)", body: [UInt8](repeating: 9, count: size))
            let fresh = try ClassicHost(module, answer: answer)
            let outcome = fresh.call("HttpServer.HandleRequest", request)
            #expect(outcome == reused.call("HttpServer.HandleRequest", request))
            guard case .result = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }
}
