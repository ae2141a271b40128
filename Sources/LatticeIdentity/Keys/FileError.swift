import Glibc

/// What the system said no to.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// Such as `open`.
    public let operation: String
    public let path: String
    /// An `errno`.
    public let code: Int32

    /// Takes the reason from `errno`: make it right after the call that failed.
    public init(_ operation: String, _ path: String) { self.init(operation, path, code: errno) }

    public init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    public var description: String { "can't \(operation) '\(path)': \(reason)" }

    private var reason: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
