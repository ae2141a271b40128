import Glibc

/// The file that a store lives in: a mark, then frames, one after the other. Belongs to one thread at a time.
struct ChangeLog: ~Copyable {
    static let mark = Array("LATTICE-KEYVALUE 1\n".utf8)
    /// A longer frame is taken for none.
    static let framePayloadBytesMax = 64 << 20

    let path: String
    private let descriptor: CInt
    /// Up to here the file is known to be whole.
    private(set) var bytesCount: Int
    /// Cut off the end when it was opened.
    private(set) var tornBytesCount = 0
    /// Something half written stands at the end and could not be taken away: what came after it would be lost.
    private(set) var isBroken = false

    private init(path: String, descriptor: CInt, bytesCount: Int) {
        self.path = path
        self.descriptor = descriptor
        self.bytesCount = bytesCount
    }

    deinit { close(descriptor) }

    // MARK: Opening

    /// Opens or makes the log and hands over all that stands in it. A torn end, as a crash leaves it, is cut off and
    /// kept beside the log under `.torn`.
    static func open(_ path: String, _ replay: (StoredChange) -> Void) throws(LocalStoreError) -> ChangeLog {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(FileFailure("open", path)) }
        var log = ChangeLog(path: path, descriptor: descriptor, bytesCount: 0)
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size >= 0 else { throw .system(FileFailure("measure", path)) }
        let start = try log.read(at: 0, count: min(size, mark.count))
        guard mark.starts(with: start) else { throw .foreign(file: path) }
        if start.count < mark.count {
            // New, or torn before anything was kept.
            try log.truncate(to: 0)
            try log.write(mark)
            try log.synchronize()
            return log
        }
        log.bytesCount = mark.count
        while let payload = try log.frame(at: log.bytesCount, size: size) {
            guard let changes = LogFrame.decode(payload: payload) else { throw .foreign(file: path) }
            for change in changes { replay(change) }
            log.bytesCount += LogFrame.headerBytesCount + payload.count
        }
        log.tornBytesCount = size - log.bytesCount
        if log.tornBytesCount > 0 { try log.cutOff(log.tornBytesCount) }
        return log
    }

    /// Nil at the end, and where the log is torn.
    private func frame(at offset: Int, size: Int) throws(LocalStoreError) -> [UInt8]? {
        guard let header = try header(at: offset, size: size) else { return nil }
        let payload = try read(at: offset + LogFrame.headerBytesCount, count: header.payloadBytesCount)
        if CRC32.of(payload) == header.sum { return payload }
        // The last frame may be half written. If a good one follows, this is no crash's doing.
        let next = offset + LogFrame.headerBytesCount + header.payloadBytesCount
        if let following = try self.header(at: next, size: size),
            CRC32.of(try read(at: next + LogFrame.headerBytesCount, count: following.payloadBytesCount))
                == following.sum
        {
            throw .damaged(file: path, offset: offset)
        }
        return nil
    }

    /// Nil unless a whole frame has room there.
    private func header(at offset: Int, size: Int) throws(LocalStoreError) -> LogFrame.Header? {
        guard size - offset > LogFrame.headerBytesCount,
            let header = LogFrame.Header(try read(at: offset, count: LogFrame.headerBytesCount)),
            header.payloadBytesCount <= min(size - offset - LogFrame.headerBytesCount, Self.framePayloadBytesMax)
        else { return nil }
        return header
    }

    private mutating func cutOff(_ count: Int) throws(LocalStoreError) {
        // Best effort: what can't be read is of little use to anybody.
        let torn = try read(at: bytesCount, count: min(count, Self.framePayloadBytesMax))
        let copy = Glibc.open(path + ".torn", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if copy >= 0 {
            _ = Glibc.write(copy, torn, torn.count)
            close(copy)
        }
        try truncate(to: bytesCount)
        try synchronize()
    }

    private func read(at offset: Int, count: Int) throws(LocalStoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw .system(FileFailure("read", path)) }
            filled += read
        }
        return bytes
    }

    // MARK: Writing

    /// Keeps changes, or leaves the file as it was.
    mutating func append(_ changes: [StoredChange]) throws(LocalStoreError) {
        do throws(LocalStoreError) {
            try write(LogFrame.encode(changes))
        } catch {
            // What was written of it would be torn, and hide what comes after it.
            if ftruncate(descriptor, off_t(bytesCount)) != 0 { isBroken = true }
            throw error
        }
    }

    private mutating func write(_ bytes: [UInt8]) throws(LocalStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written,
                    off_t(bytesCount + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(FileFailure("write", path)) }
            written += count
        }
        bytesCount += written
    }

    private func truncate(to size: Int) throws(LocalStoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .system(FileFailure("truncate", path)) }
    }

    /// What was written is then on the disk, as far as the disk is honest.
    func synchronize() throws(LocalStoreError) {
        guard fdatasync(descriptor) == 0 else { throw .system(FileFailure("synchronize", path)) }
    }

    // MARK: Compacting

    /// Writes a new log with nothing but these changes, and puts it at once, or not at all, in the place of that at `path`.
    static func write(_ changes: some Sequence<StoredChange>, to path: String) throws(LocalStoreError) -> ChangeLog {
        let temporary = path + ".new"
        let descriptor = Glibc.open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(FileFailure("open", temporary)) }
        var log = ChangeLog(path: path, descriptor: descriptor, bytesCount: 0)
        do throws(LocalStoreError) {
            try log.write(mark)
            var batch: [StoredChange] = []
            var batchBytesCount = 0
            for change in changes {
                batch.append(change)
                batchBytesCount += change.bytesCount
                if batchBytesCount > 1 << 20 {
                    try log.write(LogFrame.encode(batch))
                    batch = []
                    batchBytesCount = 0
                }
            }
            if !batch.isEmpty { try log.write(LogFrame.encode(batch)) }
            try log.synchronize()
            guard rename(temporary, path) == 0 else { throw .system(FileFailure("rename", temporary)) }
            try synchronizeFolder(of: path)
        } catch {
            unlink(temporary)
            throw error
        }
        return log
    }

    private static func synchronizeFolder(of path: String) throws(LocalStoreError) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(FileFailure("open", folder)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(FileFailure("synchronize", folder)) }
    }
}
