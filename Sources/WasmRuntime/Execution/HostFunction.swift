/// A function of the host's that guests can import.
public struct HostFunction {
    enum Behavior {
        case immediate((inout HostCall) throws -> Void)
        case suspending
    }

    public let type: FunctionType
    let behavior: Behavior
    /// Whether its parameters or results take more slots than one each.
    let hasVectors: Bool

    /// A function that answers at once, on the thread that runs the guest.
    /// - Parameter body: what it throws ends the guest's call with `Execution.Outcome.failed`, unless it is a
    ///   `HostSuspension`.
    public init(_ type: FunctionType, _ body: @escaping (inout HostCall) throws -> Void) {
        self.type = type
        hasVectors = type.hasVectors
        behavior = .immediate(body)
    }

    private init(suspending type: FunctionType) {
        self.type = type
        hasVectors = type.hasVectors
        behavior = .suspending
    }

    /// A function whose call hands the guest back to whoever runs it (`Execution.Outcome.suspended`), to be resumed
    /// with the results at any later time.
    public static func suspending(_ type: FunctionType) -> HostFunction { HostFunction(suspending: type) }
}

/// What a host function throws to leave this one call to whoever runs the guest, as functions made by `suspending` do with
/// all of theirs. It must not have set a result.
public struct HostSuspension: Error {
    public init() {}
}

/// A guest's call of a host function, while it is being answered.
public struct HostCall: ~Copyable {
    // Safety: the slots of the call's frame; valid while the host function runs. Indices are checked against `type`.
    private let slots: UnsafeMutablePointer<UInt64>
    public let type: FunctionType
    /// The calling instance's memory, if it has one.
    public let memory: Memory?
    private let hasVectors: Bool

    init(slots: UnsafeMutablePointer<UInt64>, function: HostFunction, memory: Memory?) {
        self.slots = slots
        type = function.type
        hasVectors = function.hasVectors
        self.memory = memory
    }

    private func slot(_ index: Int, of types: [ValueType]) -> Int { hasVectors ? types.slot(of: index) : index }

    /// - Precondition: `index` is one of the parameters.
    public subscript(index: Int) -> Value {
        Value(type: type.parameters[index], at: slots + slot(index, of: type.parameters))
    }

    /// The bits of parameter `index` as 32 bits.
    public func u32(_ index: Int) -> UInt32 {
        precondition(index < type.parameters.count)
        return UInt32(truncatingIfNeeded: slots[slot(index, of: type.parameters)])
    }

    /// The bits of parameter `index`; of a `v128` the lower half.
    public func u64(_ index: Int) -> UInt64 {
        precondition(index < type.parameters.count)
        return slots[slot(index, of: type.parameters)]
    }

    /// Sets result `index`. Results and parameters share their places: read all parameters first.
    public mutating func setResult(_ value: Value, at index: Int = 0) {
        precondition(type.results[index] == value.type)
        value.write(to: slots + slot(index, of: type.results))
    }

    /// Sets the only result of a function that returns an i32.
    public mutating func setResult(u32 value: UInt32) {
        precondition(type.results == [.i32])
        slots[0] = UInt64(value)
    }
}
