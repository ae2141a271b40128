import Glibc

/// A folder that goes away with this object.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() {
        var template = Array("/tmp/lattice-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no folder in /tmp: errno \(errno)") }
        path = String(cString: made)
    }

    deinit {
        _ = try? ChildProcess.run(["/bin/rm", "-rf", path])
    }

    public func write(_ bytes: [UInt8], to name: String) {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        precondition(file >= 0, "cannot write \(name): errno \(errno)")
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            precondition(count > 0, "cannot write \(name): errno \(errno)")
            written += count
        }
    }

    public func write(_ text: String, to name: String) { write(Array(text.utf8), to: name) }

    /// - Returns: nil if there is no such file.
    public func read(_ name: String) -> [UInt8]? { Self.read(path: "\(path)/\(name)") }

    /// - Returns: nil if there is no such file.
    public static func read(path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return readAll(file)
    }

    public func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

    public func makeDirectory(_ name: String) {
        precondition(mkdir("\(path)/\(name)", 0o755) == 0, "cannot make \(name): errno \(errno)")
    }

    public func link(_ name: String, to target: String) {
        precondition(symlink(target, "\(path)/\(name)") == 0, "cannot link \(name): errno \(errno)")
    }
}

/// Everything up to the end.
func readAll(_ file: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &chunk, chunk.count)
        if count > 0 { bytes += chunk[..<count] } else if count == 0 || errno != EINTR { return bytes }
    }
}
