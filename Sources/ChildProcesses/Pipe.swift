import CLinuxCalls
import Glibc

/// Two descriptors; no child process inherits them unasked. Both belong to whoever made it.
public struct Pipe: Sendable {
    public let readEnd: Int32
    public let writeEnd: Int32

    /// - Throws: when the process has as many descriptors as it may.
    public init() throws(ChildProcess.Failure) {
        var ends: (Int32, Int32) = (0, 0)
        let status = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { lattice_pipe($0) }
        }
        guard status == 0 else { throw ChildProcess.Failure(program: "pipe", code: errno) }
        (readEnd, writeEnd) = ends
    }

    public func closeReadEnd() { close(readEnd) }
    public func closeWriteEnd() { close(writeEnd) }
}
