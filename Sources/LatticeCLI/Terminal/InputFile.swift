import CLinuxCalls
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

    private static let pieceBytes = 1 << 16

    private static func contents(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        var status = stat()
        // Pipes and the files of /proc say 0, and files can grow meanwhile.
        let told = fstat(file, &status) == 0 ? Int(status.st_size) : 0
        guard told <= bytesMax else { throw FileError("read", path, code: EFBIG) }
        var room = max(told + 1, pieceBytes)
        var bytes: [UInt8] = []
        while true {
            let (piece, failure) = piece(of: file, bytesMax: room)
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            guard bytes.count <= bytesMax else { throw FileError("read", path, code: EFBIG) }
            guard failure == 0 else { throw FileError("read", path, code: failure) }
            guard piece.count == room else { return bytes }
            room = max(bytes.count, pieceBytes)
        }
    }

    /// - Returns: fewer bytes than `bytesMax` at the end of the file only, or where reading failed (an `errno`).
    private static func piece(of file: Int32, bytesMax: Int) -> ([UInt8], failure: Int32) {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: bytesMax) { bytes, count in
            lattice_populate(bytes.baseAddress, bytesMax)
            count = 0
            while count < bytesMax {
                let result = Glibc.read(file, bytes.baseAddress! + count, bytesMax - count)
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = errno }
                guard result > 0 else { return }
                count += result
            }
        }
        return (bytes, failure)
    }

    /// Writes a result whole or not at all.
    static func write(_ bytes: [UInt8], to path: String) throws(CLIError) {
        do { try AtomicFile.write(bytes, to: path) } catch { throw CLIError(.refused, "\(error)") }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
