import HTTPServerProvider
import LatticeContracts
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import NIOPosix
import Testing

/// Answers calls of a provider as a test says, and remembers them.
private final class FakeActors: ActorCaller {
    typealias Answer = @Sendable (ActorCall) -> Result<[UInt8], Refusal>

    let calls = EventLog<ActorCall>()
    private let answer: Answer

    init(_ answer: @escaping Answer = { _ in .success(HTTPServer.Response(body: Array("hello".utf8)).messagePack) }) {
        self.answer = answer
    }

    func call(_ call: ActorCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        calls.append(call)
        completion(answer(call))
    }
}

@Suite("httpserver as a provider, on real sockets")
struct HTTPProviderTests {
    private let get = "GET /a?b=c HTTP/1.1\r\nhost: h\r\nX-One: 1\r\nx-one: 2\r\n\r\n"

    private func provider(
        _ actors: FakeActors, _ configuration: String? = nil, limits: HTTPLimits = HTTPLimits()
    ) throws -> HTTPListenerProvider {
        try HTTPListenerProvider(
            configuration: configuration,
            defaults: .init(address: ListenAddress(host: "127.0.0.1", port: 0), limits: limits), actors: actors)
    }

    private func link(_ values: [String: String] = [:]) -> LinkDefinition { .fresh(to: .httpServer(), values) }

    private func port(_ link: LinkDefinition, _ provider: HTTPListenerProvider) throws -> UInt16 {
        try #require(provider.addresses[link.actor]).port
    }

    private func ask(_ port: UInt16, _ request: String? = nil) async throws -> RawClient.Response {
        let client = try RawClient(port: port)
        try await client.send(request ?? get)
        return try await client.receiveResponse()
    }

    // MARK: Requests

