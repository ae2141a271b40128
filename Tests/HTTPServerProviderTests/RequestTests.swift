import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPServerProvider

@Suite("requests")
struct RequestTests {
    @Test(
        "path and query of every form of target",
        arguments: [
            ("/", "/", ""), ("/a/b?c=d", "/a/b", "c=d"), ("/a?", "/a", ""), ("/a?b?c", "/a", "b?c"),
            ("/%2e%2E/x", "/%2e%2E/x", ""), ("http://h:1/a?b", "/a", "b"), ("http://h", "/", ""),
            ("http://h?x", "/", "x"), ("*", "/", ""), ("", "/", ""), ("/a#b?c", "/a", ""), ("//a//b", "//a//b", ""),
            ("/x?u=http://y/z", "/x", "u=http://y/z"),
        ])
    func targets(target: String, path: String, query: String) {
        let parsed = RequestTarget(target)
        #expect(parsed.path == path && parsed.query == query)
    }

    @Test("fields keep their order, names are lower case and come together")
    func fields() {
        let fields: HTTPFields = ["B": "1", "a": "2", "b": "3"]
        #expect(fields.values("b") == ["1", "3"] && fields.first("a") == "2" && fields.first("c") == nil)
        #expect(fields.grouped.map(\.name) == ["b", "a"] && fields.grouped.map(\.values) == [["1", "3"], ["2"]])
        #expect(HTTPFields(["X": ["1", "2"]]) == ["x": "1", "x": "2"])
    }

    @Test("a body of exactly the limit passes, one byte more is refused and leaves nothing behind")
    func bodyLimit() throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 10
        limits.bodyBytesTotalMax = 15
        let counters = ListenerCounters(limits: limits)
        var first = RequestAssembly(limits: limits, counters: counters)
        var second = RequestAssembly(limits: limits, counters: counters)
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["host": "h"])
        func send(_ count: Int, to assembly: inout RequestAssembly) -> Int? {
            var part = ByteBuffer(repeating: 1, count: count)
            if case .refused(let response) = assembly.append(&part) { return response.statusCode }
            return nil
        }
        _ = first.begin(head)
        #expect(send(5, to: &first) == nil && send(5, to: &first) == nil)
        _ = second.begin(head)
        #expect(send(5, to: &second) == nil)
        // All bodies together.
        #expect(send(1, to: &second) == 503)
        #expect(counters.snapshot.bodyBytes == 10)
        guard case .complete(let request) = first.end() else { Issue.record("incomplete"); return }
        #expect(request.value.body.count == 10 && request.bodyBytesReserved == 10)
        counters.releaseBody(10)
        _ = first.begin(head)
        #expect(send(10, to: &first) == nil && send(1, to: &first) == 413)
        #expect(counters.snapshot.bodyBytes == 0)
    }

    @Test("a page of another origin")
    func cors() {
        var policy = CORSPolicy()
        policy.exposedHeaders = ["x-a", "x-b"]
        func request(_ method: String, _ headers: HTTPFields) -> HTTPRequestValue {
            HTTPRequestValue(method: method, path: "/", headers: headers)
        }
        #expect(policy.judge(request("GET", [:])) == .unconcerned)
        #expect(
            policy.judge(request("GET", ["origin": "https://a.b"]))
                == .allowed([
                    "access-control-allow-origin": "https://a.b", "vary": "origin",
                    "access-control-expose-headers": "x-a, x-b",
                ]))
        func status(_ method: String, _ headers: HTTPFields) -> Int? {
            if case .answered(let response) = policy.judge(request(method, headers)) { return response.statusCode }
            return nil
        }
        let asked: HTTPFields = ["origin": "https://a.b", "access-control-request-method": "PUT"]
        #expect(status("OPTIONS", asked) == 204)
        #expect(status("OPTIONS", ["origin": "https://a.b"]) == nil)
        #expect(status("OPTIONS", ["origin": "https://a.b", "access-control-request-method": "PATCH"]) == 403)
        var withHeaders = asked
        withHeaders.append("access-control-request-headers", "Content-Type , accept")
        #expect(status("OPTIONS", withHeaders) == 204)
        withHeaders.append("access-control-request-headers", "x-other")
        #expect(status("OPTIONS", withHeaders) == 403)
        #expect(status("GET", ["origin": "null"]) == 403)
        policy.origins = .only(["https://a.b"])
        #expect(status("GET", ["origin": "https://a.b.c"]) == 403 && status("GET", ["origin": "https://a.b"]) == nil)
    }
}
