import CLinuxCalls
import Glibc
import OwnThreads
import LatticeIdentity

/// The thread that watches over one child process: hands over its input, takes its output, and its end.
final class ProcessWatch: @unchecked Sendable {
    // Safety: made by the thread that starts the process, then used by the watching thread only.
    private let process: ProviderProcess
    /// Readable when it has ended.
    private let descriptor: CInt
    private let report: @Sendable (String) -> Void
    private var input: [UInt8]
    private var writtenCount = 0
    private var outputs: [(descriptor: CInt, lines: OutputLines)]

    /// How much of the output of a process that has ended is still read: others may hold its pipes and go on writing.
    private static let lastBytesMax = 1 << 20

    init(
        process: ProviderProcess, output: CInt, errors: CInt, input: () -> [UInt8],
        report: @escaping @Sendable (String) -> Void
    ) {
        self.process = process
        descriptor = lattice_open_process(process.id)
        self.report = report
        // Nobody else may hold these bytes, or they could not be overwritten.
        self.input = input()
        outputs = [(output, OutputLines()), (errors, OutputLines())]
        // It waits in one place only.
        for file in [output, errors] { _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK) }
        process.withInput { _ = fcntl($0, F_SETFL, fcntl($0, F_GETFL) | O_NONBLOCK) }
    }

    /// - Returns: false when the system has no more threads or descriptors; nothing is closed then but what it opened itself.
    func start() -> Bool {
        guard descriptor >= 0 else {
            forgetInput()
            return false
        }
        // Its thread takes no signals: a child that does not read must not cost us a SIGPIPE.
        guard OwnThread.start({ self.run() }) else {
            close(descriptor)
            forgetInput()
            return false
        }
        return true
    }

    private func run() {
        while true {
            var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            for output in outputs { entries.append(pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0)) }
            var limit: CInt = -1
            if writtenCount < input.count {
                process.withInput { entries.append(pollfd(fd: $0, events: Int16(POLLOUT), revents: 0)) }
                // Whoever stops it closes its input, which poll does not notice.
                limit = 100
            }
            guard poll(&entries, nfds_t(entries.count), limit) >= 0 || errno == EINTR else { break }
            if writtenCount < input.count { write() }
            for index in outputs.indices where entries[index + 1].revents != 0 { read(index, bytesMax: 65_536) }
            if entries[0].revents != 0 { break }
        }
        forgetInput()
        let end = process.reap()
        for index in outputs.indices { read(index, bytesMax: Self.lastBytesMax) }
        for index in outputs.indices {
            if let line = outputs[index].lines.finish() { tell(line) }
            if outputs[index].descriptor >= 0 { close(outputs[index].descriptor) }
        }
        close(descriptor)
        process.ended(end)
    }

    // MARK: Input

    private func write() {
        var isOver = true
        process.withInput { file in
            let count = input.withUnsafeBytes { bytes in
                Glibc.write(file, bytes.baseAddress.map { $0 + writtenCount }, bytes.count - writtenCount)
            }
            if count > 0 { writtenCount += count }
            isOver = writtenCount == input.count || count < 0 && errno != EAGAIN && errno != EINTR
        }
        // Given up where it does not read: its end will tell.
        if isOver { forgetInput() }
    }

    /// It holds seeds.
    private func forgetInput() {
        SecretBytes.wipe(&input)
        input = []
        writtenCount = 0
    }

    // MARK: Output

    private func read(_ index: Int, bytesMax: Int) {
        let file = outputs[index].descriptor
        guard file >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var readCount = 0
        while readCount < bytesMax {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count > 0 {
                readCount += count
                for line in outputs[index].lines.append(buffer[..<count]) { tell(line) }
                continue
            }
            if count < 0, errno == EINTR { continue }
            // Poll leaves out what is negative.
            if count == 0 || errno != EAGAIN {
                close(file)
                outputs[index].descriptor = -1
            }
            return
        }
    }

    private func tell(_ line: String) {
        process.said(line)
        report(line)
    }
}
