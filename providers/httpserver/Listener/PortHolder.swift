import Glibc

/// A process that listens on a TCP port of this machine.
public struct PortHolder: Sendable, Hashable, CustomStringConvertible {
    public let processID: Int32
    /// As the kernel keeps it: at most 15 bytes.
    public let name: String

    public var description: String {
        processID == getpid() ? "this very process (\(processID))" : "'\(name)' (process \(processID))"
    }

    /// Nil when nobody listens there, or when `/proc` does not show who.
    public static func find(port: UInt16) -> PortHolder? {
        let inodes = listeningInodes(port: port)
        guard !inodes.isEmpty else { return nil }
        // This process first: a child that it has just spawned may hold the same for a moment.
        for processID in [getpid()] + entries(of: "/proc").compactMap({ Int32($0) }) {
            let folder = "/proc/\(processID)/fd"
            let holds = entries(of: folder).contains { entry in
                guard let target = target(of: "\(folder)/\(entry)") else { return false }
                return inodes.contains { target == "socket:[\($0)]" }
            }
            if holds {
                let name = lines(of: "/proc/\(processID)/comm").first ?? "unknown"
                return PortHolder(processID: processID, name: String(name))
            }
        }
        return nil
    }

    /// Columns: number, local address and port in hexadecimal, remote ones, state (`0A` listens), …, inode the tenth.
    private static func listeningInodes(port: UInt16) -> [Substring] {
        var suffix = String(port, radix: 16, uppercase: true)
        suffix = ":" + String(repeating: "0", count: 4 - suffix.count) + suffix
        return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap(lines).compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, columns[1].hasSuffix(suffix), columns[3] == "0A" else { return nil }
            return columns[9]
        }
    }

    private static func lines(of path: String) -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    private static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func target(of link: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { buffer in
                buffer.baseAddress.map { readlink(link, $0, buffer.count) } ?? -1
            }
        }
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
