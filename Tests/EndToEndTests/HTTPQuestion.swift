import Glibc
import Testing

/// One HTTP request over a connection of its own, as `curl` would send it.
struct HTTPQuestion {
    struct Answer: Equatable {
        let status: Int
        let body: String
    }

    let port: UInt16
    var path = "/counter"

    /// - Returns: nil when nobody listens, or the connection ends without an answer within a minute.
    func ask() -> Answer? { send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") }

    /// Sends this text, whatever it is, and reads what comes until the connection ends.
    func send(_ text: String) -> Answer? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var time = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let request = Array(text.utf8)
        // Who refuses a request need not read all of it.
        guard isConnected, Glibc.send(socket, request, request.count, Int32(MSG_NOSIGNAL)) > 0 else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return Self.answer(String(decoding: bytes, as: UTF8.self))
    }

    private static func answer(_ text: String) -> Answer? {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0] == "HTTP/1.1", let status = Int(words[1]),
            let end = text.firstRange(of: "\r\n\r\n")
        else { return nil }
        return Answer(status: status, body: String(text[end.upperBound...]))
    }
}
