import CLinuxCalls
import Glibc
import WasmRuntime

/// What a descriptor is, what may be done with it, and what its file looks like.
extension WASISystem {
    func fdFdstatGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        try memory.fill(call.u32(1), 24) { bytes in
            bytes.storeBytes(of: 0, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: descriptor.type.rawValue, toByteOffset: 0, as: UInt8.self)
            let flags = UInt16(descriptor.flags.rawValue).littleEndian
            bytes.storeBytes(of: flags, toByteOffset: 2, as: UInt16.self)
            bytes.storeBytes(of: descriptor.base.rawValue.littleEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: descriptor.inheriting.rawValue.littleEndian, toByteOffset: 16, as: UInt64.self)
        }
    }

    /// Whether writes are synchronous is settled when a file is opened. A file shared with whoever started the host can
    /// only be told not to wait, and only this guest's calls heed that.
    func fdFdstatSetFlags(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let flags = try DescriptorFlags(guest: call.u32(1) & 0xFFFF)
        try descriptor.require(.fdStatSetFlags)
        let changed = descriptor.flags.symmetricDifference(flags)
        guard changed.isSubset(of: [.append, .nonblock]) else { throw WASIErrno.inval }
        if changed.contains(.append) {
            guard case .file(let file) = descriptor.resource, !file.isShared else { throw WASIErrno.inval }
            try check(fcntl(file.number, F_SETFL, flags.host))
        }
        descriptor.flags = flags
    }

    func fdFdstatSetRights(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        try descriptor.setRights(base: Rights(rawValue: call.u64(1)), inheriting: Rights(rawValue: call.u64(2)))
    }

    func fdFilestatGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        try descriptor.require(.fdFilestatGet)
        var status = FileStatus(type: descriptor.type)
        if let file = descriptor.hostFile {
            status = FileStatus(try file.status())
            status.type = descriptor.type
        }
        try status.store(in: memory, at: call.u32(1))
    }

    func fdFilestatSetSize(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let file = try file(call.u32(0), .fdFilestatSetSize)
        guard let size = off_t(exactly: call.u64(1)) else { throw WASIErrno.inval }
        try check(ftruncate(file.number, size))
    }

    func fdFilestatSetTimes(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        try descriptor.require(.fdFilestatSetTimes)
        let flags = try TimeFlags(guest: call.u32(3) & 0xFFFF)
        let times = try flags.times(accessed: call.u64(1), modified: call.u64(2))
        guard let file = descriptor.hostFile else { throw WASIErrno.badf }
        try check(futimens(file.number, times))
    }

    func fdAdvise(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let advices = [
            POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM, POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,
            POSIX_FADV_NOREUSE,
        ]
        let file = try file(call.u32(0), .fdAdvise)
        guard let offset = off_t(exactly: call.u64(1)), let count = off_t(exactly: call.u64(2)),
            call.u32(3) < advices.count
        else { throw WASIErrno.inval }
        let result = posix_fadvise(file.number, offset, count, advices[Int(call.u32(3))])
        guard result == 0 else { throw WASIErrno(host: result) }
    }

    func fdAllocate(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let file = try file(call.u32(0), .fdAllocate)
        guard let offset = off_t(exactly: call.u64(1)), let count = off_t(exactly: call.u64(2)), count > 0 else {
            throw WASIErrno.inval
        }
        try check(lattice_allocate(file.number, offset, count))
    }

    func fdSync(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try synchronize(call, .fdSync, fsync)
    }

    func fdDatasync(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try synchronize(call, .fdDatasync, fdatasync)
    }

    private func synchronize(
        _ call: borrowing HostCall, _ right: Rights, _ sync: (Int32) -> Int32
    ) throws(WASIErrno) {
        let descriptor = try descriptors[call.u32(0)]
        try descriptor.require(right)
        guard let file = descriptor.hostFile else { return }
        try check(sync(file.number))
    }

    func fdClose(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors.remove(call.u32(0))
        if case .sink(let sink) = descriptor.resource { sink.finish() }
    }

    func fdRenumber(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try descriptors.move(call.u32(0), to: call.u32(1))
    }

    /// A file of the host's that is no directory.
    private func file(_ number: UInt32, _ right: Rights) throws(WASIErrno) -> HostFile {
        let descriptor = try descriptors[number]
        guard case .file(let file) = descriptor.resource else { throw .badf }
        try descriptor.require(right)
        return file
    }
}
