import Testing
import WasmRuntime

/// The same expectations for the echo in Swift and the one in C: the golden calls of the protocol notes, §3.6.
@Suite("echo", .serialized)
struct EchoTests {
    static let actors = ["echo", "echo-c"]
    static let golden: [UInt8] =
        [0x85, 0xA6] + Array("method".utf8) + [0xA3] + Array("GET".utf8)
        + [0xA4] + Array("path".utf8) + [0xA2] + Array("/x".utf8) + [0xAB] + Array("queryString".utf8)
        + [0xA0, 0xA6] + Array("header".utf8) + [0x80, 0xA4] + Array("body".utf8) + [0xC4, 0x00]

    @Test("imports the request functions only, exports what a classic host asks for", arguments: actors)
    func interface(_ actor: String) throws {
        let module = try BuiltActors.module(actor)
        #expect(
            Set(module.imports.map { "\($0.module).\($0.name)" })
                == ["wasmbus.__guest_request", "wasmbus.__guest_response", "wasmbus.__guest_error"])
        #expect(Set(module.exports.map(\.name)) == ["memory", "__guest_call", "__wasmbus_rpc_version"])
        #expect(try ClassicHost(module).value(of: "__wasmbus_rpc_version") == 1)
    }

    @Test("answers a request, byte by byte", arguments: actors)
    func goldenRequest(_ actor: String) throws {
        #expect(httpRequest() == Self.golden)
        let host = try ClassicHost(BuiltActors.module(actor))
        let body = #"{"body":[],"method":"GET","path":"/x","query_string":""}"#
        guard case .result(let result) = host.call("HttpServer.HandleRequest", Self.golden) else {
            Issue.record("no result")
            return
        }
        #expect(hex(result).hasPrefix("83aa737461747573436f6465ccc8a668656164657280a4626f6479c438"))
        #expect(result == httpResponse(body: body))
    }

    @Test(
        "writes JSON that can be read whatever the request was", arguments: actors,
        [
            ("a\"b\\c\n\r\t\u{1}", #""a\"b\\c"#), ("ä€𝄞", #""ä€𝄞""#), ("\u{7F}", "\"\u{7F}\""),
        ])
    func escapes(_ actor: String, _ path: (String, String)) throws {
        let host = try ClassicHost(BuiltActors.module(actor))
        let outcome = host.call(
            "HttpServer.HandleRequest", httpRequest("POST", path.0, query: "a=1&b=\"", body: [0, 7, 10, 99, 100, 255]))
        guard case .result(let result) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let text = String(decoding: result, as: UTF8.self)
        #expect(text.contains(#"{"body":[0,7,10,99,100,255],"method":"POST","path":"#))
        #expect(text.contains(path.1))
        #expect(text.contains(#","query_string":"a=1&b=\""}"#))
        #expect(!text.utf8.contains { $0 == 0x0A || $0 == 0x01 })
    }

    @Test("finds what has to be escaped wherever it stands", arguments: actors)
    func escapesAnywhere(_ actor: String) throws {
        let host = try ClassicHost(BuiltActors.module(actor))
        for (byte, escape) in [("\"", #"\""#), ("\\", #"\\"#), ("\u{1F}", #"\u001f"#), ("\u{0}", #"\u0000"#)] {
            for (before, after) in [(0, 0), (0, 9), (3, 20), (7, 1), (8, 0), (8, 8), (15, 16), (17, 3)] {
                for filler in ["a", "\u{7F}", "!", "]", "é"] {
                    let head = String(repeating: filler, count: before)
                    let tail = String(repeating: filler, count: after)
                    let request = httpRequest("GET", "/", query: head + byte + tail)
                    let body = #"{"body":[],"method":"GET","path":"/","query_string":"\#(head)\#(escape)\#(tail)"}"#
                    #expect(host.call("HttpServer.HandleRequest", request) == .result(httpResponse(body: body)))
                }
            }
        }
    }

    @Test("answers requests of any size", arguments: actors, [1, 200, 255, 256, 70_000, 1_000_000])
    func sizes(_ actor: String, _ count: Int) throws {
        let host = try ClassicHost(BuiltActors.module(actor))
        let body = [UInt8](repeating: 7, count: count)
        let outcome = host.call("HttpServer.HandleRequest", httpRequest(headers: [("a", ["b", "c"])], body: body))
        let list = body.map { "\($0)" }.joined(separator: ",")
        let expected = httpResponse(body: #"{"body":[\#(list)],"method":"GET","path":"/x","query_string":""}"#)
        guard case .result(let result) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        // The C one writes a size of four bytes where two would do.
        #expect(result.suffix(count) == expected.suffix(count))
        #expect(abs(result.count - expected.count) <= 3)
    }

    @Test("is healthy", arguments: actors, [[], [0x80], [0xC0]])
    func health(_ actor: String, _ argument: [UInt8]) throws {
        let host = try ClassicHost(BuiltActors.module(actor))
        guard case .result(let result) = host.call("Actor.HealthRequest", argument) else {
            Issue.record("no result")
            return
        }
        #expect(hex(result) == "81a76865616c746879c3")
    }

    @Test(
        "refuses an operation that it does not know", arguments: actors, ["Foo.Bar", "", "HttpServer.HandleRequestX"])
    func unknownOperation(_ actor: String, _ operation: String) throws {
        let outcome = try ClassicHost(BuiltActors.module(actor)).call(operation)
        let expected = "Guest call failed for method \(operation): method not handled \(operation) - unknown method"
        #expect(outcome == .guestError(expected))
    }

    @Test("asks for the least fields, and takes them in any order")
    func fields() throws {
        let host = try ClassicHost(BuiltActors.module("echo"))
        let expected = ClassicHost.Outcome.result(
            httpResponse(body: #"{"body":[1],"method":"PUT","path":"/","query_string":""}"#))
        let shuffled = Message.map([
            ("body", .bytes([1])), ("unknown", .array([.map([("a", .array([.null, .int(-5)]))]), .text("x")])),
            ("path", .text("/")), ("header", .map([])), ("method", .text("PUT")),
        ])
        #expect(host.call("HttpServer.HandleRequest", shuffled.encoded) == expected)
        #expect(host.call("HttpServer.HandleRequest", [0xC1] + shuffled.encoded) == expected)
        let positional = Message.array([.text("PUT"), .text("/"), .text(""), .map([]), .bytes([1])])
        #expect(host.call("HttpServer.HandleRequest", positional.encoded) == expected)
        let pathless = host.call("HttpServer.HandleRequest", Message.map([("method", .text("GET"))]).encoded)
        #expect(
            pathless
                == .guestError(
                    "Guest call failed for method HttpServer.HandleRequest: malformed argument: there is no field path (at byte 12)"
                ))
    }
}
