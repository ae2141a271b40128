import NIOCore
import NIOHTTP1

/// Puts the parts of one connection's requests together, one request after the other.
struct RequestAssembly {
    enum Step {
        /// More is to come.
        case incomplete
        /// More comes only after the client has heard `100 Continue`.
        case awaitsContinue
        case complete(ReceivedRequest)
        /// What follows on this connection can't be told apart any more: it has to be closed after this answer.
        case refused(HTTPResponseValue)
    }

    private let limits: HTTPLimits
    private let counters: ListenerCounters
    private var request: ReceivedRequest?
    private var body = ByteBuffer()

    init(limits: HTTPLimits, counters: ListenerCounters) {
        self.limits = limits
        self.counters = counters
    }

    /// Whether a head has come and its end has not.
    var isWithinRequest: Bool { request != nil }

    mutating func begin(_ head: HTTPRequestHead) -> Step {
        let target = RequestTarget(head.uri)
        var value = HTTPRequestValue(
            method: head.method.rawValue, path: String(target.path), queryString: String(target.query))
        value.headers.reserveCapacity(head.headers.count)
        for (name, fieldValue) in head.headers { value.headers.append(name, fieldValue) }
        let isOld = head.version.minor == 0
        let persistence = head.isKeepAlive ? (isOld ? .keptAliveAloud : .keptAlive) : ResponseEncoder.Persistence.closed
        var received = ReceivedRequest(
            value: value, client: .init(isHead: head.method == .HEAD, persistence: persistence))
        let framing = RequestFraming(value.headers)
        // What the parser takes for the start of another protocol it reads no further.
        if framing.isUpgrade || head.method == .CONNECT { received.client.persistence = .closed }
        if let problem = framing.problem(version: head.version) { return .refused(problem) }
        if let declared = framing.contentLength, declared > limits.bodyBytesMax { return .refused(tooLarge) }
        request = received
        guard framing.expectsContinue, head.version.minor > 0, framing.contentLength != 0 else { return .incomplete }
        return .awaitsContinue
    }

    mutating func append(_ part: inout ByteBuffer) -> Step {
        guard request != nil else { return .incomplete }
        let count = part.readableBytes
        guard body.readableBytes + count <= limits.bodyBytesMax else { return .refused(drop(tooLarge)) }
        guard counters.reserveBody(count) else { return .refused(drop(.busyBodies)) }
        request?.bodyBytesReserved += count
        if body.readableBytes == 0 { swap(&body, &part) } else { body.writeBuffer(&part) }
        return .incomplete
    }

    mutating func end() -> Step {
        guard var complete = request else { return .incomplete }
        request = nil
        if body.readableBytes > 0 {
            complete.value.body = Array(body.readableBytesView)
            body = ByteBuffer()
        }
        return .complete(complete)
    }

    /// Forgets what has come of a request.
    mutating func abandon() {
        if let reserved = request?.bodyBytesReserved { counters.releaseBody(reserved) }
        request = nil
        body = ByteBuffer()
    }

    private mutating func drop(_ refusal: HTTPResponseValue) -> HTTPResponseValue {
        abandon()
        return refusal
    }

    private var tooLarge: HTTPResponseValue {
        HTTPResponseValue(
            failure: 413, code: "too-large",
            "failed: the body is larger than the \(limits.bodyBytesMax) bytes that max_content_len allows [too-large]")
    }
}

/// A whole request and what its connection has to know for the answer.
struct ReceivedRequest {
    var value: HTTPRequestValue
    var client: ResponseEncoder.Client
    /// Given back when the answer is written.
    var bodyBytesReserved = 0
}

/// Path and query of a request's target, in origin form (`/a?b`), absolute form (`http://host/a?b`) or `*`.
struct RequestTarget {
    let path: Substring
    let query: Substring

    init(_ target: String) {
        var rest = target.utf8[...]
        if rest.first != UInt8(ascii: "/") {
            // Of an absolute form what follows the authority; a target without any path means the root.
            let authority = target.range(of: "://").map { target.utf8[$0.upperBound...] } ?? rest.suffix(0)
            rest = authority.drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        }
        if let fragment = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        let path = Substring(rest[..<(mark ?? rest.endIndex)])
        self.path = path.isEmpty ? "/" : path
        query = mark.map { Substring(rest[rest.index(after: $0)...]) } ?? ""
    }
}

extension String {
    /// Byte by byte, since no more is needed.
    fileprivate func range(of text: StaticString) -> Range<String.Index>? {
        let count = text.utf8CodeUnitCount
        let pattern = UnsafeBufferPointer(start: text.utf8Start, count: count)
        var start = utf8.startIndex
        while let end = utf8.index(start, offsetBy: count, limitedBy: utf8.endIndex) {
            if utf8[start..<end].elementsEqual(pattern) { return start..<end }
            start = utf8.index(after: start)
        }
        return nil
    }
}
