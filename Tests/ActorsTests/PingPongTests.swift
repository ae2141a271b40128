import Testing
import WasmRuntime

@Suite("pinger and ponger")
struct PingPongTests {
    @Test("pinger calls the actor with the alias lattice/ponger, without an argument")
    func ping() throws {
        let host = try ClassicHost(BuiltActors.module("pinger")) { _ in .response([0xA4] + Array("pong".utf8)) }
        let expected = httpResponse(headers: [("content-type", ["text/plain; charset=utf-8"])], body: "Ping pong")
        #expect(host.call("HttpServer.HandleRequest", httpRequest()) == .result(expected))
        let call = ClassicHost.OutgoingCall(
            linkName: "", namespace: "lattice/ponger", operation: "Pingpong.Ping", argument: [])
        #expect(host.takeOutgoing() == [call])
    }

    @Test("ponger answers pong, and nothing else", arguments: [[], [0xC0], [0xFF, 0xFF]])
    func pong(_ argument: [UInt8]) throws {
        let host = try ClassicHost(BuiltActors.module("ponger"))
        #expect(host.call("Pingpong.Ping", argument) == .result([0xA4, 0x70, 0x6F, 0x6E, 0x67]))
        let unknown = "HttpServer.HandleRequest"
        #expect(
            host.call(unknown, httpRequest())
                == .guestError(
                    "Guest call failed for method \(unknown): method not handled \(unknown) - unknown method"))
    }

    @Test("one calls the other")
    func together() throws {
        let ponger = try ClassicHost(BuiltActors.module("ponger"))
        let pinger = try ClassicHost(BuiltActors.module("pinger")) { call in
            guard case .result(let result) = ponger.call(call.operation, call.argument) else {
                return .error("no pong")
            }
            return .response(result)
        }
        guard case .result(let result) = pinger.call("HttpServer.HandleRequest", httpRequest()) else {
            Issue.record("no result")
            return
        }
        #expect(String(decoding: result, as: UTF8.self).hasSuffix("Ping pong"))
    }

    @Test("a refused ping is a refused request")
    func refused() throws {
        let text = "failed: nobody runs lattice/ponger [no-actor, call 3]"
        let host = try ClassicHost(BuiltActors.module("pinger")) { _ in .error(text) }
        let expected = httpResponse(
            503, headers: [jsonType], body: #"{"error":"\#(text)","code":"no-actor","call":"3"}"#)
        #expect(host.call("HttpServer.HandleRequest", httpRequest()) == .result(expected))
    }
}
