import NIOCore
import Testing

@testable import HTTPServerProvider

@Suite("answers on the wire")
struct ResponseEncoderTests {
    private func encode(
        _ response: HTTPResponseValue, isHead: Bool = false, _ persistence: ResponseEncoder.Persistence = .keptAlive
    ) throws -> String {
        var buffer = ByteBuffer()
        let client = ResponseEncoder.Client(isHead: isHead, persistence: persistence)
        try ResponseEncoder.encode(response, for: client, date: "D", into: &buffer)
        return String(buffer: buffer)
    }

    @Test("status, fields, length and body")
    func plain() throws {
        #expect(
            try encode(HTTPResponseValue(headers: ["Content-Type": "text/plain"], body: Array("hi".utf8)))
                == "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: D\r\ncontent-length: 2\r\n\r\nhi")
        #expect(
            try encode(HTTPResponseValue(statusCode: 599)) == "HTTP/1.1 599 \r\ndate: D\r\ncontent-length: 0\r\n\r\n")
        #expect(
            try encode(HTTPResponseValue(), .closed)
                == "HTTP/1.1 200 OK\r\ndate: D\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        #expect(try encode(HTTPResponseValue(), .keptAliveAloud).contains("\r\nconnection: keep-alive\r\n\r\n"))
    }

    @Test("204 and 304 have no body and no length; HEAD has no body", arguments: [204, 304])
    func bodiless(status: Int) throws {
        let response = HTTPResponseValue(statusCode: status, headers: ["content-length": "2"], body: [65, 66])
        #expect(try !encode(response).contains("content-length"))
        #expect(try encode(response).hasSuffix("date: D\r\n\r\n"))
        let head = HTTPResponseValue(body: [65, 66])
        #expect(try encode(head, isHead: true).hasSuffix("content-length: 2\r\n\r\n"))
        let declared = HTTPResponseValue(headers: ["content-length": "70"])
        #expect(try encode(declared, isHead: true).hasSuffix("content-length: 70\r\n\r\n"))
        let lie = HTTPResponseValue(headers: ["content-length": "7x"])
        #expect(try encode(lie, isHead: true).hasSuffix("content-length: 0\r\n\r\n"))
    }

    @Test(
        "what belongs to the connection is ours",
        arguments: [
            "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE", "Trailer", "Upgrade",
            "Content-Length",
        ])
    func hopByHop(name: String) throws {
        let text = try encode(HTTPResponseValue(headers: [(name, "7")].asFields, body: [65]))
        #expect(text == "HTTP/1.1 200 OK\r\ndate: D\r\ncontent-length: 1\r\n\r\nA")
    }

    @Test(
        "a field that would break out of its line is refused",
        arguments: [
            ("a\r\nb", "v", ResponseProblem.fieldName), ("", "v", .fieldName), ("a b", "v", .fieldName),
            ("a:", "v", .fieldName), ("ä", "v", .fieldName), ("a", "v\r\nset-cookie: x", .fieldValue(name: "a")),
            ("a", "v\n", .fieldValue(name: "a")), ("a", "\u{0}", .fieldValue(name: "a")),
            ("a", "\u{7F}", .fieldValue(name: "a")),
        ])
    func injection(name: String, value: String, expected: ResponseProblem) {
        #expect(throws: expected) { try encode(HTTPResponseValue(headers: [(name, value)].asFields)) }
    }

    @Test("letters beyond ASCII and tabs may stand in values")
    func unusualValues() throws {
        #expect(try encode(HTTPResponseValue(headers: ["a": "ä\tb"])).contains("a: ä\tb\r\n"))
    }

    @Test("a status that ends no exchange is refused", arguments: [-1, 0, 99, 100, 101, 199, 600, 1000])
    func status(code: Int) {
        #expect(throws: ResponseProblem.status(code)) { try encode(HTTPResponseValue(statusCode: code)) }
    }

    @Test("dates")
    func dates() {
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }
}

extension [(String, String)] {
    var asFields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in self { fields.append(name, value) }
        return fields
    }
}
