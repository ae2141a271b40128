import CWasmCore

/// A global variable of a store.
public final class Global {
    // Safety: points into `owner`'s memory, or into memory of its own; as many slots as the type takes.
    let cell: UnsafeMutablePointer<UInt64>
    public let type: GlobalType
    private let owner: AnyObject?

    /// A global of an instance.
    init(_ type: GlobalType, cell: UnsafeMutablePointer<UInt64>, owner: AnyObject) {
        self.type = type
        self.cell = cell
        self.owner = owner
    }

    /// A global of the host's.
    public init(_ value: Value, isMutable: Bool = false) {
        type = GlobalType(value: value.type, isMutable: isMutable)
        cell = .allocate(capacity: value.type.slots)
        value.write(to: cell)
        owner = nil
    }

    deinit { if owner == nil { cell.deallocate() } }

    public var value: Value { Value(type: type.value, at: cell) }

    /// - Precondition: the global is mutable and of the value's type.
    public func set(_ value: Value) {
        precondition(type.isMutable && value.type == type.value)
        value.write(to: cell)
    }
}
