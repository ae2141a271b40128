import Glibc
import LatticeIdentity

/// Files that a person names on the command line.
enum InputFile {
    /// Larger ones are no modules.
    static let bytesMax = 256 << 20

    static func read(_ path: String, bytesMax: Int = bytesMax) throws(CLIError) -> [UInt8] {
        do throws(FileError) { return try contents(path, bytesMax: bytesMax) } catch {
            throw CLIError(.refused, error.code == EFBIG ? "'\(path)' is larger than \(bytesMax) bytes" : "\(error)")
        }
    }

    private static func contents(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path)
            }
            guard bytes.count + count <= bytesMax else { throw FileError("read", path, code: EFBIG) }
            bytes += chunk[..<count]
        }
    }

    /// Writes a result whole or not at all.
    static func write(_ bytes: [UInt8], to path: String) throws(CLIError) {
        do { try AtomicFile.write(bytes, to: path) } catch { throw CLIError(.refused, "\(error)") }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
