import Glibc
import LatticeIdentity

/// The folder that one host keeps its keys and its memory in. Locked for as long as this value lives: a second host on
/// the same folder would speak with the same key.
public final class StateFolder: Sendable {
    public let path: String
    private let lock: Int32

    public enum Failure: Error, Hashable, CustomStringConvertible {
        case file(FileError)
        /// Another host uses it; `process` is its id, where that is known.
        case inUse(path: String, process: Int32?)

        public var description: String {
            switch self {
            case .file(let error): error.description
            case .inUse(let path, let process):
                "another host\(process.map { " (process \($0))" } ?? "") is running on the state folder '\(path)'"
            }
        }
    }

    /// Creates the folder where it is missing (mode 0700) and locks it.
    public init(_ path: String) throws(Failure) {
        self.path = path
        do throws(FileError) { try Self.makeFolder(path) } catch { throw .file(error) }
        let file = "\(path)/lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(FileError("open", file)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.readProcess(descriptor)
            close(descriptor)
            if reason == EWOULDBLOCK { throw .inUse(path: path, process: holder) }
            throw .file(FileError("lock", file, code: reason))
        }
        lock = descriptor
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(lock) }

    /// A file below the folder; the folders in between are made.
    public func file(_ name: String, in folder: String? = nil) throws(FileError) -> String {
        guard let folder else { return "\(path)/\(name)" }
        try Self.makeFolder("\(path)/\(folder)")
        return "\(path)/\(folder)/\(name)"
    }

    private static func makeFolder(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError("create", path)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("create", path) }
    }

    private static func readProcess(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = text.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: text.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
