import NIOCore

/// Why an answer can't be sent as it is.
enum ResponseProblem: Error, Equatable, CustomStringConvertible {
    case status(Int)
    /// - Parameter name: not printable as it stands.
    case fieldName
    case fieldValue(name: String)

    var description: String {
        switch self {
        case .status(let code): "the answer's status \(code) is none: 200 to 599 are"
        case .fieldName: "the name of a response header holds a character that can't stand there"
        case .fieldValue(let name): "the response header '\(name)' holds a character that can't stand there"
        }
    }
}

/// Writes answers as HTTP/1.1. It alone decides where an answer ends and what becomes of the connection: fields that
/// say something about that are left out, whoever set them.
struct ResponseEncoder {
    /// What becomes of the connection after an answer.
    enum Persistence {
        case keptAlive
        /// The same, said to a client that would not expect it.
        case keptAliveAloud
        case closed
    }

    /// What an answer's form depends on, besides itself.
    struct Client {
        /// The request was HEAD.
        var isHead = false
        var persistence: Persistence
    }

    /// - Parameter date: of now, as `Date` wants it.
    /// - Throws: before it has written anything.
    static func encode(
        _ response: HTTPResponseValue, for client: Client, date: String, into buffer: inout ByteBuffer
    ) throws(ResponseProblem) {
        // A final answer: 1xx would leave the client waiting for another.
        guard (200...599).contains(response.statusCode) else { throw .status(response.statusCode) }
        var headBytesCount = 160
        for field in response.headers.fields {
            guard isFieldName(field.name) else { throw .fieldName }
            guard isFieldValue(field.value) else { throw .fieldValue(name: field.name) }
            headBytesCount += field.name.utf8.count + field.value.utf8.count + 4
        }
        let hasBody = response.statusCode != 204 && response.statusCode != 304
        let sendsBody = hasBody && !client.isHead
        buffer.reserveCapacity(minimumWritableBytes: headBytesCount + (sendsBody ? response.body.count : 0))
        writeStatusLine(response.statusCode, &buffer)
        var hasDate = false
        var length: String?
        for field in response.headers.fields {
            switch field.name {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade":
                continue
            case "content-length":
                length = field.value
                continue
            case "date": hasDate = true
            default: break
            }
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if !hasDate {
            buffer.writeStaticString("date: ")
            buffer.writeString(date)
            buffer.writeStaticString("\r\n")
        }
        if hasBody {
            // To HEAD one may say how long the body would have been.
            let declared = client.isHead && response.body.isEmpty ? length.flatMap(readLength) : nil
            buffer.writeStaticString("content-length: ")
            buffer.writeString(String(declared ?? response.body.count))
            buffer.writeStaticString("\r\n")
        }
        switch client.persistence {
        case .keptAlive: buffer.writeStaticString("\r\n")
        case .keptAliveAloud: buffer.writeStaticString("connection: keep-alive\r\n\r\n")
        case .closed: buffer.writeStaticString("connection: close\r\n\r\n")
        }
        if sendsBody { buffer.writeBytes(response.body) }
    }

    /// RFC 9110, 5.6.2: a token.
    static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { tokenBytes[Int($0)] }
    }

    /// RFC 9110, 5.5: no control character but the tab.
    static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    private static let tokenBytes: [Bool] = (0..<256).map { byte in
        let isLetterOrDigit =
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        return isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains { Int($0) == byte }
    }

    private static func readLength(_ text: String) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func writeStatusLine(_ code: Int, _ buffer: inout ByteBuffer) {
        if code == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(code) \(reason(code))\r\n")
        }
    }

    /// Empty for codes without a customary name.
    private static func reason(_ code: Int) -> String {
        switch code {
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: ""
        }
    }
}
