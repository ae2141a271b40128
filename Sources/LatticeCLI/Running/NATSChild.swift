import ChildProcesses
import Glibc

/// A `nats-server` of our own on loopback, for who names none. It ends with this process, however that ends.
final class NATSChild: Sendable {
    let port: UInt16
    /// Whether the usual port was taken.
    let isMoved: Bool
    private let process: ChildProcess
    private let lifeline: Int32

    static let usualPort: UInt16 = 4222

    var url: String { "nats://127.0.0.1:\(port)" }

    /// Starts it and returns when it takes connections.
    /// - Parameter state: the folder for its store and its log.
    static func start(in state: String) async throws(CLIError) -> NATSChild {
        guard let program = findProgram() else {
            throw CLIError(
                .refused, "there is no nats-server beside this program or in PATH, and none is named by --nats",
                fix: "sudo apt-get install --no-install-recommends nats-server")
        }
        let isFree = LoopbackPort.isFree(usualPort)
        guard let port = isFree ? usualPort : LoopbackPort.anyFree() else {
            throw CLIError(.refused, "no port on 127.0.0.1 is free for nats-server")
        }
        let log = "\(state)/nats-server.log"
        let child = try NATSChild(program, port, isMoved: !isFree, store: "\(state)/jetstream", log: log)
        for _ in 0..<1_000 {
            if LoopbackPort.accepts(port) { return child }
            if let end = child.process.poll() { throw failure("it ended with \(end)", log) }
            try? await Task.sleep(for: .milliseconds(5))
        }
        throw failure("it took no connection within 5 s", log)
    }

    private static func failure(_ reason: String, _ log: String) -> CLIError {
        let lines = ((try? InputFile.read(log, bytesMax: 16 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? "")
            .split(separator: "\n")
        let last = lines.last.map { ": \($0)" } ?? ""
        return CLIError(.refused, "nats-server did not start: \(reason)\(last)", fix: "less \(shellWord(log))")
    }

    /// A shell holds the server by the hand: it ends it when our end of its standard input is closed, as happens when we die.
    private static let holder = #""$@" </dev/null & P=$!; trap 'kill $P' TERM; read _; kill $P 2>/dev/null; wait $P"#

    private init(_ program: String, _ port: UInt16, isMoved: Bool, store: String, log: String) throws(CLIError) {
        self.port = port
        self.isMoved = isMoved
        let pipe: Pipe
        do throws(ChildProcess.Failure) { pipe = try Pipe() } catch { throw CLIError(.refused, "\(error)") }
        lifeline = pipe.writeEnd
        defer { pipe.closeReadEnd() }
        let arguments = ["-a", "127.0.0.1", "-p", "\(port)", "-js", "-sd", store]
        do throws(ChildProcess.Failure) {
            process = try ChildProcess(
                "/bin/sh", ["-c", Self.holder, "sh", program] + arguments,
                environment: ["PATH": Program.environment("PATH") ?? "/usr/bin:/bin"], input: .descriptor(pipe.readEnd),
                output: .file(log), error: .file(log))
        } catch {
            pipe.closeWriteEnd()
            throw CLIError(.refused, "\(error)")
        }
    }

    deinit { close(lifeline) }

    var hasEnded: Bool { process.poll() != nil }

    func stop() async { await process.stop(within: .seconds(5)) }

    /// Beside this program, symlinks resolved, then in `PATH`.
    private static func findProgram() -> String? {
        let own = realpath("/proc/self/exe", nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let beside = own?.lastIndex(of: "/").map { String(own?[..<$0] ?? "") }
        let path = (Program.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        return ([beside].compactMap { $0 } + path + ["/usr/sbin", "/usr/local/bin"]).map { "\($0)/nats-server" }
            .first { access($0, X_OK) == 0 }
    }
}

/// Ports of 127.0.0.1.
enum LoopbackPort {
    /// Nobody listens there now, and this user may.
    static func isFree(_ port: UInt16) -> Bool {
        withSocket(port) { socket, address in
            var yes: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(socket, 1) == 0
        } ?? false
    }

    /// Free a moment ago, at least.
    static func anyFree() -> UInt16? {
        withSocket(0) { socket, address in
            guard bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else { return nil }
            var bound = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &bound) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
            }
            return status == 0 ? UInt16(bigEndian: bound.sin_port) : nil
        } ?? nil
    }

    static func accepts(_ port: UInt16) -> Bool {
        withSocket(port) { connect($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 } ?? false
    }

    private static func withSocket<Result>(
        _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>) -> Result
    ) -> Result? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0) }
        }
    }
}
