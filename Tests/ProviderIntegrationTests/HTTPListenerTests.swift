import Glibc
import HTTPServerProvider
import LatticeTestSupport
import NIOPosix
import Testing

/// A listener on a port that the system picked, with what its handler was given.
private final class Bench: Sendable {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    let listener: HTTPListener
    let port: UInt16
    let requests: EventLog<HTTPRequestValue>

    typealias Completion = @Sendable (HTTPResponseValue) -> Void

    init(
        _ values: [String: String] = [:], limits: HTTPLimits = HTTPLimits(),
        _ answer: @escaping @Sendable (HTTPRequestValue, @escaping Completion) -> Void = { request, completion in
            completion(HTTPResponseValue(body: Array("\(request.method) \(request.path) \(request.body.count)".utf8)))
        }
    ) async throws {
        let requests = EventLog<HTTPRequestValue>()
        self.requests = requests
        let settings = try HTTPServerSettings(values: values.merging(["port": "0"]) { $1 })
        listener = HTTPListener(settings: settings, limits: limits, group: Self.group) { request, _, completion in
            requests.append(request)
            answer(request, completion)
        }
        port = try await listener.start().port
    }

    func client() throws -> RawClient { try RawClient(port: port) }

    /// Waits until the listener holds so much, since a client does not see when the server has let go.
    func wait(_ isSettled: (HTTPListenerCounts) -> Bool) async throws -> HTTPListenerCounts {
        for _ in 0..<2_000 where !isSettled(listener.counts) { try await Task.sleep(for: .milliseconds(5)) }
        return listener.counts
    }
}

private let get = "GET / HTTP/1.1\r\nhost: h\r\n\r\n"
private let post = "POST / HTTP/1.1\r\nhost: h\r\n"
private let chunked = "transfer-encoding: chunked\r\n\r\n"

private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

private struct BadRequest: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let text: String

    init(_ what: String, _ status: Int, _ text: String) {
        testDescription = what
        self.status = status
        self.text = text
    }
}

