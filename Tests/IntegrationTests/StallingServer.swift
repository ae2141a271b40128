import Foundation
import Glibc
import Synchronization

/// A server that speaks as much of the NATS protocol as a handshake needs, and may stand still behind its first words.
final class StallingServer: Sendable {
    enum Behavior: Sendable {
        /// Says who it is and nothing more.
        case stall
        /// Answers pings until the client goes.
        case serve
        /// Answers the handshake's ping, and hangs up.
        case hangUp
    }

    struct Failure: Error {}

    let port: UInt16
    private let listener: CInt
    private let behaviors: Mutex<[Behavior]>
    private let open = Mutex<[CInt]>([])

    /// - Parameter behaviors: what each connection gets, one after the other; the last is kept.
    init(_ behaviors: [Behavior]) throws {
        self.behaviors = Mutex(behaviors)
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, count) == 0 && listen(listener, 8) == 0
                    ? getsockname(listener, address, &count) : -1
            }
        }
        guard status == 0 else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                open.withLock { $0.append(connection) }
                let behavior = self.behaviors.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
                Thread.detachNewThread { Self.talk(connection, behavior) }
            }
        }
    }

    var url: String { "nats://127.0.0.1:\(port)" }

    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
        for connection in open.withLock({ $0 }) { shutdown(connection, CInt(SHUT_RDWR)) }
    }

    private static func talk(_ connection: CInt, _ behavior: Behavior) {
        say(connection, #"INFO {"server_id":"S","version":"2.9.0","headers":true,"max_payload":1048576}"# + "\r\n")
        if behavior == .stall { return }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) == 1 {
            line.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            if line.starts(with: "PING".utf8) {
                say(connection, "PONG\r\n")
                if behavior == .hangUp { break }
            }
            line = []
        }
        shutdown(connection, CInt(SHUT_RDWR))
    }

    private static func say(_ connection: CInt, _ text: String) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }
}
