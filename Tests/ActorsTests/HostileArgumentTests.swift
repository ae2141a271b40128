import Testing
import WasmRuntime

@Suite("hostile arguments")
struct HostileArgumentTests {
    static let actors = ["echo", "echo-c", "counter", "pinger"]
    static let request = httpRequest(
        "POST", "/päth", query: "a=b", headers: [("accept", ["text/html", "*/*"]), ("host", ["localhost"])],
        body: Array(0..<200))

    /// Expects a guest error that says what is wrong, never a trap or a result.
    private func expectRefused(_ host: ClassicHost, _ argument: [UInt8], _ what: String) {
        let outcome = host.call("HttpServer.HandleRequest", argument)
        guard case .guestError(let text) = outcome else {
            Issue.record("\(what): \(outcome)")
            return
        }
        #expect(text.hasPrefix("Guest call failed for method HttpServer.HandleRequest: "), "\(what)")
    }

    @Test("every truncation of a request is refused, and one byte too many", arguments: actors)
    func truncations(_ actor: String) throws {
        let host = try ClassicHost(BuiltActors.module(actor)) { _ in .response([1]) }
        guard case .result = host.call("HttpServer.HandleRequest", Self.request) else {
            Issue.record("the whole request was refused")
            return
        }
        for count in 0..<Self.request.count {
            expectRefused(host, Array(Self.request.prefix(count)), "\(count) bytes of it")
        }
        expectRefused(host, Self.request + [0xC0], "one byte too many")
    }

    @Test("no byte of a request, whatever becomes of it, stops the actor", arguments: actors)
    func everyByteChanged(_ actor: String) throws {
        let host = try ClassicHost(BuiltActors.module(actor)) { _ in .response([1]) }
        for index in Self.request.indices {
            for byte in [0x00, 0x7F, 0x80, 0x9F, 0xC0, 0xC1, 0xC6, 0xC9, 0xCF, 0xD8, 0xDB, 0xDD, 0xDF, 0xFF] as [UInt8]
            {
                var changed = Self.request
                changed[index] = byte
                if case .broken(let what) = host.call("HttpServer.HandleRequest", changed) {
                    Issue.record("byte \(index) as \(byte): \(what)")
                }
            }
        }
    }

    @Test(
        "announced sizes are not believed", arguments: actors,
        [
            [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0x7F, 0xFF, 0xFF, 0xFF], [0xDF, 0x80, 0, 0, 0], [0xDE, 0xFF, 0xFF],
            [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x81, 0xDB, 0x7F, 0xFF, 0xFF, 0xFF, 0x61],
            [0x81, 0xA4] + Array("body".utf8) + [0xC6, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x81, 0xA4] + Array("body".utf8) + [0xC6, 0x80, 0x00, 0x00, 0x00, 0x00],
            [0x81, 0xA6] + Array("header".utf8) + [0xDF, 0x80, 0x00, 0x00, 0x01, 0xA1, 0x61, 0x90],
            [0x81, 0xA6] + Array("header".utf8) + [0x81, 0xA1, 0x61, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]])
    func sizes(_ actor: String, _ argument: [UInt8]) throws {
        let host = try ClassicHost(BuiltActors.module(actor)) { _ in .response([1]) }
        expectRefused(host, argument, hex(argument))
        #expect(host.memoryBytes <= 192 << 10)
    }

    @Test(
        "nesting costs no stack and no more than its bytes",
        arguments: [[0x91], [0x81, 0xA0], [0xDD, 0, 0xFF, 0, 0], [0xDD, 0, 1, 0, 0]] as [[UInt8]])
    func nesting(_ level: [UInt8]) throws {
        let host = try ClassicHost(BuiltActors.module("echo"))
        let deep = Array(repeatElement(level, count: 100_000).joined())
        expectRefused(host, [0x81, 0xA1, 0x61] + deep, "open nesting")
        #expect(host.fuelUsed < 60_000_000)
        guard level.count < 5 else { return }
        let closed = Message.map([("method", .text("GET")), ("path", .text("/"))]).encoded.dropFirst()
        let outcome = host.call("HttpServer.HandleRequest", [0x83, 0xA1, 0x61] + deep + [0xC0] + closed)
        #expect(outcome == .result(httpResponse(body: #"{"body":[],"method":"GET","path":"/","query_string":""}"#)))
    }

    @Test(
        "a text must be UTF-8", arguments: actors,
        [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xC3, 0x28],
        ] as [[UInt8]])
    func textIsUTF8(_ actor: String, _ bad: [UInt8]) throws {
        let host = try ClassicHost(BuiltActors.module(actor)) { _ in .response([1]) }
        for padding in [0, 3, 8, 13] {
            let path = Array(repeating: UInt8(ascii: "/"), count: padding) + bad
            let argument =
                [0x82, 0xA6] + Array("method".utf8) + [0xA1, 0x47, 0xA4] + Array("path".utf8)
                + [0xA0 | UInt8(path.count)] + path
            expectRefused(host, argument, "padding \(padding)")
        }
    }

    @Test("an operation that is not UTF-8 is refused in words that are", arguments: ["echo", "ponger"])
    func operation(_ actor: String) throws {
        let host = try ClassicHost(BuiltActors.module(actor))
        let expected = "Guest call failed for method A?.?B: method not handled A?.?B - unknown method"
        #expect(host.call([0x41, 0xFF, 0x2E, 0xC0, 0x42], []) == .guestError(expected))
    }
}
