import Testing
import WasmRuntime

@Suite("counter")
struct CounterTests {
    @Test(
        "increments the number of its path",
        arguments: [
            ("/x", "82a36b6579aa636f756e7465723a3a78a576616c756501"),
            ("/counter", "82a36b6579b0636f756e7465723a3a636f756e746572a576616c756501"),
            ("/a/b", "82a36b6579ac636f756e7465723a3a613a62a576616c756501"),
        ])
    func increments(_ path: String, _ payload: String) throws {
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .response([0x2A]) }
        let outcome = host.call("HttpServer.HandleRequest", httpRequest("GET", path))
        #expect(outcome == .result(httpResponse(headers: [jsonType], body: #"{"counter":42}"#)))
        let outgoing = host.takeOutgoing()
        #expect(outgoing.count == 1)
        #expect(outgoing.first?.linkName == "default")
        #expect(outgoing.first?.namespace == "wasmcloud:keyvalue")
        #expect(outgoing.first?.operation == "KeyValue.Increment")
        #expect(outgoing.first.map { hex($0.argument) } == payload)
    }

    @Test(
        "reads integers in every form",
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0xE0], -32), ([0xCC, 0xFF], 255), ([0xCD, 0x01, 0x00], 256),
            ([0xCE, 0x7F, 0xFF, 0xFF, 0xFF], 2_147_483_647), ([0xCF, 0, 0, 0, 0, 0, 0, 0, 1], 1), ([0xD0, 0x80], -128),
            ([0xD1, 0xFF, 0x00], -256), ([0xD2, 0x80, 0, 0, 0], -2_147_483_648),
            ([0xD3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -1),
        ] as [([UInt8], Int)])
    func integers(_ reply: [UInt8], _ number: Int) throws {
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .response(reply) }
        let outcome = host.call("HttpServer.HandleRequest", httpRequest())
        #expect(outcome == .result(httpResponse(headers: [jsonType], body: #"{"counter":\#(number)}"#)))
    }

    @Test(
        "a reply that is not what the contract says is a bad gateway",
        arguments: [
            ([], "it ends too early (at byte 0)"), ([0xC0], "expected an integer (at byte 0)"),
            ([0xA1, 0x31], "expected an integer (at byte 0)"), ([0xCD, 0x01], "it ends too early (at byte 1)"),
            ([0x01, 0x02], "it should end here (at byte 1)"),
            ([0xCE, 0x80, 0, 0, 0], "the integer is out of range (at byte 0)"),
            ([0xCF, 0xFF, 0, 0, 0, 0, 0, 0, 0], "the integer is out of range (at byte 9)"),
            ([0x7F, 0x01], "it is not MessagePack (at byte 0)"),
        ] as [([UInt8], String)])
    func malformedReply(_ reply: [UInt8], _ problem: String) throws {
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .response(reply) }
        let body = #"{"error":"malformed reply to KeyValue.Increment: \#(problem)"}"#
        #expect(
            host.call("HttpServer.HandleRequest", httpRequest())
                == .result(httpResponse(502, headers: [jsonType], body: body)))
    }

    @Test(
        "a refusal has the status of its row in the trust rules",
        arguments: [
            ("denied", "unsigned", 403), ("denied", "tampered", 403), ("denied", "expired", 403),
            ("denied", "not-yet-valid", 403), ("denied", "untrusted-issuer", 403), ("denied", "no-claim", 403),
            ("denied", "no-link", 403), ("denied", "no-grant", 403), ("denied", "grant-revoked", 403),
            ("denied", "not-enrolled", 403), ("denied", "wrong-cluster", 403), ("denied", "forged", 403),
            ("denied", "replayed", 403), ("denied", "clock", 403), ("denied", "policy", 403),
            ("denied", "ambiguous", 403), ("failed", "no-actor", 503), ("failed", "no-provider", 503),
            ("failed", "disconnected", 503), ("failed", "deadline", 504), ("failed", "guest-error", 502),
            ("failed", "provider-error", 502), ("failed", "trap", 502), ("failed", "fuel", 502),
            ("failed", "memory", 502), ("failed", "too-large", 413), ("denied", "of-the-future", 403),
            ("failed", "of-the-future", 500),
        ])
    func refusals(_ verdict: String, _ code: String, _ status: Int) throws {
        let text = "\(verdict): a \"sentence\" [with, call brackets] [\(code), call 7f-Q2]"
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .error(text) }
        let escaped = #"\#(verdict): a \"sentence\" [with, call brackets] [\#(code), call 7f-Q2]"#
        let body = #"{"error":"\#(escaped)","code":"\#(code)","call":"7f-Q2"}"#
        #expect(
            host.call("HttpServer.HandleRequest", httpRequest())
                == .result(httpResponse(status, headers: [jsonType], body: body)))
    }

    @Test("a busy host says when to come back")
    func busy() throws {
        let text = "failed: the queue of counter is full (64) [busy, call 9]"
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .error(text) }
        let expected = httpResponse(
            503, headers: [jsonType, ("retry-after", ["1"])], body: #"{"error":"\#(text)","code":"busy","call":"9"}"#)
        #expect(host.call("HttpServer.HandleRequest", httpRequest()) == .result(expected))
    }

    @Test(
        "an error without a verdict, a code or a call is the host's own trouble",
        arguments: [
            "no", "", "]", "[", "denied: ]", "denied: x [no-link]", "denied: x [no-link, call ]",
            "denied: x [, call 1]",
            "denied: x [no-link, call 1] ", "refused: x [no-link, call 1]", "x [no-link, call 1]",
            "failed: x [NO, call 1]", "failed: no-link, call 1]", "denied: x [no-link; call 1]",
        ])
    func plainErrors(_ text: String) throws {
        let host = try ClassicHost(BuiltActors.module("counter")) { _ in .error(text) }
        let expected = httpResponse(500, headers: [jsonType], body: #"{"error":"\#(text)"}"#)
        #expect(host.call("HttpServer.HandleRequest", httpRequest()) == .result(expected))
    }
}
