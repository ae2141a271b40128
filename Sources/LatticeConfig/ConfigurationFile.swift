import Glibc

/// Reads the text of a configuration file.
public enum ConfigurationFile {
    /// - Returns: nil when there is no such file.
    /// - Throws: one problem that names the file: it cannot be read, is too large or no UTF-8.
    public static func text(at path: String) throws(ConfigurationError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw problem(path, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw problem(path, String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            guard bytes.count <= Configuration.textBytesMax else {
                throw problem(path, "more than \(Configuration.textBytesMax) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw problem(path, "not UTF-8") }
        return text
    }

    private static func problem(_ path: String, _ message: String) -> ConfigurationError {
        ConfigurationError([.init(.wholeFile(path), message)])
    }
}