@Suite("the HTTP listener on real sockets")
struct HTTPListenerTests {
    @Test("a request arrives whole, its answer goes back, the connection stays")
    func exchange() async throws {
        let bench = try await Bench()
        let client = try bench.client()
        try await client.send("POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 3\r\n\r\nabc")
        #expect(try await client.receiveResponse().body == "POST /a/b 3")
        try await client.send(
            "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nt: 1\r\n\r\n"
        )
        #expect(try await client.receiveResponse().body == "POST / 5")
        try await client.send("HEAD /h HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(try await client.receiveResponse(hasBody: false).field("content-length") == "9")
        try await client.send(get)
        #expect(try await client.receiveResponse().body == "GET / 0")
        let requests = bench.requests.events
        #expect(requests[0].queryString == "c=d" && requests[0].headers.values("x-a") == ["1", "2"])
        #expect(requests[1].body == Array("abcde".utf8))
        await bench.listener.stop(within: .seconds(5))
        #expect(try await client.receiveAll() == "")
    }

    @Test("answers come in the order of pipelined requests, whatever the handler's order")
    func pipelining() async throws {
        let bench = try await Bench { request, completion in
            if request.path == "/slow" {
                Bench.group.next().scheduleTask(in: .milliseconds(30)) {
                    completion(HTTPResponseValue(body: Array(request.queryString.utf8)))
                }
            } else {
                completion(HTTPResponseValue(body: Array(request.queryString.utf8)))
            }
        }
        let client = try bench.client()
        let batch = (0..<40).map { "GET /\($0 % 10 == 0 ? "slow" : "x")?\($0) HTTP/1.1\r\nhost: h\r\n\r\n" }.joined()
        try await client.send(batch)
        for number in 0..<40 { #expect(try await client.receiveResponse().body == "\(number)") }
    }

    @Test("pipelined requests beyond the depth are not answered: the last answer says that it is the last")
    func pipeliningDepth() async throws {
        var limits = HTTPLimits()
        limits.pipelinedRequestsMax = 3
        let bench = try await Bench(limits: limits) { _, completion in
            Bench.group.next().scheduleTask(in: .milliseconds(50)) { completion(HTTPResponseValue()) }
        }
        let client = try bench.client()
        try await client.send(String(repeating: get, count: 20))
        let text = try await client.receiveAll()
        #expect(text.components("HTTP/1.1 200 OK") == 5 && text.components("connection: close") == 1)
        #expect(bench.requests.events.count == 5)
    }

    @Test("while an answer is awaited nothing more is read")
    func readsNoFurther() async throws {
        var limits = HTTPLimits()
        limits.pipelinedRequestsMax = 3
        let held = EventLog<Bench.Completion>()
        let bench = try await Bench(["timeout_ms": "20000"], limits: limits) { request, completion in
            if request.path == "/held" { held.append(completion) } else { completion(HTTPResponseValue()) }
        }
        let client = try bench.client()
        try await client.send("GET /held HTTP/1.1\r\nhost: h\r\n\r\n")
        let completion = try await held.wait(forCount: 1)[0]
        // Had they been read one by one, they would be more than may wait. One read brings at most three of these.
        let padding = repeated("p", 30_000)
        for _ in 0..<10 { try await client.send("GET / HTTP/1.1\r\nhost: h\r\nx: \(padding)\r\n\r\n") }
        try await Task.sleep(for: .milliseconds(50))
        completion(HTTPResponseValue())
        for _ in 0..<11 { #expect(try await client.receiveResponse().status == 200) }
    }

    @Test("HTTP/1.0, `Connection: close` and half-closed clients")
    func closing() async throws {
        let bench = try await Bench()
        for request in [
            "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        ] {
            let client = try bench.client()
            try await client.send(request)
            let response = try await client.receiveResponse()
            #expect(response.status == 200 && response.field("connection") == "close")
            #expect(try await client.receive() == [])
        }
        let old = try bench.client()
        try await old.send("GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
        #expect(try await old.receiveResponse().field("connection") == "keep-alive")
        try await old.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try await old.receiveAll().contains("200 OK"))
        let half = try bench.client()
        try await half.send(get)
        half.endInput()
        #expect(try await half.receiveAll().contains("GET / 0"))
    }

    @Test("a half-closed client gets an answer that comes later")
    func halfClosedSlow() async throws {
        let bench = try await Bench { _, completion in
            Bench.group.next().scheduleTask(in: .milliseconds(50)) { completion(HTTPResponseValue(body: [65])) }
        }
        let client = try bench.client()
        try await client.send(get)
        client.endInput()
        #expect(try await client.receiveAll().hasSuffix("\r\n\r\nA"))
        #expect(try await bench.wait { $0.connections == 0 }.connections == 0)
    }

    @Test("100-continue is said once the body is wanted, and not before the answer to an earlier request")
    func expectContinue() async throws {
        let bench = try await Bench { request, completion in
            Bench.group.next().scheduleTask(in: .milliseconds(30)) {
                completion(HTTPResponseValue(body: request.body))
            }
        }
        let client = try bench.client()
        let head = "POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\n"
        try await client.send(head)
        #expect(try await client.receiveResponse().status == 100)
        try await client.send("ok")
        #expect(try await client.receiveResponse().body == "ok")
        try await client.send(get + head)
        #expect(try await client.receiveResponse().status == 200)
        #expect(try await client.receiveResponse().status == 100)
        try await client.send("ok")
        #expect(try await client.receiveResponse().body == "ok")
        try await client.send("POST / HTTP/1.1\r\nhost: h\r\nexpect: magic\r\ncontent-length: 2\r\n\r\n")
        #expect(try await client.receiveResponse().status == 417)
    }

    @Test(
        "what is no request is refused and the connection closed cleanly",
        arguments: [
            BadRequest("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
            BadRequest("two hosts", 400, "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"),
            BadRequest("nonsense", 400, "nonsense\r\n\r\n"),
            BadRequest("another version", 400, "GET / HTTP/3.0\r\nhost: h\r\n\r\n"),
            BadRequest("no colon", 400, "GET / HTTP/1.1\r\nhost: h\r\nbad header\r\n\r\n"),
            BadRequest("two lengths", 400, post + "content-length: 3\r\ncontent-length: 4\r\n\r\nabcd"),
            BadRequest("negative length", 400, post + "content-length: -1\r\n\r\n"),
            BadRequest("length and chunks", 400, post + "content-length: 3\r\n" + chunked + "0\r\n\r\n"),
            BadRequest("bad chunk", 400, post + chunked + "zz\r\n"),
            BadRequest("long target", 431, "GET /" + repeated("a", 70_000) + " HTTP/1.1\r\nhost: h\r\n\r\n"),
            BadRequest("long field", 431, post + "x: " + repeated("a", 70_000) + "\r\n\r\n"),
            BadRequest("many fields", 431, post + repeated("x: y\r\n", 200) + "\r\n"),
            BadRequest("one byte too many", 413, post + "content-length: 1001\r\n\r\n"),
            BadRequest("far too many", 413, post + "content-length: 99999999999\r\n\r\n"),
            BadRequest("beyond all numbers", 400, post + "content-length: 99999999999999999999999\r\n\r\n"),
            BadRequest("one byte too many in chunks", 413, post + chunked + "3e9\r\n" + repeated("b", 1001) + "\r\n"),
        ])
    fileprivate func refused(request: BadRequest) async throws {
        let bench = try await Bench(["max_content_len": "1000"])
        let client = try bench.client()
        try await client.send(request.text)
        let response = try await client.receiveResponse()
        #expect(response.status == request.status && response.field("connection") == "close", "\(response)")
        #expect(response.body.hasPrefix(#"{"error":"#) && response.body.contains(#""code":""#))
        #expect(try await client.receive() == [])
        #expect(bench.requests.events.isEmpty)
        #expect(
            try await bench.wait { $0.connections == 0 }
                == HTTPListenerCounts())
    }

    @Test("a refused body that is still being sent does not cost the client its answer")
    func refusedWhileSending() async throws {
        let bench = try await Bench(["max_content_len": "1000"])
        let client = try bench.client()
        try await client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 4000000\r\n\r\n")
        try await client.send([UInt8](repeating: 1, count: 4_000_000))
        #expect(try await client.receiveResponse().status == 413)
        #expect(try await client.receive() == [])
    }

    @Test("a body of exactly the limit passes")
    func bodyAtLimit() async throws {
        let bench = try await Bench(["max_content_len": "1000"])
        let client = try bench.client()
        try await client.send(
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n" + String(repeating: "b", count: 1000))
        #expect(try await client.receiveResponse().body == "POST / 1000")
        #expect(bench.listener.counts.bodyBytes == 0)
    }

    @Test("a handler that does not answer costs a 504, and its late answer goes nowhere")
    func deadline() async throws {
        let late = EventLog<Bench.Completion>()
        let bench = try await Bench(["timeout_ms": "1000"]) { _, completion in late.append(completion) }
        let client = try bench.client()
        try await client.send(get)
        let response = try await client.receiveResponse()
        #expect(response.status == 504 && response.body.contains(#""code":"deadline""#))
        try await client.send(get)
        let completions = try await late.wait(forCount: 2)
        completions[0](HTTPResponseValue(body: [65]))
        completions[1](HTTPResponseValue(body: [66]))
        #expect(try await client.receiveResponse().body == "B")
        #expect(try await bench.wait { $0.requestsInFlight == 0 }.requestsInFlight == 0)
    }

    @Test("only the first answer counts, from whatever thread")
    func firstAnswer() async throws {
        let bench = try await Bench { _, completion in
            completion(HTTPResponseValue(body: [65]))
            completion(HTTPResponseValue(body: [66]))
            Task { completion(HTTPResponseValue(body: [67])) }
        }
        let client = try bench.client()
        for _ in 0..<20 {
            try await client.send(get)
            #expect(try await client.receiveResponse().body == "A")
        }
    }

    @Test("a client that goes leaves nothing behind")
    func disconnects() async throws {
        let held = EventLog<Bench.Completion>()
        let bench = try await Bench(["timeout_ms": "100"]) { request, completion in
            if request.path != "/lost" { held.append(completion) }
        }
        for path in ["/held", "/lost"] {
            let client = try bench.client()
            try await client.send("POST \(path) HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\nabc")
            try await bench.requests.wait("the request") { $0.contains { $0.path == path } }
            client.reset()
        }
        let partial = try bench.client()
        try await partial.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 300\r\n\r\nabc")
        _ = try await bench.wait { $0.bodyBytes >= 3 }
        partial.reset()
        let idle = HTTPListenerCounts()
        #expect(try await bench.wait { $0 == idle } == idle)
        for completion in held.events { completion(HTTPResponseValue()) }
        #expect(bench.listener.counts == idle)
    }

    @Test("idle connections, slow heads and slow bodies end")
    func slowClients() async throws {
        var limits = HTTPLimits()
        limits.idleTimeout = .milliseconds(80)
        limits.headTimeout = .milliseconds(80)
        limits.bodyTimeout = .milliseconds(80)
        let bench = try await Bench(limits: limits)
        let idle = try bench.client()
        #expect(try await idle.receiveAll() == "")
        let slowHead = try bench.client()
        try await slowHead.send("GET / HTTP/1.1\r\nho")
        let dripping = Task.detached {
            // Each drop comes well within the limit.
            for _ in 0..<1_000 {
                try await Task.sleep(for: .milliseconds(20))
                try await slowHead.send("x")
            }
        }
        #expect(try await slowHead.receiveAll().hasPrefix("HTTP/1.1 408 "))
        dripping.cancel()
        let slowBody = try bench.client()
        try await slowBody.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 300\r\n\r\nabc")
        #expect(try await slowBody.receiveAll().hasPrefix("HTTP/1.1 408 "))
        #expect(try await bench.wait { $0.connections == 0 }.bodyBytes == 0)
    }

    @Test("a client that does not read its answer is cut off, a slow one is not")
    func slowReaders() async throws {
        // More than the kernel takes in for both sides.
        let answerBytesCount = 30_000_000
        var limits = HTTPLimits()
        limits.writeStallTimeout = .milliseconds(500)
        let bench = try await Bench(limits: limits) { _, completion in
            completion(HTTPResponseValue(body: [UInt8](repeating: 65, count: answerBytesCount)))
        }
        let stuck = try bench.client()
        stuck.narrow()
        try await stuck.send(get)
        try await bench.requests.wait(forCount: 1)
        #expect(try await bench.wait { $0.connections == 0 }.connections == 0)
        let slow = try bench.client()
        try await slow.send(get)
        var count = 0
        var lastPart = ContinuousClock.now
        var longestPause = Duration.zero
        while count < answerBytesCount {
            let part = try await slow.receive(max: 1_000_000)
            if part.isEmpty { break }
            count += part.count
            longestPause = max(longestPause, ContinuousClock.now - lastPart)
            lastPart = .now
            try await Task.sleep(for: .milliseconds(30))
        }
        // On a busy machine this reader itself may have stalled for as long as the limit: then the cut was right.
        let hasStalled = max(longestPause, ContinuousClock.now - lastPart) > limits.writeStallTimeout / 2
        #expect(count > answerBytesCount || hasStalled, "cut off after \(count) bytes")
    }

    @Test("connections and requests beyond the limits hear 503 and when to come again")
    func busy() async throws {
        var limits = HTTPLimits()
        limits.connectionsMax = 2
        limits.requestsInFlightMax = 1
        let held = EventLog<Bench.Completion>()
        let bench = try await Bench(limits: limits) { _, completion in held.append(completion) }
        let (first, second) = (try bench.client(), try bench.client())
        try await first.send(get)
        try await held.wait(forCount: 1)
        try await second.send(get)
        let refused = try await second.receiveResponse()
        #expect(refused.status == 503 && refused.field("retry-after") == "1" && refused.body.contains(#""busy""#))
        let third = try bench.client()
        try await third.send(get)
        let turnedAway = try await third.receiveResponse()
        #expect(turnedAway.status == 503 && turnedAway.field("retry-after") == "1")
        #expect(try await third.receive() == [])
        held.events[0](HTTPResponseValue())
        #expect(try await first.receiveResponse().status == 200)
        #expect(bench.listener.counts.refusals == 2)
    }

    @Test(
        "an answer that can't be sent becomes a 502",
        arguments: [
            HTTPResponseValue(statusCode: 99), HTTPResponseValue(statusCode: 600),
            HTTPResponseValue(headers: ["x": "a\r\nset-cookie: evil"]), HTTPResponseValue(headers: ["x\r\ny": "a"]),
        ])
    func badAnswer(response: HTTPResponseValue) async throws {
        let bench = try await Bench { _, completion in completion(response) }
        let client = try bench.client()
        try await client.send(get)
        let received = try await client.receiveResponse()
        #expect(received.status == 502 && received.body.contains(#""code":"guest-error""#))
        #expect(!received.fields.contains { $0.contains("cookie") })
        try await client.send(get)
        #expect(try await client.receiveResponse().status == 502)
    }

    @Test("read-only mode, cache control and origins")
    func rules() async throws {
        let bench = try await Bench(["readonly_mode": "true", "cache_control": "max-age=1"])
        let client = try bench.client()
        try await client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\na")
        let refused = try await client.receiveResponse()
        #expect(refused.status == 405 && refused.field("allow") == "GET, HEAD")
        try await client.send("GET / HTTP/1.1\r\nhost: h\r\norigin: http://x\r\n\r\n")
        let allowed = try await client.receiveResponse()
        #expect(allowed.field("cache-control") == "max-age=1")
        #expect(allowed.field("access-control-allow-origin") == "http://x")
    }

    @Test("stop lets what has begun end, refuses the rest, and cuts off what takes too long")
    func stop() async throws {
        let held = EventLog<Bench.Completion>()
        let bench = try await Bench(["timeout_ms": "20000"]) { _, completion in held.append(completion) }
        let (busy, idle) = (try bench.client(), try bench.client())
        try await busy.send(get)
        let completion = try await held.wait(forCount: 1)[0]
        _ = try await bench.wait { $0.connections == 2 }
        async let stopped: Void = bench.listener.stop(within: .seconds(20))
        #expect(try await idle.receiveAll() == "")
        // Whoever answers there now, it is not this listener.
        if let late = try? bench.client() { try? await late.send(get) }
        completion(HTTPResponseValue(body: [65]))
        #expect(try await busy.receiveResponse().body == "A")
        #expect(try await busy.receive() == [])
        await stopped
        #expect(bench.listener.counts.connections == 0 && bench.requests.events.count == 1)

        let stubborn = try await Bench(["timeout_ms": "20000"]) { _, _ in }
        let client = try stubborn.client()
        try await client.send(get)
        try await stubborn.requests.wait(forCount: 1)
        await stubborn.listener.stop(within: .milliseconds(50))
        #expect(try await client.receiveAll() == "")
    }

    @Test("a program that this process has started keeps neither connections nor the port")
    func children() async throws {
        let bench = try await Bench()
        let client = try bench.client()
        try await client.send(get)
        #expect(try await client.receiveResponse().status == 200)
        let folder = try TemporaryFolder()
        let program = try CrashProgram("hold", folder.path)
        #expect(try await program.readLine() == "open")
        await bench.listener.stop(within: .seconds(5))
        #expect(try await client.receive() == [])
        let settings = try HTTPServerSettings(values: ["port": "\(bench.port)"])
        let second = HTTPListener(settings: settings, group: Bench.group) { _, _, _ in }
        #expect(try await second.start().port == bench.port)
        await second.stop(within: .seconds(1))
        program.kill()
    }

    @Test("a taken port is refused, naming who holds it; other addresses say what is wrong")
    func startRefusals() async throws {
        let bench = try await Bench()
        let settings = try HTTPServerSettings(values: ["port": "\(bench.port)"])
        let second = HTTPListener(settings: settings, group: Bench.group) { _, _, _ in }
        let address = ListenAddress(host: "127.0.0.1", port: bench.port)
        let holder = PortHolder.find(port: bench.port)
        #expect(holder?.processID == getpid())
        await #expect(throws: HTTPListenerError.portTaken(address, holder: holder)) { try await second.start() }
        let foreign = try HTTPServerSettings(values: ["address": "203.0.113.1:0"])
        let third = HTTPListener(settings: foreign, group: Bench.group) { _, _, _ in }
        await #expect(throws: HTTPListenerError.addressUnavailable(ListenAddress(host: "203.0.113.1", port: 0))) {
            try await third.start()
        }
        await #expect(throws: HTTPListenerError.alreadyStarted) { try await bench.listener.start() }
    }

    @Test("several listeners share one group, each with its own handler")
    func several() async throws {
        let one = try await Bench { _, completion in completion(HTTPResponseValue(body: [49])) }
        let two = try await Bench { _, completion in completion(HTTPResponseValue(body: [50])) }
        for (bench, expected) in [(one, "1"), (two, "2")] {
            let client = try bench.client()
            try await client.send(get)
            #expect(try await client.receiveResponse().body == expected)
        }
    }

    @Test("every truncation of a request, and noise after it, ends in an answer or a close")
    func truncations() async throws {
        let bench = try await Bench()
        let request = "POST /a?b HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        for count in 1..<request.utf8.count {
            let client = try bench.client()
            try await client.send(String(decoding: request.utf8.prefix(count), as: UTF8.self))
            client.endInput()
            let text = try await client.receiveAll()
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400 "), "\(count): \(text)")
        }
        #expect(bench.requests.events.isEmpty)
        #expect(try await bench.wait { $0.connections == 0 }.bodyBytes == 0)
    }
}

extension String {
    fileprivate func components(_ part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
