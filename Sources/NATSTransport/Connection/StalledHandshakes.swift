import Dispatch
import Glibc
import Synchronization

/// Ends attempts to connect that never end by themselves: where a server stands still behind its first words, the client
/// library (before version 3.8) asks for more without a pause, and takes memory for each time it asked (nats.c issue
/// 706). The socket that it reads from is shut down then, which it takes for the end of the connection.
///
/// The library does not say which sockets are its own. These are: connected to a port where one of our servers is, older
/// than an attempt may take, and not that of a connection that is up.
final class StalledHandshakes: Sendable {
    static let shared = StalledHandshakes()

    /// One connection's place in the table; ends with it.
    final class Ticket: Sendable {
        private let number: UInt64
        private let table: StalledHandshakes

        fileprivate init(_ number: UInt64, _ table: StalledHandshakes) {
            self.number = number
            self.table = table
        }

        deinit { table.remove(number) }

        /// - Parameters:
        ///   - localPort: of the connection's socket; nil if it is not known.
        ///   - servers: addresses where the library will try next time.
        func connected(localPort: UInt16?, servers: [String]) { table.connected(number, localPort, servers) }
        func disconnected() { table.disconnected(number) }
        func closed() { table.remove(number) }

        /// Whether an attempt to connect, perhaps this connection's, was ended since it was last up.
        var hasStalled: Bool { table.state.withLock { $0.connections[number]?.hasStalled ?? false } }
    }

    private struct Connection {
        /// Of its servers.
        var ports: Set<UInt16>
        var isUp = false
        var hasStalled = false
        /// Of its socket while it is up.
        var localPort: UInt16?
        let timeout: Duration
    }

    private struct Socket: Hashable {
        let descriptor: Int32
        let localPort: UInt16
    }

    private struct State {
        var connections: [UInt64: Connection] = [:]
        var lastNumber: UInt64 = 0
        var isWatching = false
        /// Sockets of attempts, with when they were first seen.
        var seen: [Socket: ContinuousClock.Instant] = [:]
    }

    private static let interval = DispatchTimeInterval.milliseconds(500)
    /// Beyond the time of an attempt, for the word that it has succeeded to get here.
    private static let margin = Duration.seconds(1)

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "lattice.nats.handshakes")

    /// Before the first attempt of a connection.
    func begin(servers: [String], timeout: Duration) -> Ticket {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.connections[state.lastNumber] = Connection(ports: Self.ports(of: servers), timeout: timeout)
            return state.lastNumber
        }
        watch()
        return Ticket(number, self)
    }

    private func connected(_ number: UInt64, _ localPort: UInt16?, _ servers: [String]) {
        state.withLock { state in
            state.connections[number]?.isUp = true
            state.connections[number]?.hasStalled = false
            state.connections[number]?.localPort = localPort
            state.connections[number]?.ports.formUnion(Self.ports(of: servers))
        }
    }

    private func disconnected(_ number: UInt64) {
        state.withLock { state in
            state.connections[number]?.isUp = false
            state.connections[number]?.localPort = nil
        }
        watch()
    }

    private func remove(_ number: UInt64) { state.withLock { _ = $0.connections.removeValue(forKey: number) } }

    // MARK: Watching

    /// Looks every half second for as long as some connection is not up.
    private func watch() {
        let isFirst = state.withLock { state in
            defer { state.isWatching = true }
            return !state.isWatching
        }
        if isFirst { lookLater() }
    }

    private func lookLater() { queue.asyncAfter(deadline: .now() + Self.interval) { self.look() } }

    private func look() {
        let now = ContinuousClock.now
        let (ports, ours, limit) = state.withLock { state in
            let open = state.connections.values.filter { !$0.isUp }
            let ports = open.reduce(into: Set<UInt16>()) { $0.formUnion($1.ports) }
            let ours = Set(state.connections.values.compactMap(\.localPort))
            // One that is up and does not know its socket protects all: none can be told from it.
            let isBlind = state.connections.values.contains { $0.isUp && $0.localPort == nil }
            state.isWatching = !open.isEmpty
            return (isBlind ? [] : ports, ours, open.map(\.timeout).max().map { $0 + Self.margin })
        }
        guard let limit else { return state.withLock { $0.seen = [:] } }
        let sockets = ports.isEmpty ? [] : Self.sockets(to: ports).filter { !ours.contains($0.localPort) }
        let stalled = state.withLock { state in
            let before = state.seen
            state.seen = Dictionary(uniqueKeysWithValues: sockets.map { ($0, before[$0] ?? now) })
            let stalled = state.seen.filter { $0.value.duration(to: now) > limit }.map(\.key)
            if !stalled.isEmpty {
                for (number, connection) in state.connections where !connection.isUp {
                    state.connections[number]?.hasStalled = true
                }
            }
            return stalled
        }
        for socket in stalled { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
        lookLater()
    }

    /// The sockets of this process that are connected to one of these ports.
    private static func sockets(to ports: Set<UInt16>) -> [Socket] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var sockets: [Socket] = []
        while let entry = readdir(folder) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                Int32(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            }
            guard let descriptor = number, let peer = port(descriptor, getpeername), ports.contains(peer),
                let own = port(descriptor, getsockname)
            else { continue }
            sockets.append(Socket(descriptor: descriptor, localPort: own))
        }
        return sockets
    }

    /// Of a TCP socket's one end.
    private static func port(
        _ descriptor: Int32,
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var address = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port: UInt16? = withUnsafeMutablePointer(to: &address) { storage in
            let status = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &count) }
            guard status == 0 else { return nil }
            switch Int32(storage.pointee.ss_family) {
            case AF_INET: return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port }
            case AF_INET6: return storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_port }
            default: return nil
            }
        }
        return port.map(UInt16.init(bigEndian:))
    }

    // MARK: Addresses

    private static let portDefault: UInt16 = 4_222

    /// The port of each address, which is a URL or what a server says of its cluster: `HOST:PORT`.
    static func ports(of servers: [String]) -> Set<UInt16> {
        Set(
            servers.map { server in
                let host = server.split(separator: "@").last?.split(separator: "/").last ?? ""
                guard let colon = host.lastIndex(of: ":") else { return portDefault }
                return UInt16(host[host.index(after: colon)...]) ?? portDefault
            })
    }
}
