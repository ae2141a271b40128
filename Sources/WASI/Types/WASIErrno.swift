import CLinuxCalls
import Glibc

/// What every function of WASI answers with, under the names and numbers of preview 1.
/// - Source: wasi_snapshot_preview1.witx, `$errno`.
public enum WASIErrno: UInt16, Error, CaseIterable, Sendable {
    case success = 0
    /// Argument list too long; the standard's name, `2big`, is no identifier.
    case toobig
    case acces, addrinuse, addrnotavail, afnosupport, again, already, badf, badmsg, busy, canceled, child
    case connaborted, connrefused, connreset, deadlk, destaddrreq, dom, dquot, exist, fault, fbig, hostunreach
    case idrm, ilseq, inprogress, intr, inval, io, isconn, isdir, loop, mfile, mlink, msgsize, multihop
    case nametoolong, netdown, netreset, netunreach, nfile, nobufs, nodev, noent, noexec, nolck, nolink, nomem
    case nomsg, noprotoopt, nospc, nosys, notconn, notdir, notempty, notrecoverable, notsock, notsup, notty
    case nxio, overflow, ownerdead, perm, pipe, proto, protonosupport, prototype, range, rofs, spipe, srch
    case stale, timedout, txtbsy, xdev
    /// The descriptor or the grants lack the right.
    case notcapable
}

extension WASIErrno {
    /// What the system call before said.
    static var last: WASIErrno { WASIErrno(host: errno) }

    /// - Parameter host: a value of C's `errno`. What preview 1 has no name for becomes `io`.
    init(host: Int32) { self = Self.names[host] ?? .io }

    private static let names: [Int32: WASIErrno] = [
        E2BIG: .toobig, EACCES: .acces, EADDRINUSE: .addrinuse, EADDRNOTAVAIL: .addrnotavail,
        EAFNOSUPPORT: .afnosupport, EAGAIN: .again, EALREADY: .already, EBADF: .badf, EBADMSG: .badmsg, EBUSY: .busy,
        ECANCELED: .canceled, ECHILD: .child, ECONNABORTED: .connaborted, ECONNREFUSED: .connrefused,
        ECONNRESET: .connreset, EDEADLK: .deadlk, EDESTADDRREQ: .destaddrreq, EDOM: .dom, EDQUOT: .dquot,
        EEXIST: .exist, EFAULT: .fault, EFBIG: .fbig, EHOSTUNREACH: .hostunreach, EIDRM: .idrm, EILSEQ: .ilseq,
        EINPROGRESS: .inprogress, EINTR: .intr, EINVAL: .inval, EIO: .io, EISCONN: .isconn, EISDIR: .isdir,
        ELOOP: .loop, EMFILE: .mfile, EMLINK: .mlink, EMSGSIZE: .msgsize, EMULTIHOP: .multihop,
        ENAMETOOLONG: .nametoolong, ENETDOWN: .netdown, ENETRESET: .netreset, ENETUNREACH: .netunreach,
        ENFILE: .nfile, ENOBUFS: .nobufs, ENODEV: .nodev, ENOENT: .noent, ENOEXEC: .noexec, ENOLCK: .nolck,
        ENOLINK: .nolink, ENOMEM: .nomem, ENOMSG: .nomsg, ENOPROTOOPT: .noprotoopt, ENOSPC: .nospc, ENOSYS: .nosys,
        ENOTCONN: .notconn, ENOTDIR: .notdir, ENOTEMPTY: .notempty, ENOTRECOVERABLE: .notrecoverable,
        ENOTSOCK: .notsock, ENOTSUP: .notsup, ENOTTY: .notty, ENXIO: .nxio, EOVERFLOW: .overflow,
        EOWNERDEAD: .ownerdead, EPERM: .perm, EPIPE: .pipe, EPROTO: .proto, EPROTONOSUPPORT: .protonosupport,
        EPROTOTYPE: .prototype, ERANGE: .range, EROFS: .rofs, ESPIPE: .spipe, ESRCH: .srch, ESTALE: .stale,
        ETIMEDOUT: .timedout, ETXTBSY: .txtbsy, EXDEV: .xdev,
    ]
}
