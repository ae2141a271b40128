import CLinuxCalls
import Glibc

/// Finds what a guest's path means below a directory, and nothing outside of it: no `..`, absolute path, symbolic link
/// or rename while it looks leads out. A way out answers `perm`.
struct DirectoryResolver {
    enum Method: CaseIterable {
        /// The kernel resolves: Linux 5.6 and later.
        case kernel
        /// One directory after the other is opened here.
        case walk
    }

    let method: Method

    init(_ method: Method = Self.available) { self.method = method }

    /// The kernel's, unless it is too old or a filter forbids it.
    static let available: Method = {
        let probe = lattice_open_beneath(AT_FDCWD, ".", UInt64(lattice_o_path | O_CLOEXEC), 0)
        guard probe >= 0 else { return errno == ENOSYS || errno == EPERM ? .walk : .kernel }
        close(probe)
        return .kernel
    }()

    /// Where the last name of a path lies. System calls that take it must not follow links.
    struct Place {
        let directory: HostFile
        /// Without slashes; never `..`. `.` is the directory itself.
        let name: ArraySlice<UInt8>
        /// The guest insists on a directory.
        let hasTrailingSlash: Bool

        func call(_ body: (Int32, UnsafePointer<CChar>) -> Int32) throws(WASIErrno) {
            try check(name.withCPath { body(directory.number, $0) })
        }
    }

    /// - Parameters:
    ///   - flags: of `open`; `O_CLOEXEC` is added.
    ///   - followsLast: whether the path may end at a symbolic link that is then followed; else `loop`.
    func open(
        _ path: GuestPath, in root: HostFile, _ flags: Int32, mode: mode_t = 0, followsLast: Bool
    ) throws(WASIErrno) -> HostFile {
        guard !path.isAbsolute else { throw .perm }
        let flags = flags | O_CLOEXEC
        if method == .kernel, let file = try kernelOpen(path, root, flags, mode, followsLast) { return file }
        return try walkOpen(path, root, flags, mode, followsLast)
    }

    /// For what creates, removes or renames a name.
    func place(of path: GuestPath, in root: HostFile) throws(WASIErrno) -> Place {
        guard !path.isAbsolute else { throw .perm }
        let end = path.bytes.lastIndex { $0 != GuestPath.slash }! + 1
        let start = path.bytes[..<end].lastIndex(of: GuestPath.slash).map { $0 + 1 } ?? 0
        let name = path.bytes[start..<end]
        if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
            let directory = try open(path, in: root, lattice_o_path | O_DIRECTORY, followsLast: true)
            return Place(directory: directory, name: [UInt8(ascii: ".")], hasTrailingSlash: false)
        }
        var directory = root
        if start > 0 {
            let parent = try GuestPath(Array(path.bytes[..<start]))
            directory = try open(parent, in: root, lattice_o_path | O_DIRECTORY, followsLast: true)
        }
        return Place(directory: directory, name: name, hasTrailingSlash: path.hasTrailingSlash)
    }

    // MARK: By the kernel

    /// Tries that a rename elsewhere may spoil.
    private static let attemptsMax = 16

    /// - Returns: nil if it gave up.
    private func kernelOpen(
        _ path: GuestPath, _ root: HostFile, _ flags: Int32, _ mode: mode_t, _ followsLast: Bool
    ) throws(WASIErrno) -> HostFile? {
        let flags = UInt64(flags | (followsLast ? 0 : O_NOFOLLOW))
        let mode = flags & UInt64(O_CREAT) == 0 ? 0 : UInt64(mode)
        for _ in 0..<Self.attemptsMax {
            let number = path.bytes.withCPath { lattice_open_beneath(root.number, $0, flags, mode) }
            if number >= 0 { return HostFile(owning: number) }
            switch errno {
            case EAGAIN, EINTR: continue
            case EXDEV: throw .perm
            default: throw .last
            }
        }
        return nil
    }
}
