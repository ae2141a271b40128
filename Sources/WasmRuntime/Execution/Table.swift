import CWasmCore

/// A table of references.
public final class Table {
    // Safety: as `Memory.raw`.
    let raw: UnsafeMutablePointer<WasmTable>
    public let type: TableType
    /// Elements that it may grow to.
    public let elementsMax: UInt64
    /// Shared with the other tables and memories of its instance.
    private let total: MemoryBudget?

    /// - Returns: nil if it is declared larger than the host allows, or than `total` has room for.
    init?(_ type: TableType, elementsMax: UInt64, total: MemoryBudget? = nil) {
        self.type = type
        self.total = total
        let elementsMax = min(elementsMax, UInt64(UInt32.max))
        self.elementsMax = min(type.size.maximum ?? elementsMax, elementsMax)
        guard type.size.minimum <= elementsMax, total?.take(Int(type.size.minimum) * 8) ?? true else { return nil }
        raw = .allocate(capacity: 1)
        raw.initialize(to: WasmTable())
        resize(to: type.size.minimum, filling: 0)
    }

    deinit {
        raw.pointee.elements?.deallocate()
        raw.deallocate()
    }

    public var count: UInt64 { raw.pointee.size }

    /// - Returns: the elements before, or nil if that is more than it may have.
    func grow(by count: UInt64, filling reference: UInt64) -> UInt64? {
        let before = raw.pointee.size
        guard count <= elementsMax - min(before, elementsMax), total?.take(Int(count) * 8) ?? true else { return nil }
        resize(to: before + count, filling: reference)
        raw.pointee.is_dirty = 1
        return before
    }

    private func resize(to size: UInt64, filling reference: UInt64) {
        if size > raw.pointee.capacity {
            let capacity = max(size, raw.pointee.capacity * 2)
            let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(capacity))
            if let elements = raw.pointee.elements {
                larger.update(from: elements, count: Int(raw.pointee.size))
                elements.deallocate()
            }
            raw.pointee.elements = larger
            raw.pointee.capacity = capacity
        }
        if size > raw.pointee.size, let elements = raw.pointee.elements {
            let added = Int(size - raw.pointee.size)
            (elements + Int(raw.pointee.size)).initialize(repeating: reference, count: added)
        }
        raw.pointee.size = size
    }

    /// Makes all elements the same.
    func fill(with reference: UInt64) {
        raw.pointee.elements?.update(repeating: reference, count: Int(raw.pointee.size))
    }

    /// All references, for a template.
    var elements: [UInt64] {
        get { Array(UnsafeBufferPointer(start: raw.pointee.elements, count: Int(raw.pointee.size))) }
        set {
            total?.giveBack((Int(raw.pointee.size) - newValue.count) * 8)
            raw.pointee.size = 0
            resize(to: UInt64(newValue.count), filling: 0)
            for (index, reference) in newValue.enumerated() { raw.pointee.elements![index] = reference }
        }
    }

    /// - Returns: nil beyond the end.
    public subscript(index: UInt64) -> Value? {
        guard index < count, let elements = raw.pointee.elements else { return nil }
        return Value(type: type.element, bits: elements[Int(index)])
    }
}
