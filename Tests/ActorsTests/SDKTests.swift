import Testing
import WasmRuntime

/// The SDK's clients, through an actor that makes every call there is.
@Suite("SDK")
struct SDKTests {
    struct Case: CustomTestStringConvertible {
        let operation: String
        /// What the actor must send.
        let sent: String
        let argument: Message?
        let reply: Message?
        /// The probe's result, which shows what it understood; nil where it has none.
        let result: Message?

        init(_ operation: String, _ sent: String, _ argument: Message?, _ reply: Message?, _ result: Message?) {
            self.operation = operation
            self.sent = sent
            self.argument = argument
            self.reply = reply
            self.result = result
        }

        var testDescription: String { operation }
    }

    static let yes = Message.bool(true)
    static let calls: [Case] = [
        Case(
            "increment", "KeyValue.Increment", .map([("key", .text("k")), ("value", .int(-200))]), .int(-200),
            .int(-200)),
        Case("contains", "KeyValue.Contains", .text("k"), yes, yes),
        Case("delete", "KeyValue.Del", .text("k"), .bool(false), .bool(false)),
        Case("get", "KeyValue.Get", .text("k"), .map([("value", .text("v")), ("exists", yes)]), .text("v")),
        Case("get", "KeyValue.Get", .text("k"), .map([("exists", .bool(false)), ("value", .text(""))]), .null),
        Case(
            "set", "KeyValue.Set",
            .map([("key", .text("k")), ("value", .text("v")), ("expires", .int(70_000))]), nil, nil),
        Case(
            "append", "KeyValue.ListAdd", .map([("listName", .text("l")), ("value", .text("v"))]),
            .int(4_000_000_000), .int(4_000_000_000)),
        Case("clearList", "KeyValue.ListClear", .text("l"), yes, yes),
        Case("removeFromList", "KeyValue.ListDel", .map([("listName", .text("l")), ("value", .text("v"))]), yes, yes),
        Case(
            "list", "KeyValue.ListRange", .map([("listName", .text("l")), ("start", .int(1)), ("stop", .int(-2))]),
            .array([.text("a"), .text("ä")]), .array([.text("a"), .text("ä")])),
        Case(
            "insert", "KeyValue.SetAdd", .map([("setName", .text("s")), ("value", .text("v"))]), .int(1), .int(1)),
        Case(
            "removeFromSet", "KeyValue.SetDel", .map([("setName", .text("s")), ("value", .text("v"))]), .int(0), .int(0)
        ),
        Case(
            "intersection", "KeyValue.SetIntersection", .array([.text("a"), .text("b")]), .array([]), .array([])),
        Case("union", "KeyValue.SetUnion", .array([]), .array([.text("x")]), .array([.text("x")])),
        Case("setQuery", "KeyValue.SetQuery", .text("s"), .array([.text("x")]), .array([.text("x")])),
        Case("clearSet", "KeyValue.SetClear", .text("s"), yes, yes),
        Case("log", "Logging.WriteLog", .map([("level", .text("warn")), ("text", .text("text"))]), nil, nil),
        Case("guid", "NumberGen.GenerateGuid", nil, .text("f81d4fae-7dec"), .text("f81d4fae-7dec")),
        Case("random", "NumberGen.Random32", nil, .int(4_294_967_295), .int(4_294_967_295)),
        Case("randomIn", "NumberGen.RandomInRange", .map([("min", .int(5)), ("max", .int(300))]), .int(7), .int(7)),
        Case("byKey", "A.B", .text("x"), .int(9), .int(9)),
    ]

    private func target(of operation: String) -> [String] {
        switch operation.split(separator: ".")[0] {
        case "KeyValue": ["link", "wasmcloud:keyvalue"]
        case "Logging": ["default", "wasmcloud:builtin:logging"]
        case "NumberGen": ["default", "wasmcloud:builtin:numbergen"]
        default: ["", "MKEY"]
        }
    }

