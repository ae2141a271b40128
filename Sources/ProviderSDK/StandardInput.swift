import Dispatch
import Glibc
import LatticeIdentity
import LatticeProtocol

/// What the host tells a provider process, and, by closing it, that it is gone.
enum StandardInput {
    /// Links with large values make the longest lines.
    static let lineBytesMax = 8 << 20

    /// - Throws: `noHostData` when no line comes in time, `hostData` when it is none.
    static func hostData(
        from file: CInt = STDIN_FILENO, within limit: Duration
    ) async throws(ProviderProgramError) -> HostData {
        let result: Result<HostData, ProviderProgramError> = await withCheckedContinuation { continuation in
            // Reading blocks.
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(ProviderProgramError) in try read(file, .now + limit) })
            }
        }
        return try result.get()
    }

    private static func read(
        _ file: CInt, _ deadline: ContinuousClock.Instant
    ) throws(ProviderProgramError) -> HostData {
        var line: [UInt8] = []
        // It holds seeds. Of what growing leaves behind one page is all that is not overwritten.
        line.reserveCapacity(64 << 10)
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        defer {
            SecretBytes.wipe(&line)
            SecretBytes.wipe(&buffer)
        }
        while line.last != UInt8(ascii: "\n") {
            guard line.count < lineBytesMax else { throw .noHostData("a line of more than \(lineBytesMax) bytes") }
            try wait(file, deadline)
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .noHostData(String(cString: strerror(errno))) }
            if count == 0 { break }
            line += buffer[..<count]
        }
        guard line.contains(where: { $0 > 0x20 }) else { throw .noHostData("it ended without a line") }
        do throws(MessageError) { return try HostData(line: line) } catch { throw .hostData("\(error)") }
    }

    private static func wait(
        _ file: CInt, _ deadline: ContinuousClock.Instant
    ) throws(ProviderProgramError) {
        var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        let left = ContinuousClock.now.duration(to: deadline)
        let milliseconds = CInt(clamping: left.wholeMilliseconds)
        guard poll(&entry, 1, milliseconds) != 0 else { throw .noHostData("nothing came in time") }
    }

    /// Waits on a thread of its own, which nothing else needs.
    static func whenClosed(_ file: CInt = STDIN_FILENO, _ body: @escaping @Sendable () -> Void) {
        let thread = DispatchQueue(label: "lattice.provider.lifeline")
        thread.async {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = Glibc.read(file, &buffer, buffer.count)
                if count == 0 || count < 0 && errno != EINTR { return body() }
            }
        }
    }
}
