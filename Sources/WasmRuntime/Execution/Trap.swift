/// Why a guest was stopped, and where.
public struct Trap: Error, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case unreachable
        case divisionByZero
        case integerOverflow
        case invalidConversion
        /// `count` bytes at `address`, in a memory of `size` bytes.
        case memoryBounds(address: UInt64, count: UInt64, size: UInt64)
        case tableBounds(index: UInt64, count: UInt64)
        /// An indirect call of an index beyond its table.
        case undefinedElement(index: UInt64, size: UInt64)
        case uninitializedElement(index: UInt64)
        case indirectCallTypeMismatch(index: UInt64)
        case stackExhausted(bytes: Int)
        /// A `throw_ref` of null.
        case nullReference
        /// A `throw_ref` of a reference that the host kept after the execution that it came from.
        case expiredExceptionReference
        /// More exceptions with references than `InstanceLimits.exceptionsMax`.
        case exceptionsExhausted(limit: Int)
        /// Nobody caught it. The tag's name is that of its export.
        case uncaughtException(tag: String?, values: [Value])
        /// The budget of the whole call is spent.
        case fuel(budget: UInt64)
    }

    /// A function that was running.
    public struct Frame: Hashable, Sendable, CustomStringConvertible {
        /// In the function index space of its module.
        public let function: Int
        public let name: String?
        /// Of the instruction, in bytes from the start of the module; nil where it is not known.
        public let offset: Int?

        public var description: String {
            let place = offset.map { " at offset 0x\(String($0, radix: 16))" } ?? ""
            return "\(name ?? "function[\(function)]")\(place)"
        }
    }

    public let reason: Reason
    /// Innermost first, at most `framesMax`.
    public let frames: [Frame]

    static let framesMax = 32

    public var description: String {
        guard !frames.isEmpty else { return "\(reason)" }
        return "\(reason)\n" + frames.map { "    in \($0)" }.joined(separator: "\n")
    }
}

extension Trap.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable: "unreachable executed"
        case .divisionByZero: "integer division by zero"
        case .integerOverflow: "integer overflow"
        case .invalidConversion: "invalid conversion to integer: NaN"
        case .memoryBounds(let address, let count, let size):
            "out of bounds memory access: \(count) bytes at 0x\(String(address, radix: 16)), memory is \(size) bytes"
        case .tableBounds(let index, let count): "out of bounds table access: \(count) elements at \(index)"
        case .undefinedElement(let index, let size): "undefined element: index \(index), table has \(size)"
        case .uninitializedElement(let index): "uninitialized element \(index)"
        case .indirectCallTypeMismatch(let index): "indirect call type mismatch: element \(index)"
        case .stackExhausted(let bytes): "call stack exhausted: \(bytes) bytes"
        case .nullReference: "null exception reference"
        case .expiredExceptionReference: "the reference to a caught exception names none any more"
        case .exceptionsExhausted(let limit): "more than \(limit) exceptions are referred to at once"
        case .uncaughtException(let tag, let values):
            "uncaught exception \(tag ?? "of a tag without a name"): (\(values.map(\.description).joined(separator: ", ")))"
        case .fuel(let budget): "fuel exhausted: the call's budget was \(budget) instructions"
        }
    }
}
