import CLinuxCalls
import Glibc
import WasmRuntime

/// Sockets come from the host, or from accepting on one that does.
extension WASISystem {
    func sockAccept(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (descriptor, file) = try socket(call.u32(0), .socketAccept)
        let flags = try DescriptorFlags(guest: call.u32(1) & 0xFFFF)
        guard flags.isSubset(of: .nonblock) else { throw WASIErrno.inval }
        try memory.check(call.u32(2), 4)
        _ = try awaitReady(descriptor, file, POLLIN)
        let number = lattice_accept(file.number)
        guard number >= 0 else { throw WASIErrno.last }
        let accepted = HostFile(owning: number)
        let rights = Rights.socket.subtracting(.socketAccept).intersection(descriptor.base.union(.stream))
        let new = Descriptor(.file(accepted), type: try accepted.type(), base: rights, flags: flags)
        try memory.store(try descriptors.insert(new), at: call.u32(2))
    }

    func sockRecv(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (descriptor, file) = try socket(call.u32(0), .fdRead)
        let (peek, waitAll): (UInt32, UInt32) = (1, 2)
        let flags = call.u32(3) & 0xFFFF
        guard flags & ~(peek | waitAll) == 0 else { throw WASIErrno.inval }
        try memory.check(call.u32(4), 4)
        try memory.check(call.u32(5), 2)
        let buffers = try memory.buffers(at: call.u32(1), count: call.u32(2))
        _ = try awaitReady(descriptor, file, POLLIN)
        // Waiting for everything could outlast the deadline.
        let waitsForAll = flags & waitAll != 0 && deadline == nil && !descriptor.flags.contains(.nonblock)
        let hostFlags =
            (flags & peek != 0 ? Int32(MSG_PEEK) : 0) | (waitsForAll ? Int32(MSG_WAITALL) : 0)
        var isTruncated = false
        let received = try memory.withVectors(buffers) { vectors, count in
            var message = msghdr()
            message.msg_iov = UnsafeMutablePointer(mutating: vectors)
            message.msg_iovlen = count
            let received = recvmsg(file.number, &message, hostFlags)
            isTruncated = message.msg_flags & Int32(MSG_TRUNC) != 0
            return received
        }
        try memory.received(received, in: buffers)
        try memory.store(UInt32(received), at: call.u32(4))
        try memory.store(UInt16(isTruncated ? 1 : 0), at: call.u32(5))
    }

    func sockSend(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (descriptor, file) = try socket(call.u32(0), .fdWrite)
        guard call.u32(3) & 0xFFFF == 0 else { throw WASIErrno.inval }
        try memory.check(call.u32(4), 4)
        let buffers = try memory.buffers(at: call.u32(1), count: call.u32(2))
        let countMax = try awaitReady(descriptor, file, POLLOUT)
        let sent = try memory.withVectors(buffers, countMax: countMax) { vectors, count in
            var message = msghdr()
            message.msg_iov = UnsafeMutablePointer(mutating: vectors)
            message.msg_iovlen = count
            return sendmsg(file.number, &message, Int32(MSG_NOSIGNAL))
        }
        try memory.store(UInt32(sent), at: call.u32(4))
    }

    func sockShutdown(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (_, file) = try socket(call.u32(0), .socketShutdown)
        let how: [UInt32: Int32] = [1: Int32(SHUT_RD), 2: Int32(SHUT_WR), 3: Int32(SHUT_RDWR)]
        guard let how = how[call.u32(1)] else { throw WASIErrno.inval }
        try check(shutdown(file.number, how))
    }

    private func socket(_ number: UInt32, _ right: Rights) throws(WASIErrno) -> (Descriptor, HostFile) {
        let descriptor = try descriptors[number]
        guard descriptor.type.isSocket, let file = descriptor.hostFile else { throw .notsock }
        try descriptor.require(right)
        return (descriptor, file)
    }
}
