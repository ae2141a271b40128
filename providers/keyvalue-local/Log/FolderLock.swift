import Glibc

/// Keeps a folder to one store on this machine, for as long as this value lives. The system lets go when the process ends,
/// however it ends.
struct FolderLock: ~Copyable {
    private let descriptor: CInt

    private init(owning descriptor: CInt) { self.descriptor = descriptor }

    deinit {
        // Closing would not be enough while a child of this process, just spawned, has yet to let go of its copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    static func take(folder: String) throws(LocalStoreError) -> FolderLock {
        let path = folder + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(FileFailure("open", path)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = FileFailure("lock", path)
            let holder = text(of: descriptor)
            close(descriptor)
            guard failure.code == EWOULDBLOCK else { throw .system(failure) }
            throw .inUse(folder: folder, holder: describe(holder))
        }
        let number = Array("\(getpid())".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, number, number.count, 0)
        return FolderLock(owning: descriptor)
    }

    private static func describe(_ holder: String) -> String {
        guard let processID = Int32(holder) else { return "another process" }
        let descriptor = open("/proc/\(processID)/comm", O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        let name = descriptor >= 0 ? text(of: descriptor) : ""
        return processID == getpid() ? "this very process (\(processID))" : "'\(name)' (process \(processID))"
    }

    private static func text(of descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
    }
}
