import Dispatch
import Glibc

/// A client that sends bytes as they are, so that it can misbehave. What waits, waits on a thread of its own: the tests'
/// own threads are few.
final class RawClient: Sendable {
    private let descriptor: CInt
    private let queue = DispatchQueue(label: "raw-client")

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw RawClientError("connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// A small window, so that a server soon can't write on.
    func narrow() {
        var size: CInt = 4096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await queue.run { try self.sendNow(bytes) } }

    private func sendNow(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw RawClientError("send: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    func endInput() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes so that the other side gets a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, CInt(SHUT_RDWR))
    }

    /// At most `max` bytes; empty at the end of the stream.
    func receive(max: Int = 65_536) async throws -> [UInt8] { try await queue.run { try self.receiveNow(max: max) } }

    private func receiveNow(max: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: max)
        let count = recv(descriptor, &buffer, max, 0)
        guard count >= 0 else { throw RawClientError("receive: \(String(cString: strerror(errno)))") }
        return Array(buffer[..<count])
    }

    /// All that comes until the server closes.
    func receiveAll() async throws -> String {
        try await queue.run {
            var bytes: [UInt8] = []
            while case let part = try self.receiveNow(max: 65_536), !part.isEmpty { bytes += part }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    struct Response: Equatable, Sendable {
        var status: Int
        /// Lower-case name, colon, value.
        var fields: [String]
        var body: String

        func field(_ name: String) -> String? {
            fields.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    /// One answer, byte by byte so that nothing of the next one is taken.
    /// - Parameter hasBody: false after HEAD.
    func receiveResponse(hasBody: Bool = true) async throws -> Response {
        try await queue.run { try self.receiveResponseNow(hasBody: hasBody) }
    }

    private func receiveResponseNow(hasBody: Bool) throws -> Response {
        var head: [UInt8] = []
        while !head.hasSuffix("\r\n\r\n") {
            let byte = try receiveNow(max: 1)
            guard !byte.isEmpty else { throw RawClientError("closed after: \(String(decoding: head, as: UTF8.self))") }
            head += byte
        }
        let lines = String(decoding: head.dropLast(4), as: UTF8.self).split(separator: "\r\n").map(String.init)
        var response = Response(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0, fields: Array(lines[1...]), body: "")
        guard hasBody, let length = response.field("content-length").flatMap({ Int($0) }) else { return response }
        var body: [UInt8] = []
        while body.count < length {
            let part = try receiveNow(max: length - body.count)
            guard !part.isEmpty else { throw RawClientError("closed within a body") }
            body += part
        }
        response.body = String(decoding: body, as: UTF8.self)
        return response
    }
}

extension DispatchQueue {
    /// For calls that block.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

struct RawClientError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ text: StaticString) -> Bool {
        suffix(text.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
