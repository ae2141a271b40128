import CLinuxCalls
import Glibc

extension DirectoryResolver {
    /// Where a walk ended.
    private enum End {
        case directory(HostFile)
        /// A last name that is no link to follow; perhaps nothing is there.
        case name(ArraySlice<UInt8>, in: HostFile)
    }

    private static let linksMax = 40
    private static let depthMax = 256

    func walkOpen(
        _ path: GuestPath, _ root: HostFile, _ flags: Int32, _ mode: mode_t, _ followsLast: Bool
    ) throws(WASIErrno) -> HostFile {
        let number: Int32
        switch try walk(path, root, followsLast: followsLast) {
        case .directory(let directory):
            number = openat(directory.number, ".", flags, mode)
        case .name(let name, let directory):
            // Whatever was put there meanwhile: a link is not followed.
            number = name.withCPath { openat(directory.number, $0, flags | O_NOFOLLOW, mode) }
        }
        guard number >= 0 else { throw .last }
        return HostFile(owning: number)
    }

    /// `..` goes back to the directory that the walk came through, which nobody can move out of its reach, so it never
    /// climbs above `root`.
    private func walk(_ path: GuestPath, _ root: HostFile, followsLast: Bool) throws(WASIErrno) -> End {
        var directories = [root]
        var pending = Array(GuestPath.components(path.bytes).reversed())
        var links = 0
        while let name = pending.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                guard directories.count > 1 else { throw .perm }
                directories.removeLast()
                continue
            }
            let directory = directories[directories.count - 1]
            let isLast = pending.isEmpty
            if isLast, !followsLast { return .name(name, in: directory) }
            var status = stat()
            guard name.withCPath({ fstatat(directory.number, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
                if isLast, errno == ENOENT { return .name(name, in: directory) }
                throw .last
            }
            if status.st_mode & S_IFMT == S_IFLNK {
                links += 1
                guard links <= Self.linksMax else { throw .loop }
                pending += GuestPath.components(try Self.link(name, in: directory)).reversed()
            } else if isLast {
                return .name(name, in: directory)
            } else {
                guard directories.count < Self.depthMax else { throw .nametoolong }
                let flags = lattice_o_path | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                let next = name.withCPath { openat(directory.number, $0, flags) }
                guard next >= 0 else { throw .last }
                directories.append(HostFile(owning: next))
            }
        }
        return .directory(directories[directories.count - 1])
    }

    /// Where a symbolic link leads. Absolute ones lead out; so do those of /proc that look like paths.
    private static func link(_ name: ArraySlice<UInt8>, in directory: HostFile) throws(WASIErrno) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: GuestPath.bytesMax + 1)
        let count = name.withCPath { name in
            target.withUnsafeMutableBytes { readlinkat(directory.number, name, $0.baseAddress!, $0.count) }
        }
        guard count >= 0 else { throw .last }
        guard count > 0 else { throw .noent }
        guard count <= GuestPath.bytesMax else { throw .nametoolong }
        guard target[0] != GuestPath.slash else { throw .perm }
        return Array(target[..<count])
    }
}
