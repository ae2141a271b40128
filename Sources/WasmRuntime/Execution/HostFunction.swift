import CWasmCore

/// A function of the host's that guests can import.
public struct HostFunction {
    enum Behavior {
        case immediate((inout HostCall) throws -> Void)
        case suspending
    }

    /// What a call needs of it, in one object: the store holds that, a call only looks at it.
    final class Definition: Sendable {
        let type: FunctionType
        // Safety: called only by the thread that runs the guest.
        nonisolated(unsafe) let behavior: Behavior
        /// Whether its parameters or results take more slots than one each.
        let hasVectors: Bool
        let parameterCount: Int
        let returnsI32: Bool

        init(_ type: FunctionType, _ behavior: Behavior) {
            self.type = type
            self.behavior = behavior
            hasVectors = type.hasVectors
            parameterCount = type.parameters.count
            returnsI32 = type.results == [.i32]
        }
    }

    let definition: Definition
    public var type: FunctionType { definition.type }
    var behavior: Behavior { definition.behavior }

    /// A function that answers at once, on the thread that runs the guest.
    /// - Parameter body: what it throws ends the guest's call with `Execution.Outcome.failed`, unless it is a
    ///   `HostSuspension`.
    public init(_ type: FunctionType, _ body: @escaping (inout HostCall) throws -> Void) {
        definition = Definition(type, .immediate(body))
    }

    private init(suspending type: FunctionType) { definition = Definition(type, .suspending) }

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
    // Safety: the store that the call runs in holds both.
    private unowned(unsafe) let definition: HostFunction.Definition
    private let rawMemory: UnsafeMutablePointer<WasmMemory>?

    public var type: FunctionType { definition.type }
    /// The calling instance's memory, if it has one.
    public var memory: Memory? {
        rawMemory?.pointee.owner.map { Unmanaged<Memory>.fromOpaque($0).takeUnretainedValue() }
    }

    @inline(__always)
    init(
        slots: UnsafeMutablePointer<UInt64>, _ definition: HostFunction.Definition,
        memory: UnsafeMutablePointer<WasmMemory>?
    ) {
        self.slots = slots
        self.definition = definition
        rawMemory = memory
    }

    @inline(__always)
    private func parameterSlot(_ index: Int) -> Int {
        definition.hasVectors ? definition.type.parameters.slot(of: index) : index
    }

    /// - Precondition: `index` is one of the parameters.
    public subscript(index: Int) -> Value {
        Value(type: type.parameters[index], at: slots + parameterSlot(index))
    }

    /// The bits of parameter `index` as 32 bits.
    public func u32(_ index: Int) -> UInt32 {
        precondition(index >= 0 && index < definition.parameterCount)
        return UInt32(truncatingIfNeeded: slots[parameterSlot(index)])
    }

    /// The bits of parameter `index`; of a `v128` the lower half.
    public func u64(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < definition.parameterCount)
        return slots[parameterSlot(index)]
    }

    /// Sets result `index`. Results and parameters share their places: read all parameters first.
    public mutating func setResult(_ value: Value, at index: Int = 0) {
        precondition(type.results[index] == value.type)
        value.write(to: slots + (definition.hasVectors ? type.results.slot(of: index) : index))
    }

    /// Sets the only result of a function that returns an i32.
    public mutating func setResult(u32 value: UInt32) {
        precondition(definition.returnsI32)
        slots[0] = UInt64(value)
    }
}
