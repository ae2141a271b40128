import LatticeContracts
import LatticeProtocol
import Testing

@Suite("Contracts")
struct ContractTests {
    /// Lower-case hexadecimal digits; spaces are left out.
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test("an HTTP request is the protocol document's example, byte for byte")
    func httpRequest() throws {
        let expected = Self.bytes(
            "85a66d6574686f64a3474554a470617468a22f78ab7175657279537472696e67a0a668656164657280a4626f6479c400")
        let request = HTTPServer.Request(method: "GET", path: "/x")
        #expect(request.messagePack == expected)
        #expect(try HTTPServer.Request(messagePack: expected) == request)
    }

    @Test("an HTTP response may lack everything")
    func httpResponseDefaults() throws {
        #expect(try HTTPServer.Response(messagePack: [0x80]) == HTTPServer.Response(statusCode: 200))
        let full = HTTPServer.Response(statusCode: 404, header: ["a": ["b", "c"]], body: [1, 2])
        #expect(try HTTPServer.Response(messagePack: full.messagePack) == full)
        #expect(full.messagePack.prefix(15) == Self.bytes("83aa737461747573436f6465cd0194")[...])
    }

    @Test("an increment is the reference counter's call, byte for byte")
    func increment() throws {
        let expected = Self.bytes("82a36b6579aa636f756e7465723a3a78a576616c756501")
        let request = KeyValue.IncrementRequest(key: "counter::x", value: 1)
        #expect(request.messagePack == expected)
        #expect(try KeyValue.IncrementRequest(messagePack: expected) == request)
    }

    @Test("bare values are bare")
    func bareValues() throws {
        #expect("counter:a".messagePack == Self.bytes("a9636f756e7465723a61"))
        #expect(Int32(42).messagePack == [0x2A])
        #expect(true.messagePack == [0xC3])
        #expect(["a", "b"].messagePack == Self.bytes("92a161a162"))
        #expect(try Int32(messagePack: Self.bytes("d3ffffffffffffffff")) == -1, "any width is read")
    }

    @Test("every structure survives its own encoding, and none of its truncations is accepted")
    func truncations() {
        check(KeyValue.IncrementRequest(key: "k", value: -7))
        check(KeyValue.GetResponse("v"))
        check(KeyValue.GetResponse(nil))
        check(KeyValue.SetRequest(key: "k", value: "v", expires: 60))
        check(KeyValue.ListItem(listName: "l", value: "v"))
        check(KeyValue.ListRangeRequest(listName: "l", start: 0, stop: -1))
        check(KeyValue.SetItem(setName: "s", value: "v"))
        check(Logging.LogEntry(level: "warn", text: "t"))
        check(NumberGen.Range(min: 1, max: .max))
        check(HTTPServer.Request(method: "PUT", path: "/", queryString: "a=b", header: ["h": ["1", "2"]], body: [9]))
        check(HTTPServer.Response(statusCode: 201, header: ["h": []], body: [0]))
        check(["one", "two"])
    }

    private func check<Value: ContractValue & Equatable>(_ value: Value) {
        let bytes = value.messagePack
        #expect((try? Value(messagePack: bytes)) == value)
        for count in 0..<bytes.count {
            #expect(throws: MessagePackError.self) { try Value(messagePack: Array(bytes.prefix(count))) }
        }
        #expect(throws: MessagePackError.self) { try Value(messagePack: bytes + [0xC0]) }
    }

    @Test("a value out of its range is refused, not wrapped")
    func ranges() {
        #expect(throws: MessagePackError.self) { try UInt32(messagePack: [0xFF]) }
        #expect(throws: MessagePackError.self) { try Int32(messagePack: Self.bytes("ce80000000")) }
        #expect(throws: MessagePackError.self) {
            try HTTPServer.Response(messagePack: Self.bytes("81aa737461747573436f6465ce00010000"))
        }
    }
}
