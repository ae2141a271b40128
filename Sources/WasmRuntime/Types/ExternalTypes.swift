/// Bounds of a memory (in pages of 64 KiB) or a table (in elements).
public struct SizeRange: Hashable, Sendable, CustomStringConvertible {
    public let minimum: UInt64
    public let maximum: UInt64?

    public init(minimum: UInt64, maximum: UInt64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether something of `size` now, and bounded by `self`, may be imported where `required` is declared.
    func satisfies(_ required: SizeRange, currentSize: UInt64) -> Bool {
        guard currentSize >= required.minimum else { return false }
        guard let limit = required.maximum else { return true }
        return maximum.map { $0 <= limit } ?? false
    }

    public var description: String { maximum.map { "\(minimum)...\($0)" } ?? "\(minimum)..." }
}

/// With what a memory or a table is addressed.
public enum AddressType: Hashable, Sendable {
    case i32, i64

    var value: ValueType { self == .i32 ? .i32 : .i64 }
    /// What growing gives where it is refused: -1.
    var refusal: UInt64 { self == .i32 ? 0xFFFF_FFFF : .max }
    /// For descriptions: nothing for what is usual.
    var prefix: String { self == .i32 ? "" : "i64 " }
}

public struct TableType: Hashable, Sendable {
    public let element: ValueType
    public let size: SizeRange
    public let address: AddressType

    public init(element: ValueType, size: SizeRange, address: AddressType = .i32) {
        self.element = element
        self.size = size
        self.address = address
    }
}

/// `size` counts pages of 64 KiB.
public struct MemoryType: Hashable, Sendable {
    public let size: SizeRange
    public let address: AddressType

    public init(size: SizeRange, address: AddressType = .i32) {
        self.size = size
        self.address = address
    }

    public static let pageBytes: UInt64 = 65_536
}

public struct GlobalType: Hashable, Sendable {
    public let value: ValueType
    public let isMutable: Bool

    public init(value: ValueType, isMutable: Bool) {
        self.value = value
        self.isMutable = isMutable
    }
}

/// The type of something that a module imports or exports.
public enum ExternalType: Hashable, Sendable, CustomStringConvertible {
    case function(FunctionType)
    case table(TableType)
    case memory(MemoryType)
    case global(GlobalType)
    /// A kind of exception: its values are the parameters.
    case tag(FunctionType)

    public var description: String {
        switch self {
        case .function(let type): "func \(type)"
        case .table(let type): "table \(type.address.prefix)\(type.size) \(type.element)"
        case .memory(let type): "memory \(type.address.prefix)\(type.size) pages"
        case .tag(let type): "tag (\(type.parameters.map(\.description).joined(separator: ", ")))"
        case .global(let type): "global \(type.isMutable ? "mut " : "")\(type.value)"
        }
    }
}

/// One import of a module.
public struct Import: Hashable, Sendable {
    public let module: String
    public let name: String
    public let type: ExternalType
}

/// One export of a module.
public struct Export: Hashable, Sendable {
    public let name: String
    public let type: ExternalType
}
