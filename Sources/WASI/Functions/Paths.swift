import CLinuxCalls
import Glibc
import WasmRuntime

/// What works on a name rather than on an open file. Where a path ends in a slash, its name must be a directory's: the
/// slash is never shown to the system, which would follow a link behind it.
extension WASISystem {
    func pathCreateDirectory(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let place = try place(call.u32(0), .pathCreateDirectory, GuestPath(memory, call.u32(1), call.u32(2)))
        try place.call { mkdirat($0, $1, 0o777) }
    }

    func pathFilestatGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let path = try GuestPath(memory, call.u32(2), call.u32(3))
        let (directory, _) = try directory(call.u32(0), .pathFilestatGet)
        let follows = try LookupFlags(guest: call.u32(1)).contains(.follow)
        try memory.check(call.u32(4), FileStatus.bytesCount)
        let file = try object(path, directory, follows: follows)
        try FileStatus(file.status()).store(in: memory, at: call.u32(4))
    }

    func pathFilestatSetTimes(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let path = try GuestPath(memory, call.u32(2), call.u32(3))
        let (directory, _) = try directory(call.u32(0), .pathFilestatSetTimes)
        let follows = try LookupFlags(guest: call.u32(1)).contains(.follow)
        let flags = try TimeFlags(guest: call.u32(6) & 0xFFFF)
        let times = try flags.times(accessed: call.u64(4), modified: call.u64(5))
        let file = try object(path, directory, follows: follows)
        if utimensat(file.number, "", times, lattice_at_empty_path) != 0 {
            // Before Linux 5.8.
            guard errno == EINVAL else { throw WASIErrno.last }
            try check(utimensat(AT_FDCWD, "/proc/self/fd/\(file.number)", times, 0))
        }
    }

    /// What a path names, held but not opened.
    private func object(_ path: GuestPath, _ directory: HostFile, follows: Bool) throws(WASIErrno) -> HostFile {
        try resolver.open(path, in: directory, lattice_o_path, followsLast: follows)
    }

    /// Links themselves can be linked to; following them first is refused.
    func pathLink(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let source = try GuestPath(memory, call.u32(2), call.u32(3))
        let target = try GuestPath(memory, call.u32(5), call.u32(6))
        guard try LookupFlags(guest: call.u32(1)) == [] else { throw WASIErrno.inval }
        let from = try place(call.u32(0), .pathLinkSource, source)
        let to = try place(call.u32(4), .pathLinkTarget, target)
        if from.hasTrailingSlash, try status(from).type != .directory { throw WASIErrno.notdir }
        try refuseTrailingSlash(of: to)
        try from.call { directory, name in
            to.name.withCPath { linkat(directory, name, to.directory.number, $0, 0) }
        }
    }

    func pathReadlink(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let place = try place(call.u32(0), .pathReadLink, GuestPath(memory, call.u32(1), call.u32(2)))
        let (address, count, result) = (call.u32(3), Int(call.u32(4)), call.u32(5))
        try memory.check(address, count)
        try memory.check(result, 4)
        if place.hasTrailingSlash { throw try status(place).type == .regularFile ? WASIErrno.notdir : .inval }
        var target = [UInt8](repeating: 0, count: GuestPath.bytesMax + 1)
        let length = place.name.withCPath { name in
            target.withUnsafeMutableBytes { readlinkat(place.directory.number, name, $0.baseAddress!, $0.count) }
        }
        guard length >= 0 else { throw WASIErrno.last }
        try memory.write(target[..<min(length, count)], at: address)
        try memory.store(UInt32(min(length, count)), at: result)
    }

    func pathRemoveDirectory(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let place = try place(call.u32(0), .pathRemoveDirectory, GuestPath(memory, call.u32(1), call.u32(2)))
        try place.call { unlinkat($0, $1, AT_REMOVEDIR) }
    }

    func pathRename(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let source = try GuestPath(memory, call.u32(1), call.u32(2))
        let target = try GuestPath(memory, call.u32(4), call.u32(5))
        let from = try place(call.u32(0), .pathRenameSource, source)
        let to = try place(call.u32(3), .pathRenameTarget, target)
        if from.hasTrailingSlash || to.hasTrailingSlash, try status(from).type != .directory {
            throw WASIErrno.notdir
        }
        try from.call { directory, name in
            to.name.withCPath { renameat(directory, name, to.directory.number, $0) }
        }
    }

    /// The target is text; where it leads is looked at when somebody follows it. Absolute ones could only lead out.
    func pathSymlink(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let target = try GuestPath(memory, call.u32(0), call.u32(1))
        let place = try place(call.u32(2), .pathSymlink, GuestPath(memory, call.u32(3), call.u32(4)))
        guard !target.isAbsolute else { throw WASIErrno.perm }
        try refuseTrailingSlash(of: place)
        try place.call { directory, name in target.bytes.withCPath { symlinkat($0, directory, name) } }
    }

    func pathUnlinkFile(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let place = try place(call.u32(0), .pathUnlinkFile, GuestPath(memory, call.u32(1), call.u32(2)))
        if place.hasTrailingSlash { throw try status(place).type == .directory ? WASIErrno.isdir : .notdir }
        try place.call { unlinkat($0, $1, 0) }
    }

    // MARK: Places

    private func place(
        _ number: UInt32, _ right: Rights, _ path: GuestPath
    ) throws(WASIErrno) -> DirectoryResolver.Place {
        let (directory, _) = try directory(number, right)
        return try resolver.place(of: path, in: directory)
    }

    private func status(_ place: DirectoryResolver.Place) throws(WASIErrno) -> FileStatus {
        var status = stat()
        try place.call { fstatat($0, $1, &status, AT_SYMLINK_NOFOLLOW) }
        return FileStatus(status)
    }

    /// For new names that are no directory's.
    private func refuseTrailingSlash(of place: DirectoryResolver.Place) throws(WASIErrno) {
        guard place.hasTrailingSlash else { return }
        throw try status(place).type == .directory ? .exist : .notdir
    }
}
