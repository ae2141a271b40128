import Glibc
import WasmRuntime

extension WASISystem {
    /// What the guest asks for beyond the directory's inheriting rights, or what makes no sense for what is found, it does
    /// not get; it can see so in the new descriptor.
    func pathOpen(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let lookup = try LookupFlags(guest: call.u32(1))
        let open = try OpenFlags(guest: call.u32(4) & 0xFFFF)
        let flags = try DescriptorFlags(guest: call.u32(7) & 0xFFFF)
        let result = call.u32(8)
        try memory.check(result, 4)
        let path = try GuestPath(memory, call.u32(2), call.u32(3))
        var needed: Rights = .pathOpen
        if open.contains(.create) { needed.insert(.pathCreateFile) }
        if open.contains(.truncate) { needed.insert(.pathFilestatSetSize) }
        let (directory, inheriting) = try self.directory(call.u32(0), needed)
        guard !open.isSuperset(of: [.create, .directory]) else { throw WASIErrno.inval }

        let base = inheriting.intersection(Rights(rawValue: call.u64(5)))
        let file = try resolver.open(
            path, in: directory, hostFlags(base, open, flags), mode: 0o666,
            followsLast: lookup.contains(.follow))
        let type = try file.type()
        let isDirectory = type == .directory
        let applicable = Rights.applicable(to: type, isTerminal: isatty(file.number) == 1)
        let descriptor = Descriptor(
            isDirectory ? .directory(file) : .file(file), type: type, base: base.intersection(applicable),
            inheriting: isDirectory ? inheriting.intersection(Rights(rawValue: call.u64(6))) : [], flags: flags)
        try memory.store(try descriptors.insert(descriptor), at: result)
    }

    private func hostFlags(_ base: Rights, _ open: OpenFlags, _ flags: DescriptorFlags) -> Int32 {
        var host = open.host | flags.host | O_NOCTTY
        // Truncating is writing, whether the guest then may or not.
        if base.contains(.fdWrite) || open.contains(.truncate) {
            host |= base.contains(.fdRead) || !base.contains(.fdWrite) ? O_RDWR : O_WRONLY
        } else {
            host |= O_RDONLY
        }
        return host
    }

    /// The directory that a path starts at, and the rights of what is opened below it.
    func directory(_ number: UInt32, _ rights: Rights) throws(WASIErrno) -> (HostFile, inheriting: Rights) {
        let descriptor = try descriptors[number]
        guard case .directory(let directory) = descriptor.resource else { throw .notdir }
        try descriptor.require(rights)
        return (directory, descriptor.inheriting)
    }
}
