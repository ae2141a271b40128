import Glibc

/// Reads whole files that somebody may have tampered with.
public enum BoundedFile {
    /// - Returns: nil where there is none.
    /// - Throws: also when it is larger than `bytesMax`.
    public static func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError("open", path)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FileError("read", path) }
        guard status.st_size <= bytesMax else { throw FileError("read", path, code: EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let added = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if added == 0 { break }
            if added < 0, errno != EINTR { throw FileError("read", path) }
            count += max(0, added)
        }
        return Array(bytes.prefix(count))
    }
}
