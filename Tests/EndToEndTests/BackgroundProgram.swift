import Glibc
import Synchronization
import Testing

/// A program that runs beside the test. It ends with this value.
final class BackgroundProgram: Sendable {
    private let process: pid_t
    private let outputPath: String
    private let errorPath: String
    private let status = Mutex(Int32?.none)

    init(process: pid_t, output: String, error: String) {
        self.process = process
        outputPath = output
        errorPath = error
    }

    deinit { kill() }

    var output: String { Self.text(of: outputPath) }
    var error: String { Self.text(of: errorPath) }
    var isRunning: Bool { Glibc.kill(process, 0) == 0 && status.withLock { $0 == nil } }
    var identifier: pid_t { process }

    /// Asks it to end, and waits for it.
    /// - Returns: the exit status, or the number of the signal that ended it with a minus before it.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) -> Int32 {
        status.withLock { status in
            if let status { return status }
            _ = Glibc.kill(process, signal)
            let ended = Self.end(of: process)
            status = ended
            return ended
        }
    }

    /// As a power cut would.
    func kill() { stop(SIGKILL) }

    static func end(of process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// Waits for something that another program does. The limit is far beyond what it takes: only a failure gets there.
func eventually(
    _ what: String, within seconds: Int = 30, sourceLocation: SourceLocation = #_sourceLocation,
    _ isTrue: () throws -> Bool
) throws {
    for _ in 0..<(seconds * 50) {
        if try isTrue() { return }
        usleep(20_000)
    }
    Issue.record("not within \(seconds) s: \(what)", sourceLocation: sourceLocation)
}
