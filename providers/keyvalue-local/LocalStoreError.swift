import Glibc

/// Why a folder can't be opened as a store.
public enum LocalStoreError: Error, Hashable, CustomStringConvertible {
    /// Another store has it.
    /// - Parameter holder: number and name of the process, as far as the system tells.
    case inUse(folder: String, holder: String)
    /// A part of the log that is not its end can't be read: nothing was changed, so that it can be looked at.
    case damaged(file: String, offset: Int)
    /// No log of this version.
    case foreign(file: String)
    case system(FileFailure)
    case noThread

    public var description: String {
        switch self {
        case .inUse(let folder, let holder): "'\(folder)' is in use by \(holder)"
        case .damaged(let file, let offset): "'\(file)' is damaged at byte \(offset), with good data after it"
        case .foreign(let file): "'\(file)' is not a log of this version"
        case .system(let failure): "\(failure)"
        case .noThread: "the system has no more threads"
        }
    }
}

/// What the system said no to.
public struct FileFailure: Error, Hashable, CustomStringConvertible {
    /// Such as `write`.
    public let operation: String
    public let path: String
    /// An `errno`.
    public let code: CInt

    /// Takes the reason from `errno`: make it right after the call that failed.
    init(_ operation: String, _ path: String) {
        (self.operation, self.path, code) = (operation, path, errno)
    }

    public var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        let isKnown = strerror_r(code, &buffer, buffer.count) == 0
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "can't \(operation) '\(path)': \(isKnown ? text : "error \(code)")"
    }
}
