import CLinuxCalls
import Glibc
import WasmRuntime

/// What is open from the beginning, and what lies in a directory.
extension WASISystem {
    func fdPrestatGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let name = try guestName(call.u32(0))
        // A tag of 0, a directory, and the length of its name.
        try memory.store(UInt64(name.utf8.count) << 32, at: call.u32(1))
    }

    func fdPrestatDirName(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let name = try guestName(call.u32(0))
        guard call.u32(2) >= name.utf8.count else { throw WASIErrno.nametoolong }
        try memory.write(Array(name.utf8), at: call.u32(1))
    }

    private func guestName(_ number: UInt32) throws(WASIErrno) -> String {
        guard let name = try descriptors[number].guestName else { throw .badf }
        return name
    }

    /// Bytes of entries that the kernel is asked for at once.
    private static let entriesBytes = 32_768

    /// The cookie is the kernel's own offset, so nothing has to be remembered between calls.
    func fdReaddir(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let (address, count, cookie, result) = (call.u32(1), call.u32(2), call.u64(3), call.u32(4))
        guard case .directory(let directory) = descriptor.resource else { throw WASIErrno.notdir }
        try descriptor.require(.fdReadDirectory)
        try memory.check(address, Int(count))
        try memory.check(result, 4)
        guard let offset = off_t(exactly: cookie) else { throw WASIErrno.inval }
        guard lseek(directory.number, offset, SEEK_SET) >= 0 else { throw WASIErrno.last }
        let ownInode = try UInt64(directory.status().st_ino)

        var used = 0
        var chunk = [UInt8](repeating: 0, count: Self.entriesBytes)
        reading: while used < count {
            let size = chunk.withUnsafeMutableBytes { bytes in
                lattice_read_directory(directory.number, bytes.baseAddress!, bytes.count)
            }
            guard size >= 0 else { throw WASIErrno.last }
            guard size > 0 else { break }
            var rest = chunk[..<Int(size)]
            while let entry = DirectoryEntry(&rest) {
                let bytes = entry.bytes(in: directory, ownInode: ownInode)
                let part = bytes.prefix(Int(count) - used)
                try memory.write(part, at: address + UInt32(used))
                used += part.count
                if part.count < bytes.count { break reading }
            }
        }
        try memory.store(UInt32(used), at: result)
    }
}

/// One entry of a directory, as the kernel gives it: inode u64, offset of the next i64, record length u16, type u8, name.
private struct DirectoryEntry {
    let inode: UInt64
    let next: UInt64
    let type: UInt8
    let name: ArraySlice<UInt8>

    /// Takes the first record off.
    /// - Returns: nil at the end.
    init?(_ records: inout ArraySlice<UInt8>) {
        let header = 19
        guard records.count > header else { return nil }
        let (inode, next, length, type) = records.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self)), bytes[18]
            )
        }
        guard length > header, length <= records.count else { return nil }
        self.inode = inode
        self.next = next
        self.type = type
        name = records.prefix(length).dropFirst(header).prefix { $0 != 0 }
        records = records.dropFirst(length)
    }

    /// As a guest reads it: cookie of the next u64, inode u64, length of the name u32, type u8 and padding, name. What is
    /// above the directory is none of the guest's business: `..` has the inode of the directory itself.
    func bytes(in directory: HostFile, ownInode: UInt64) -> [UInt8] {
        let isParent = name.elementsEqual("..".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24 + name.count)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(next)
        append(isParent ? ownInode : inode)
        append(UInt32(name.count))
        append(UInt32(fileType(in: directory).rawValue))
        bytes += name
        return bytes
    }

    private func fileType(in directory: HostFile) -> FileType {
        if let type = FileType(directoryEntry: type) { return type }
        var status = stat()
        let result = name.withCPath { fstatat(directory.number, $0, &status, AT_SYMLINK_NOFOLLOW) }
        return result == 0 ? FileType(mode: status.st_mode) : .unknown
    }
}
