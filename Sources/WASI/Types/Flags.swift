import CLinuxCalls
import Glibc

/// A set of flags as a guest writes it; bits without a meaning are refused.
protocol GuestFlags: OptionSet where RawValue == UInt32 {
    static var known: Self { get }
}

extension GuestFlags {
    init(guest bits: UInt32) throws(WASIErrno) {
        guard bits & ~Self.known.rawValue == 0 else { throw .inval }
        self.init(rawValue: bits)
    }
}

/// `oflags` of `path_open`.
struct OpenFlags: GuestFlags {
    let rawValue: UInt32
    static let create = OpenFlags(rawValue: 1)
    static let directory = OpenFlags(rawValue: 2)
    static let exclusive = OpenFlags(rawValue: 4)
    static let truncate = OpenFlags(rawValue: 8)
    static let known = OpenFlags(rawValue: 15)

    var host: Int32 {
        (contains(.create) ? O_CREAT : 0) | (contains(.directory) ? O_DIRECTORY : 0)
            | (contains(.exclusive) ? O_EXCL : 0) | (contains(.truncate) ? O_TRUNC : 0)
    }
}

/// `fdflags`.
struct DescriptorFlags: GuestFlags {
    let rawValue: UInt32
    static let append = DescriptorFlags(rawValue: 1)
    static let dataSync = DescriptorFlags(rawValue: 2)
    static let nonblock = DescriptorFlags(rawValue: 4)
    static let readSync = DescriptorFlags(rawValue: 8)
    static let sync = DescriptorFlags(rawValue: 16)
    static let known = DescriptorFlags(rawValue: 31)

    /// - Parameter host: what `F_GETFL` gave.
    init(host: Int32) {
        var flags: DescriptorFlags = []
        if host & O_APPEND != 0 { flags.insert(.append) }
        if host & O_NONBLOCK != 0 { flags.insert(.nonblock) }
        if host & O_SYNC == O_SYNC { flags.insert(.sync) } else if host & O_DSYNC != 0 { flags.insert(.dataSync) }
        self = flags
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    var host: Int32 {
        (contains(.append) ? O_APPEND : 0) | (contains(.dataSync) ? O_DSYNC : 0)
            | (contains(.nonblock) ? O_NONBLOCK : 0) | (contains(.readSync) ? O_RSYNC : 0)
            | (contains(.sync) ? O_SYNC : 0)
    }
}

/// `lookupflags`.
struct LookupFlags: GuestFlags {
    let rawValue: UInt32
    static let follow = LookupFlags(rawValue: 1)
    static let known = follow
}

/// `fstflags`: which times to set, and whether to the given value or to now.
struct TimeFlags: GuestFlags {
    let rawValue: UInt32
    static let access = TimeFlags(rawValue: 1)
    static let accessNow = TimeFlags(rawValue: 2)
    static let modification = TimeFlags(rawValue: 4)
    static let modificationNow = TimeFlags(rawValue: 8)
    static let known = TimeFlags(rawValue: 15)

    /// Access and modification time as `utimensat` takes them.
    /// - Parameters: nanoseconds since 1970.
    func times(accessed: UInt64, modified: UInt64) throws(WASIErrno) -> [timespec] {
        if isSuperset(of: [.access, .accessNow]) || isSuperset(of: [.modification, .modificationNow]) { throw .inval }
        func time(_ nanoseconds: UInt64, isGiven: Bool, isNow: Bool) -> timespec {
            if isNow { return timespec(tv_sec: 0, tv_nsec: lattice_utime_now) }
            guard isGiven else { return timespec(tv_sec: 0, tv_nsec: lattice_utime_omit) }
            return timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        }
        return [
            time(accessed, isGiven: contains(.access), isNow: contains(.accessNow)),
            time(modified, isGiven: contains(.modification), isNow: contains(.modificationNow)),
        ]
    }
}
