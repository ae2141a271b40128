import Glibc
import WasmRuntime

/// The memory of the guest that is calling. Every address in it is the guest's word: whatever is not wholly inside
/// answers `fault`.
struct GuestMemory {
    /// Nil for a module without a memory.
    private let memory: Memory?

    init(_ memory: Memory?) { self.memory = memory }

    /// Refuses a place for a result before anything is done that could not be taken back.
    func check(_ address: UInt32, _ count: Int) throws(WASIErrno) {
        guard memory?.withBytes(address, count, { _ in true }) ?? false else { throw .fault }
    }

    func load<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ address: UInt32, as type: Integer.Type
    ) throws(WASIErrno) -> Integer {
        guard let value = memory?.load(address, as: type) else { throw .fault }
        return value
    }

    func store(_ value: some FixedWidthInteger & BitwiseCopyable, at address: UInt32) throws(WASIErrno) {
        guard let memory, memory.store(value, at: address) else { throw .fault }
    }

    func write(_ bytes: some Collection<UInt8>, at address: UInt32) throws(WASIErrno) {
        guard let memory, memory.write(Array(bytes), at: address) else { throw .fault }
    }

    /// - Parameter countMax: larger reads answer `nametoolong`, as they would need as much of the host's memory.
    func read(_ address: UInt32, _ count: UInt32, countMax: Int) throws(WASIErrno) -> [UInt8] {
        try check(address, Int(count))
        guard count <= countMax else { throw .nametoolong }
        guard let bytes = memory?.read(address, Int(count)) else { throw .fault }
        return bytes
    }

    func fill(
        _ address: UInt32, _ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(WASIErrno) {
        guard memory?.withMutableBytes(address, count, { body($0) }) != nil else { throw .fault }
    }

    /// `base + index * stride`, which guests can make overflow.
    static func element(_ base: UInt32, _ index: Int, stride: Int) throws(WASIErrno) -> UInt32 {
        guard let address = UInt32(exactly: UInt64(base) + UInt64(index) * UInt64(stride)) else { throw .fault }
        return address
    }

    // MARK: Lists of buffers

    /// One `iovec` or `ciovec`, inside the memory.
    struct Buffer {
        let address: UInt32
        let count: Int
    }

    /// Buffers of one call: as many as the system takes. Reads and writes may be partial, so the others are left over.
    static let buffersMax = 1_024

    /// - Returns: only buffers that are not empty.
    func buffers(at address: UInt32, count: UInt32) throws(WASIErrno) -> [Buffer] {
        var buffers: [Buffer] = []
        for index in 0..<min(Int(count), Self.buffersMax) {
            let both = try load(Self.element(address, index, stride: 8), as: UInt64.self)
            let (start, length) = (UInt32(truncatingIfNeeded: both), Int(both >> 32))
            try check(start, length)
            if length > 0 { buffers.append(Buffer(address: start, count: length)) }
        }
        return buffers
    }

    /// Gives the buffers to a system call that reads or writes them.
    /// - Parameters:
    ///   - countMax: bytes in all, at most; what is behind is left out.
    ///   - transfer: bytes transferred, or -1 with `errno` set.
    func withVectors(
        _ buffers: [Buffer], countMax: Int = .max, _ transfer: (UnsafePointer<iovec>, Int) -> Int
    ) throws(WASIErrno) -> Int {
        guard let memory else { throw .fault }
        let transferred = memory.withBytes(0, memory.bytesCount) { whole in
            var left = countMax
            var vectors: [iovec] = []
            for buffer in buffers where left > 0 {
                let count = min(left, buffer.count)
                left -= count
                // Safety: `buffers(at:count:)` checked the range, and a memory never shrinks. The system call writes
                // only where `received` then marks the memory as written.
                let start = UnsafeMutableRawPointer(mutating: whole.baseAddress! + Int(buffer.address))
                vectors.append(iovec(iov_base: start, iov_len: count))
            }
            while true {
                let count = transfer(vectors, vectors.count)
                if count >= 0 { return count }
                if errno != EINTR { return -Int(errno) }
            }
        }
        guard let transferred else { throw .fault }
        guard transferred >= 0 else { throw WASIErrno(host: Int32(-transferred)) }
        return transferred
    }

    /// Tells the memory that the first `count` bytes of the buffers were written behind its back.
    func received(_ count: Int, in buffers: [Buffer]) throws(WASIErrno) {
        var left = count
        for buffer in buffers where left > 0 {
            try fill(buffer.address, min(left, buffer.count)) { _ in }
            left -= buffer.count
        }
    }

    /// Gives the bytes of a buffer in place.
    func bytes<Result>(of buffer: Buffer, _ body: (UnsafeRawBufferPointer) -> Result) throws(WASIErrno) -> Result {
        guard let result = memory?.withBytes(buffer.address, buffer.count, body) else { throw .fault }
        return result
    }
}
