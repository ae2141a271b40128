import CLinuxCalls
import Glibc

/// The one owner of a file descriptor of the host's, or a borrower of one that stays open.
final class HostFile {
    let number: Int32
    private let isOwned: Bool

    init(owning number: Int32) {
        self.number = number
        isOwned = true
    }

    init(borrowing number: Int32) {
        self.number = number
        isOwned = false
    }

    deinit { if isOwned { close(number) } }

    /// Borrowed descriptors are shared with whoever started the host, flags included.
    var isShared: Bool { !isOwned }

    func status() throws(WASIErrno) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last }
        return status
    }

    /// The type, with datagram and stream sockets told apart.
    func type() throws(WASIErrno) -> FileType {
        let type = FileType(mode: try status().st_mode)
        guard type.isSocket else { return type }
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(number, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 else { throw .last }
        return kind == Int32(SOCK_DGRAM.rawValue) ? .socketDatagram : .socketStream
    }

    func offset() throws(WASIErrno) -> UInt64 {
        let offset = lseek(number, 0, SEEK_CUR)
        guard offset >= 0 else { throw .last }
        return UInt64(offset)
    }
}

/// For calls that answer 0 or -1.
func check(_ result: Int32) throws(WASIErrno) {
    guard result == 0 else { throw .last }
}
