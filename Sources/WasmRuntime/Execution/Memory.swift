import CWasmCore

/// A linear memory of a store. Its address range is reserved at creation for all it may ever grow to; pages that nobody
/// writes cost nothing.
public final class Memory {
    // Safety: allocated in `init`, freed in `deinit`; contexts that point to it belong to the store that also owns `self`.
    let raw: UnsafeMutablePointer<WasmMemory>
    public let type: MemoryType
    /// Pages that it may grow to: the declared maximum or the host's limit, whichever is lower.
    public let pagesMax: UInt64

    /// Whether it was ever asked for more than it may have, since its last reset.
    public internal(set) var wasGrowthRefused = false

    /// - Parameter pagesMax: the host's limit, at most 65,536.
    /// - Returns: nil if the system has no room for it.
    init?(_ type: MemoryType, pagesMax: UInt64) {
        self.type = type
        self.pagesMax = min(type.size.maximum ?? 65_536, pagesMax, 65_536)
        raw = .allocate(capacity: 1)
        guard type.size.minimum <= self.pagesMax,
            wasm_core_memory_map(raw, max(1, self.pagesMax) * MemoryType.pageBytes) != 0
        else {
            raw.deallocate()
            return nil
        }
        raw.pointee.size = type.size.minimum * MemoryType.pageBytes
    }

    deinit {
        wasm_core_memory_unmap(raw)
        raw.deallocate()
    }

    public var bytesCount: Int { Int(raw.pointee.size) }
    public var pages: UInt64 { raw.pointee.size / MemoryType.pageBytes }

    /// - Returns: the pages before, or nil if that is more than it may have.
    @discardableResult
    public func grow(by count: UInt64) -> UInt64? {
        let before = pages
        guard count <= pagesMax - before else {
            wasGrowthRefused = true
            return nil
        }
        raw.pointee.size += count * MemoryType.pageBytes
        return before
    }

    func contains(_ address: UInt64, _ count: Int) -> Bool {
        count >= 0 && address <= raw.pointee.size && UInt64(count) <= raw.pointee.size - address
    }

    /// - Returns: nil where the range is not inside the memory.
    public func read(_ address: UInt32, _ count: Int) -> [UInt8]? {
        withBytes(address, count) { Array($0) }
    }

    /// Gives the bytes in place, for the time of the call.
    public func withBytes<Result>(
        _ address: UInt32, _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result? {
        guard contains(UInt64(address), count) else { return nil }
        return try body(UnsafeRawBufferPointer(start: raw.pointee.base + Int(address), count: count))
    }

    /// Gives the bytes in place, to be written.
    public func withMutableBytes<Result>(
        _ address: UInt32, _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result? {
        guard contains(UInt64(address), count) else { return nil }
        wasm_core_memory_mark(raw, UInt64(address), UInt64(count))
        return try body(UnsafeMutableRawBufferPointer(start: raw.pointee.base + Int(address), count: count))
    }

    /// - Returns: false, with nothing written, where the range is not inside the memory.
    @discardableResult
    public func write(_ bytes: some Collection<UInt8>, at address: UInt32) -> Bool {
        withMutableBytes(address, bytes.count) { $0.copyBytes(from: bytes) } != nil
    }

    /// A little-endian integer, or nil where it is not inside the memory.
    public func load<Integer: FixedWidthInteger & BitwiseCopyable>(_ address: UInt32, as type: Integer.Type) -> Integer?
    {
        withBytes(address, MemoryLayout<Integer>.size) { Integer(littleEndian: $0.loadUnaligned(as: type)) }
    }

    @discardableResult
    public func store<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at address: UInt32) -> Bool {
        withMutableBytes(address, MemoryLayout<Integer>.size) {
            $0.storeBytes(of: value.littleEndian, as: Integer.self)
        } != nil
    }
}
