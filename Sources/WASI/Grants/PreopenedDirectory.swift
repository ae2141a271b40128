import Glibc

/// A directory of the host's that a guest finds open, and cannot leave.
public struct PreopenedDirectory {
    public enum Access: Sendable {
        case readOnly
        case readWrite
    }

    /// What the guest knows it as; `/` makes it the guest's root.
    public let guestName: String
    let file: HostFile
    let access: Access

    /// - Parameters:
    ///   - path: on the host; links in it are followed now, once.
    ///   - guestName: 1–4,095 bytes of UTF-8, without a zero byte.
    /// - Throws: why it cannot be opened.
    public init(_ path: String, as guestName: String, access: Access = .readWrite) throws(PreopenError) {
        guard !guestName.isEmpty, guestName.utf8.count <= GuestPath.bytesMax, !guestName.utf8.contains(0) else {
            throw PreopenError(path: path, reason: "'\(guestName)' cannot be a guest's directory")
        }
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw PreopenError(path: path, reason: String(cString: strerror(errno))) }
        self.guestName = guestName
        self.access = access
        file = HostFile(owning: number)
    }

    var rights: (base: Rights, inheriting: Rights) {
        switch access {
        case .readWrite: (.directory, .all)
        case .readOnly: (Rights.directory.subtracting(.changing), Rights.all.subtracting(.changing))
        }
    }
}

public struct PreopenError: Error, Equatable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "cannot open directory '\(path)': \(reason)" }
}
