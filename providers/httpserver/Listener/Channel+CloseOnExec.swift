import Glibc
import NIOCore

extension Channel {
    /// Keeps the socket from programs that this process starts: they would hold it open long after it was closed here.
    /// Call it on the channel's event loop. NIO itself leaves sockets inheritable.
    func closeOnExec() throws {
        try pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }
}
