import CLinuxCalls
import Glibc

/// Where a guest's random bytes come from.
public struct RandomGrant {
    let fill: (UnsafeMutableRawBufferPointer) throws(WASIErrno) -> Void

    /// - Parameter fill: writes every byte.
    public init(fill: @escaping (UnsafeMutableRawBufferPointer) throws(WASIErrno) -> Void) { self.fill = fill }

    /// The kernel's, fit for keys.
    public static var system: RandomGrant {
        RandomGrant { (bytes) throws(WASIErrno) in
            var filled = 0
            while filled < bytes.count {
                let count = lattice_random(bytes.baseAddress! + filled, bytes.count - filled)
                if count > 0 { filled += count } else if errno != EINTR { throw .last }
            }
        }
    }
}
