import Glibc
import WasmRuntime

/// Reading, writing and positions.
extension WASISystem {
    func fdRead(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let (list, count, result) = (call.u32(1), call.u32(2), call.u32(3))
        try memory.check(result, 4)
        let received: Int
        switch descriptor.resource {
        case .directory, .sink: throw WASIErrno.badf
        case .source(let source):
            try descriptor.require(.fdRead)
            received = try Self.read(source, into: memory.buffers(at: list, count: count), memory)
        case .file(let file):
            try descriptor.require(.fdRead)
            let buffers = try memory.buffers(at: list, count: count)
            let countMax = try awaitReady(descriptor, file, POLLIN)
            received = try memory.withVectors(buffers, countMax: countMax) { readv(file.number, $0, Int32($1)) }
            try memory.received(received, in: buffers)
        }
        try memory.store(UInt32(received), at: result)
    }

    private static func read(
        _ source: ByteSource, into buffers: [GuestMemory.Buffer], _ memory: GuestMemory
    ) throws(WASIErrno) -> Int {
        var received = 0
        for buffer in buffers where source.bytesLeft > 0 {
            let bytes = source.read(countMax: buffer.count)
            try memory.write(bytes, at: buffer.address)
            received += bytes.count
        }
        return received
    }

    func fdWrite(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let (list, count, result) = (call.u32(1), call.u32(2), call.u32(3))
        try memory.check(result, 4)
        let sent: Int
        switch descriptor.resource {
        case .directory, .source: throw WASIErrno.badf
        case .sink(let sink):
            try descriptor.require(.fdWrite)
            sent = try Self.write(memory.buffers(at: list, count: count), to: sink, memory)
        case .file(let file):
            try descriptor.require(.fdWrite)
            let buffers = try memory.buffers(at: list, count: count)
            let countMax = try awaitReady(descriptor, file, POLLOUT)
            sent = try memory.withVectors(buffers, countMax: countMax) { writev(file.number, $0, Int32($1)) }
        }
        try memory.store(UInt32(sent), at: result)
    }

    /// Bytes of one write that a sink is shown.
    private static let sinkBytesMax = 1 << 20

    private static func write(
        _ buffers: [GuestMemory.Buffer], to sink: any ByteSink, _ memory: GuestMemory
    ) throws(WASIErrno) -> Int {
        var sent = 0
        for buffer in buffers where sent < sinkBytesMax {
            let part = GuestMemory.Buffer(address: buffer.address, count: min(buffer.count, sinkBytesMax - sent))
            let taken = try memory.bytes(of: part) { bytes in
                Result { () throws(WASIErrno) in try sink.write(bytes) }
            }
            switch taken {
            case .success(let count): sent += count
            case .failure(let errno) where sent == 0: throw errno
            case .failure: return sent
            }
            if case .success(let count) = taken, count < part.count { return sent }
        }
        return sent
    }

    func fdPread(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (file, offset) = try positioned(call, .fdRead)
        try memory.check(call.u32(4), 4)
        let buffers = try memory.buffers(at: call.u32(1), count: call.u32(2))
        let received = try memory.withVectors(buffers) { preadv(file.number, $0, Int32($1), offset) }
        try memory.received(received, in: buffers)
        try memory.store(UInt32(received), at: call.u32(4))
    }

    func fdPwrite(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (file, offset) = try positioned(call, .fdWrite)
        try memory.check(call.u32(4), 4)
        let buffers = try memory.buffers(at: call.u32(1), count: call.u32(2))
        let sent = try memory.withVectors(buffers) { pwritev(file.number, $0, Int32($1), offset) }
        try memory.store(UInt32(sent), at: call.u32(4))
    }

    private func positioned(_ call: borrowing HostCall, _ right: Rights) throws(WASIErrno) -> (HostFile, off_t) {
        let descriptor = try descriptors[call.u32(0)]
        let file = try seekable(descriptor)
        try descriptor.require([right, .fdSeek])
        guard let offset = off_t(exactly: call.u64(3)) else { throw .inval }
        return (file, offset)
    }

    /// A file that may have a position. Directories have none that guests may know; what the host keeps is a stream.
    private func seekable(_ descriptor: Descriptor) throws(WASIErrno) -> HostFile {
        switch descriptor.resource {
        case .directory: throw .badf
        case .source, .sink: throw .spipe
        case .file(let file):
            guard !descriptor.canBlock || descriptor.base.contains(.fdSeek) else { throw .spipe }
            return file
        }
    }

    func fdSeek(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let (offset, whence, result) = (Int64(bitPattern: call.u64(1)), call.u32(2), call.u32(3))
        try memory.check(result, 8)
        let file = try seekable(descriptor)
        let origins = [SEEK_SET, SEEK_CUR, SEEK_END]
        guard whence < origins.count else { throw WASIErrno.inval }
        let isTell = offset == 0 && origins[Int(whence)] == SEEK_CUR && descriptor.base.contains(.fdTell)
        if !isTell { try descriptor.require(.fdSeek) }
        let position = lseek(file.number, off_t(offset), origins[Int(whence)])
        guard position >= 0 else { throw WASIErrno.last }
        try memory.store(UInt64(position), at: result)
    }

    func fdTell(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let descriptor = try descriptors[call.u32(0)]
        let file = try seekable(descriptor)
        if !descriptor.base.contains(.fdSeek) { try descriptor.require(.fdTell) }
        try memory.store(file.offset(), at: call.u32(1))
    }
}
