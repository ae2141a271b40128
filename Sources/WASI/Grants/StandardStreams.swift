import Glibc

public enum StandardInput {
    /// A file descriptor of the host's, which stays open when the guest closes its own.
    case descriptor(Int32)
    /// All there is to read.
    case bytes([UInt8])
}

public enum StandardOutput {
    /// A file descriptor of the host's, which stays open when the guest closes its own.
    case descriptor(Int32)
    case sink(any ByteSink)
}

/// Where the bytes go that a guest writes.
public protocol ByteSink: AnyObject {
    /// - Returns: how many bytes were taken, from the first on; at least one unless `bytes` is empty.
    /// - Throws: what the guest's write answers.
    func write(_ bytes: UnsafeRawBufferPointer) throws(WASIErrno) -> Int
    /// The guest will write no more.
    func finish()
}

extension ByteSink {
    public func finish() {}
}

/// Cuts what a guest writes into lines.
public final class LineSink: ByteSink {
    private let lineBytesMax: Int
    private let onLine: (String) -> Void
    private var line: [UInt8] = []

    /// - Parameters:
    ///   - lineBytesMax: a longer line is handed over in pieces of this size.
    ///   - onLine: gets a line without its end; bytes that are not UTF-8 are replaced.
    public init(lineBytesMax: Int, onLine: @escaping (String) -> Void) {
        precondition(lineBytesMax > 0)
        self.lineBytesMax = lineBytesMax
        self.onLine = onLine
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(WASIErrno) -> Int {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                handOver()
            } else {
                if line.count == lineBytesMax { handOver() }
                line.append(byte)
            }
        }
        return bytes.count
    }

    /// Hands over a last line that has no end.
    public func finish() {
        if !line.isEmpty { handOver() }
    }

    private func handOver() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        onLine(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}

/// Keeps what a guest writes, such as the reply of a command.
public final class CollectingSink: ByteSink {
    private let bytesMax: Int
    public private(set) var bytes: [UInt8] = []

    /// - Parameter bytesMax: beyond it the guest's writes answer `nospc`.
    public init(bytesMax: Int) { self.bytesMax = bytesMax }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(WASIErrno) -> Int {
        let count = min(bytes.count, bytesMax - self.bytes.count)
        guard count > 0 || bytes.isEmpty else { throw .nospc }
        self.bytes.append(contentsOf: bytes[..<count])
        return count
    }
}

/// Bytes that a guest reads one after the other.
final class ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var bytesLeft: Int { bytes.count - position }

    func read(countMax: Int) -> ArraySlice<UInt8> {
        let start = position
        position += min(countMax, bytesLeft)
        return bytes[start..<position]
    }
}
