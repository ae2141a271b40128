import Glibc

/// Why a seed could not be taken from its file, or put there.
public enum KeyFileError: Error, Hashable, CustomStringConvertible {
    case file(FileError)
    /// Others than its owner can read or change it.
    case exposed(path: String, mode: UInt32)
    case notASeed(path: String, NKeyError)
    /// Files are never overwritten: a seed can't be made again.
    case exists(path: String)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .exposed(let path, let mode):
            "the seed in '\(path)' can be read or changed by others (mode 0\(String(mode, radix: 8)))"
        case .notASeed(let path, let error): "'\(path)' holds no seed: \(error)"
        case .exists(let path): "'\(path)' exists already"
        }
    }
}

/// A seed as text in a file of its own that only its owner can read.
public enum KeyFile {
    public enum Exposure: Sendable {
        case refused
        /// For copies that come from elsewhere and are to be kept properly now.
        case accepted
    }

    /// A seed, a line end, and room for somebody's spaces.
    private static let bytesMax = 256

    /// - Throws: `.exposed` when group or others have any right to the file and that is refused; `.notASeed` for any
    ///   content but one seed with white space around it.
    public static func read(_ path: String, exposure: Exposure = .refused) throws(KeyFileError) -> AnyKeyPair {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file(FileError("open", path)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .file(FileError("open", path)) }
        let mode = status.st_mode & 0o777
        if exposure == .refused, mode & 0o077 != 0 { throw .exposed(path: path, mode: mode) }

        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        defer { SecretBytes.wipe(&bytes) }
        var count = 0
        while count < bytes.count {
            let added = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if added == 0 { break }
            if added < 0, errno != EINTR { throw .file(FileError("read", path)) }
            count += max(0, added)
        }
        do throws(NKeyError) { return try AnyKeyPair(seedText: trimmed(bytes[..<count])) } catch {
            throw .notASeed(path: path, error)
        }
    }

    /// Creates the file with mode 0600.
    public static func create(_ path: String, _ pair: AnyKeyPair) throws(KeyFileError) {
        do throws(FileError) {
            try pair.withSeedText { seed throws(FileError) in
                var line = seed + [UInt8(ascii: "\n")]
                defer { SecretBytes.wipe(&line) }
                try AtomicFile.write(line, to: path, mode: 0o600, existing: .keep)
            }
        } catch { throw error.code == EEXIST ? .exists(path: path) : .file(error) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        var bytes = bytes.drop { space.contains($0) }
        while let last = bytes.last, space.contains(last) { bytes.removeLast() }
        return bytes
    }
}