    @Test("a request reaches the link's actor as the contract says, and its answer goes back")
    func exchange() async throws {
        let actors = FakeActors { _ in
            .success(
                HTTPServer.Response(
                    statusCode: 201, header: ["X-Two": ["3", "4"], "content-length": ["99"]], body: Array("made".utf8)
                ).messagePack)
        }
        let provider = try provider(actors)
        let link = link(["timeout_ms": "1500"])
        try await provider.put(link)
        let request =
            "POST /a/b?c=d HTTP/1.1\r\nhost: h\r\nX-One: 1\r\nx-one: 2\r\ncontent-length: 3\r\n\r\n\u{1}\u{2}\u{3}"
        let response = try await ask(try port(link, provider), request)
        #expect(response.status == 201 && response.body == "made")
        #expect(response.fields.filter { $0.hasPrefix("x-two") } == ["x-two: 3", "x-two: 4"])
        #expect(response.field("content-length") == "4")
        let call = try #require(actors.calls.events.first)
        #expect(call.link == link && call.operation == "HttpServer.HandleRequest")
        #expect(call.timeout == .milliseconds(1500))
        let received = try HTTPServer.Request(messagePack: call.argument)
        #expect(
            received
                == HTTPServer.Request(
                    method: "POST", path: "/a/b", queryString: "c=d",
                    header: ["host": ["h"], "x-one": ["1", "2"], "content-length": ["3"]], body: [1, 2, 3]))
        await provider.shutdown()
    }

    @Test("each refusal has the status of its row, the sentence and the call", arguments: RefusalCode.allCases)
    func refusals(code: RefusalCode) async throws {
        let id = InvocationID(from: NUIDGenerator())
        let provider = try provider(FakeActors { _ in .failure(Refusal(code, "it is so", call: id)) })
        let link = link()
        try await provider.put(link)
        let response = try await ask(try port(link, provider))
        #expect(response.status == code.httpStatus)
        #expect(response.field("retry-after") == (code == .busy ? "1" : nil))
        #expect(response.field("content-type") == "application/json")
        let body = try JSONFields(parsing: Array(response.body.utf8))
        #expect(try body.string("code") == code.rawValue && body.string("call") == id.text)
        #expect(try body.string("error") == "\(code.kind): it is so [\(code.rawValue), call \(id)]")
        await provider.shutdown()
    }

    @Test("an answer that is none becomes 502")
    func malformedAnswers() async throws {
        let answers: [[UInt8]] = [
            [], [0xC1], "hello".messagePack, HTTPServer.Response(statusCode: 99).messagePack,
            HTTPServer.Response(header: ["a": ["b\r\nc: d"]]).messagePack,
            Array(HTTPServer.Response(body: [1, 2, 3]).messagePack.dropLast()),
        ]
        for answer in answers {
            let provider = try provider(FakeActors { _ in .success(answer) })
            let link = link()
            try await provider.put(link)
            let response = try await ask(try port(link, provider))
            #expect(response.status == 502, "\(answer)")
            #expect(try JSONFields(parsing: Array(response.body.utf8)).string("code") == "guest-error")
            await provider.shutdown()
        }
    }

    @Test("a body beyond the host's limit never reaches the actor; a link may have its own")
    func bodies() async throws {
        let actors = FakeActors()
        var limits = HTTPLimits()
        limits.bodyBytesMax = 4
        let provider = try provider(actors, limits: limits)
        let (narrow, wide) = (link(), link(["max_content_len": "5"]))
        for link in [narrow, wide] { try await provider.put(link) }
        let request = "PUT / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nabcde"
        #expect(try await ask(try port(narrow, provider), request).status == 413)
        #expect(actors.calls.events.isEmpty)
        #expect(try await ask(try port(wide, provider), request).status == 200)
        await provider.shutdown()
    }

    // MARK: Links

    @Test("every link has a listener, which ends with it")
    func listeners() async throws {
        let actors = FakeActors { call in
            .success(HTTPServer.Response(body: Array("\(call.link.actor)".utf8)).messagePack)
        }
        let provider = try provider(actors)
        let (one, two) = (link(), link())
        for link in [one, two] { try await provider.put(link) }
        let ports = (try port(one, provider), try port(two, provider))
        #expect(try await ask(ports.0).body == "\(one.actor)")
        #expect(try await ask(ports.1).body == "\(two.actor)")
        #expect(provider.health.message?.contains("127.0.0.1:\(ports.0)") == true)
        await provider.remove(one)
        #expect(throws: RawClientError.self) { try RawClient(port: ports.0) }
        #expect(try await ask(ports.1).body == "\(two.actor)")
        await provider.shutdown()
        #expect(throws: RawClientError.self) { try RawClient(port: ports.1) }
    }

    @Test("the same values again change nothing: not even a connection notices")
    func again() async throws {
        let provider = try provider(FakeActors())
        let link = link()
        try await provider.put(link)
        let port = try port(link, provider)
        let client = try RawClient(port: port)
        try await client.send(get)
        _ = try await client.receiveResponse()
        try await provider.put(link)
        #expect(try self.port(link, provider) == port)
        try await client.send(get)
        #expect(try await client.receiveResponse().status == 200)
        await provider.shutdown()
    }

    @Test("other values at the same address count for the next request, also of those who were there before")
    func changed() async throws {
        let provider = try provider(FakeActors())
        var link = link(["address": "127.0.0.1:0", "readonly_mode": "false"])
        try await provider.put(link)
        let port = try port(link, provider)
        let post = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n"
        let client = try RawClient(port: port)
        try await client.send(post)
        #expect(try await client.receiveResponse().status == 200)
        link.values["readonly_mode"] = "true"
        try await provider.put(link)
        #expect(try self.port(link, provider) == port)
        // The connection from before has ended.
        #expect(try await client.receiveAll() == "")
        #expect(try await ask(port, post).status == 405)
        await provider.shutdown()
    }

    @Test("another address: the new listener serves before the old one ends")
    func moved() async throws {
        let provider = try provider(FakeActors())
        var link = link(["address": "127.0.0.1:0"])
        try await provider.put(link)
        let before = try port(link, provider)
        link.values = ["address": "127.0.0.2:0"]
        try await provider.put(link)
        #expect(provider.addresses[link.actor]?.host == "127.0.0.2")
        #expect(throws: RawClientError.self) { try RawClient(port: before) }
        await provider.shutdown()
    }

    @Test("values that don't work are refused with the reason, and the listener that was there goes on")
    func refusedValues() async throws {
        let provider = try provider(FakeActors())
        let (good, neighbour) = (link(), link())
        for link in [good, neighbour] { try await provider.put(link) }
        let port = try port(good, provider)
        let stranger = HTTPListener(
            settings: try HTTPServerSettings(values: ["port": "0"]), group: MultiThreadedEventLoopGroup.singleton
        ) { _, _, _ in }
        let taken = try await stranger.start().port
        let rows = [
            (["address": "nowhere"], "address"), (["timeout_ms": "soon"], "timeout_ms"),
            (["port": "\(try self.port(neighbour, provider))"], "\(neighbour.actor)"),
            (["port": "\(taken)"], "this very process"), (["address": "192.0.2.1:8000"], "no interface"),
        ]
        for (values, reason) in rows {
            var bad = good
            bad.values = values
            let problem = await provider.problem(bad)
            #expect(problem?.contains(reason) == true, "\(values): \(problem ?? "taken")")
            #expect(try await ask(port).status == 200)
        }
        await stranger.stop(within: .zero)
        await provider.shutdown()
    }

    @Test("the configuration is for links that say nothing; one that means nothing ends the start")
    func configuration() async throws {
        let actors = FakeActors()
        let provider = try provider(
            actors, #"{"address": "127.0.0.3:0", "timeout_ms": 700, "max_content_len": "1"}"#)
        let (silent, loud) = (link(), link(["address": "127.0.0.1:0", "timeout_ms": "800"]))
        for link in [silent, loud] { try await provider.put(link) }
        #expect(provider.addresses[silent.actor]?.host == "127.0.0.3")
        #expect(try await ask(try port(loud, provider)).status == 200)
        #expect(actors.calls.events.map(\.timeout) == [.milliseconds(800)])
        for text in ["[]", #"{"adress": "127.0.0.1:1"}"#, #"{"readonly_mode": true}"#, #"{"address": "x"}"#] {
            #expect(throws: LinkProblem.self, "\(text)") { try self.provider(actors, text) }
        }
        await provider.shutdown()
    }

    @Test("nobody can call it")
    func called() async throws {
        let provider = try provider(FakeActors())
        guard case .failure(let refusal) = await provider.call(link(), "HttpServer.HandleRequest") else {
            Issue.record("it was performed")
            return
        }
        #expect(refusal.code == .providerError)
    }
}
