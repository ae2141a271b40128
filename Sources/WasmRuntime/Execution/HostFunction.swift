/// A function of the host's that guests can import.
public struct HostFunction {
    enum Behavior {
        case immediate((inout HostCall) throws -> Void)
        case suspending
    }

    public let type: FunctionType
    let behavior: Behavior

    /// A function that answers at once, on the thread that runs the guest.
    /// - Parameter body: what it throws ends the guest's call with `Execution.Outcome.failed`.
    public init(_ type: FunctionType, _ body: @escaping (inout HostCall) throws -> Void) {
        self.type = type
        behavior = .immediate(body)
    }

    private init(suspending type: FunctionType) {
        self.type = type
        behavior = .suspending
    }

    /// A function whose call hands the guest back to whoever runs it (`Execution.Outcome.suspended`), to be resumed
    /// with the results at any later time.
    public static func suspending(_ type: FunctionType) -> HostFunction { HostFunction(suspending: type) }
}

/// A guest's call of a host function, while it is being answered.
public struct HostCall: ~Copyable {
    // Safety: the slots of the call's frame; valid while the host function runs. Indices are checked against `type`.
    private let slots: UnsafeMutablePointer<UInt64>
    public let type: FunctionType
    /// The calling instance's memory, if it has one.
    public let memory: Memory?

    init(slots: UnsafeMutablePointer<UInt64>, type: FunctionType, memory: Memory?) {
        self.slots = slots
        self.type = type
        self.memory = memory
    }

    /// - Precondition: `index` is one of the parameters.
    public subscript(index: Int) -> Value {
        Value(type: type.parameters[index], bits: slots[index])
    }

    /// The bits of parameter `index` as 32 bits.
    public func u32(_ index: Int) -> UInt32 {
        precondition(index < type.parameters.count)
        return UInt32(truncatingIfNeeded: slots[index])
    }

    public func u64(_ index: Int) -> UInt64 {
        precondition(index < type.parameters.count)
        return slots[index]
    }

    /// Sets result `index`. Results and parameters share their places: read all parameters first.
    public mutating func setResult(_ value: Value, at index: Int = 0) {
        precondition(type.results[index] == value.type)
        slots[index] = value.bits
    }

    /// Sets the only result of a function that returns an i32.
    public mutating func setResult(u32 value: UInt32) {
        precondition(type.results == [.i32])
        slots[0] = UInt64(value)
    }
}
