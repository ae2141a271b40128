import CWasmCore

/// A linear memory of a store. Its address range is reserved at creation for all it may ever grow to; pages that nobody
/// writes cost nothing.
public final class Memory {
    // Safety: allocated in `init`, freed in `deinit`; contexts that point to it belong to the store that also owns `self`.
    let raw: UnsafeMutablePointer<WasmMemory>
    public let type: MemoryType
    /// Pages that it may grow to: the declared maximum or the host's limit, whichever is lower.
    public let pagesMax: UInt64

    /// What 4 GiB are.
    static let addressablePagesMax: UInt64 = 65_536

    /// Whether it was ever asked for more than it may have, since its last reset.
    public internal(set) var wasGrowthRefused = false
    /// Whether that was because all memories of the budget together have as much as they may.
    public internal(set) var wasBudgetExhausted = false
    private let budget: MemoryBudget?
    /// Shared with the other memories and tables of its instance.
    private let total: MemoryBudget?

    /// - Parameters:
    ///   - pagesMax: the host's limit; what is beyond 65,536 counts as that.
    ///   - budget: shared with other instances.
    ///   - total: shared within the instance.
    /// - Returns: nil if the system has no room for it, or one of the budgets.
    init?(_ type: MemoryType, pagesMax: UInt64, budget: MemoryBudget? = nil, total: MemoryBudget? = nil) {
        self.type = type
        self.pagesMax = min(type.size.maximum ?? Self.addressablePagesMax, pagesMax, Self.addressablePagesMax)
        self.budget = budget
        self.total = total
        guard type.size.minimum <= self.pagesMax else { return nil }
        let bytesCount = Int(type.size.minimum * MemoryType.pageBytes)
        guard Self.take(bytesCount, total, budget) else { return nil }
        // Only a mapped memory becomes `self.raw`: `deinit` unmaps it.
        let raw = UnsafeMutablePointer<WasmMemory>.allocate(capacity: 1)
        guard wasm_core_memory_map(raw, max(1, self.pagesMax) * MemoryType.pageBytes) != 0 else {
            budget?.giveBack(bytesCount)
            total?.giveBack(bytesCount)
            raw.deallocate()
            return nil
        }
        raw.pointee.size = UInt64(bytesCount)
        self.raw = raw
        raw.pointee.owner = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    /// From both or none.
    private static func take(_ bytesCount: Int, _ total: MemoryBudget?, _ budget: MemoryBudget?) -> Bool {
        guard total?.take(bytesCount) ?? true else { return false }
        guard budget?.take(bytesCount) ?? true else {
            total?.giveBack(bytesCount)
            return false
        }
        return true
    }

    deinit {
        budget?.giveBack(bytesCount)
        total?.giveBack(bytesCount)
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
        let bytesCount = Int(count * MemoryType.pageBytes)
        guard total?.take(bytesCount) ?? true else {
            wasGrowthRefused = true
            return nil
        }
        guard budget?.take(bytesCount) ?? true else {
            total?.giveBack(bytesCount)
            wasGrowthRefused = true
            wasBudgetExhausted = true
            return nil
        }
        raw.pointee.size += count * MemoryType.pageBytes
        return before
    }

    /// Puts it back to an image; what it has grown since goes back to the budget.
    /// - Returns: pages of 4 KiB that had to be copied.
    func restore(_ image: MemoryImage) -> Int {
        (wasGrowthRefused, wasBudgetExhausted) = (false, false)
        let before = bytesCount
        let pages = Int(wasm_core_memory_restore(raw, image.bytes, image.count, image.size))
        budget?.giveBack(before - bytesCount)
        total?.giveBack(before - bytesCount)
        return pages
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
    public func write(_ bytes: [UInt8], at address: UInt32) -> Bool {
        withMutableBytes(address, bytes.count) { memory in
            bytes.withUnsafeBytes { memory.copyMemory(from: $0) }
        } != nil
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
