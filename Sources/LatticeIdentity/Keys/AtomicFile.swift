import Glibc

/// Writes a whole file or nothing: nobody ever sees half of it, also after a crash.
public enum AtomicFile {
    public enum Existing: Sendable {
        case replace
        /// The write fails with `EEXIST`; of two writers at once one wins.
        case keep
    }

    /// - Parameters:
    ///   - mode: permissions, less what the process's mask takes away.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o666, existing: Existing = .replace
    ) throws(FileError) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw FileError("create", path) }
        defer { unlink(temporary) }  // does nothing once it has its final name
        do throws(FileError) {
            try write(bytes, to: file, path)
            guard fsync(file) == 0 else { throw FileError("write", path) }
        } catch {
            close(file)
            throw error
        }
        guard close(file) == 0 else { throw FileError("write", path) }
        switch existing {
        case .replace: guard rename(temporary, path) == 0 else { throw FileError("create", path) }
        case .keep: guard link(temporary, path) == 0 else { throw FileError("create", path) }
        }
        syncFolder(of: path)
    }

    private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
            if count > 0 { written += count } else if errno != EINTR { throw FileError("write", path) }
        }
    }

    /// Makes the new name last. A file system that can't do that keeps the file all the same.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }
}
