import Glibc

/// - Source: wasi_snapshot_preview1.witx, `$filetype`.
enum FileType: UInt8 {
    /// Also pipes, for which there is no other number.
    case unknown = 0
    case blockDevice, characterDevice, directory, regularFile, socketDatagram, socketStream, symbolicLink

    /// - Parameter mode: `st_mode`.
    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFBLK: .blockDevice
            case S_IFCHR: .characterDevice
            case S_IFDIR: .directory
            case S_IFREG: .regularFile
            case S_IFLNK: .symbolicLink
            case S_IFSOCK: .socketStream
            default: .unknown
            }
    }

    /// - Parameter directoryEntry: `d_type`; nil where the file system does not tell.
    init?(directoryEntry: UInt8) {
        guard directoryEntry != 0 else { return nil }
        self.init(mode: mode_t(directoryEntry) << 12)
    }

    var isSocket: Bool { self == .socketDatagram || self == .socketStream }
}

/// `filestat`: 64 bytes.
struct FileStatus {
    var device: UInt64 = 0
    var inode: UInt64 = 0
    var type: FileType
    var links: UInt64 = 1
    var size: UInt64 = 0
    /// Nanoseconds since 1970, as the two below.
    var accessed: UInt64 = 0
    var modified: UInt64 = 0
    var changed: UInt64 = 0

    init(type: FileType) { self.type = type }

    init(_ status: stat) {
        func nanoseconds(_ time: timespec) -> UInt64 {
            time.tv_sec < 0 ? 0 : UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        type = FileType(mode: status.st_mode)
        links = UInt64(status.st_nlink)
        size = UInt64(max(0, status.st_size))
        accessed = nanoseconds(status.st_atim)
        modified = nanoseconds(status.st_mtim)
        changed = nanoseconds(status.st_ctim)
    }

    static let bytesCount = 64

    func store(in memory: GuestMemory, at address: UInt32) throws(WASIErrno) {
        try memory.fill(address, Self.bytesCount) { bytes in
            bytes.storeBytes(of: device.littleEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: inode.littleEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: UInt64(type.rawValue).littleEndian, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: links.littleEndian, toByteOffset: 24, as: UInt64.self)
            bytes.storeBytes(of: size.littleEndian, toByteOffset: 32, as: UInt64.self)
            bytes.storeBytes(of: accessed.littleEndian, toByteOffset: 40, as: UInt64.self)
            bytes.storeBytes(of: modified.littleEndian, toByteOffset: 48, as: UInt64.self)
            bytes.storeBytes(of: changed.littleEndian, toByteOffset: 56, as: UInt64.self)
        }
    }
}