    @Test("sends what the contract says and reads its answer", arguments: calls)
    func call(_ expected: Case) throws {
        let host = try ClassicHost(BuiltActors.fixture("probe")) { _ in .response(expected.reply?.encoded ?? []) }
        #expect(host.call(expected.operation) == .result(expected.result?.encoded ?? []))
        let outgoing = host.takeOutgoing()
        #expect(outgoing.count == 1)
        let call = try #require(outgoing.first)
        #expect([call.linkName, call.namespace] == target(of: expected.sent))
        #expect(call.operation == expected.sent)
        #expect(hex(call.argument) == hex(expected.argument?.encoded ?? []))
        #expect(host.log == (expected.operation == "log" ? ["a line"] : []))
    }

    @Test("an answer of another type is an error with words", arguments: calls.filter { $0.reply != nil })
    func wrongAnswer(_ expected: Case) throws {
        guard expected.operation != "byKey" else { return }  // it asks for bytes as they are
        let host = try ClassicHost(BuiltActors.fixture("probe")) { _ in
            .response([0xCB] + [UInt8](repeating: 0, count: 8))
        }
        guard case .guestError(let text) = host.call(expected.operation) else {
            Issue.record("no error")
            return
        }
        #expect(
            text.hasPrefix("Guest call failed for method \(expected.operation): malformed reply to \(expected.sent): "))
    }

    @Test("outside HTTP the host's words become the guest error")
    func hostError() throws {
        let text = "denied: no [no-link, call 1]"
        let host = try ClassicHost(BuiltActors.fixture("probe")) { _ in .error(text) }
        #expect(host.call("set") == .guestError("Guest call failed for method set: \(text)"))
        #expect(host.call("fail") == .guestError("Guest call failed for method fail: I don't want to"))
    }

    @Test("HTTP: headers in and out, status, JSON")
    func http() throws {
        let host = try ClassicHost(BuiltActors.fixture("probe"))
        let request = httpRequest(headers: [("host", ["h"]), ("accept", ["a", "b\"c"])])
        let body = #"{"accept":"a","all":["host=h","accept=a","accept=b\"c"],"is":true,"least":-9223372036854775808}"#
        let response = httpResponse(201, headers: [jsonType, ("Set-Cookie", ["a=1", "b=2"])], body: body)
        #expect(host.call("HttpServer.HandleRequest", request) == .result(response))
        let missing = httpResponse(404, headers: [("content-type", ["text/plain; charset=utf-8"])], body: "not here")
        #expect(host.call("HttpServer.HandleRequest", httpRequest("GET", "/missing")) == .result(missing))
    }

    @Test("integers, texts and blobs of every size are read, and written in their smallest form")
    func smallestForms() throws {
        let numbers: [(Int64, String)] = [
            (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (65_535, "cdffff"),
            (65_536, "ce00010000"), (4_294_967_295, "ceffffffff"), (4_294_967_296, "cf0000000100000000"),
            (.max, "cf7fffffffffffffff"), (-1, "ff"), (-32, "e0"), (-33, "d0df"), (-128, "d080"), (-129, "d1ff7f"),
            (-32_768, "d18000"), (-32_769, "d2ffff7fff"), (-2_147_483_648, "d280000000"),
            (-2_147_483_649, "d3ffffffff7fffffff"), (.min, "d38000000000000000"),
        ]
        let host = try ClassicHost(BuiltActors.fixture("probe"))
        for (number, smallest) in numbers {
            let largest = [0x91, 0xD3] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
            guard case .result(let result) = host.call("rewrite", largest) else {
                Issue.record("\(number): no result")
                continue
            }
            #expect(hex(result) == "91" + smallest)
        }
        var values: [Message] = [.null, .bool(true), .bool(false)]
        for count in [0, 1, 31, 32, 255, 256, 65_535, 65_536] {
            values += [.text(String(repeating: "t", count: count)), .bytes([UInt8](repeating: 1, count: count))]
        }
        let message = Message.array(values).encoded
        #expect(host.call("rewrite", message) == .result(message))
        let many = Message.array(Array(repeating: .int(1), count: 70_000)).encoded
        #expect(host.call("rewrite", many) == .result(many))
    }

    @Test("Swift's own strings, dictionaries, sorting and floating point work")
    func standardLibrary() throws {
        let host = try ClassicHost(BuiltActors.fixture("probe"))
        #expect(host.call("standardLibrary") == .result(Message.text("2 2 123 0.30000000000000004 1").encoded))
    }
}
