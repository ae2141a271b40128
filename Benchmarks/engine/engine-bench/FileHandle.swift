import Glibc

/// Files, as far as benchmarks need them.
struct FileHandle {
    struct Unreadable: Error {
        let path: String
        let errorNumber: Int32
    }

    static let standardError = FileHandle(descriptor: STDERR_FILENO)
    let descriptor: Int32

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    static func contents(of path: String) throws(Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Unreadable(path: path, errorNumber: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw Unreadable(path: path, errorNumber: errno) }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
    }
}
