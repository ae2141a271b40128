import CWasmCore

/// One call into a guest: plain data that runs when told to, and stops at a host call, a trap, the end of its fuel, or
/// its own end. Nothing of it is on the native stack in between.
public final class Execution {
    public enum Outcome {
        case finished([Value])
        case trapped(Trap)
        /// A host function threw.
        case failed(any Error)
        /// A suspending host function was called: `resume` continues.
        case suspended(SuspendedCall)
        /// The slice is used up, the budget is not: `run` continues.
        case outOfFuel
    }

    /// A guest's call of a suspending host function.
    public struct SuspendedCall {
        public let name: String
        public let type: FunctionType
        public let arguments: [Value]
        public let memory: Memory?
    }

    /// More than anybody can spend, and far enough from the end of the range: branches also give fuel back.
    static let fuelMax: UInt64 = 1 << 62

    private enum State { case ready, running, suspended(FunctionType), ended }

    public let function: Function
    let store: Store
    private var stack: GuestStack?
    let raw: UnsafeMutablePointer<WasmExecution>
    private var state = State.ready
    let budget: UInt64?
    private var fuelLeft: Int64
    /// Fuel spent so far, in source instructions.
    public var fuelUsed: UInt64 { UInt64(max(0, fuelSpent)) }
    /// A slice may give some back: a branch pays less where its target's stretch is charged later.
    private var fuelSpent: Int64 = 0

    /// Prepares a call; nothing runs yet.
    /// - Parameters:
    ///   - arguments: of the function's parameter types.
    ///   - fuel: what the whole call may spend; nil for no limit.
    /// - Throws: `InstantiationError.tooLarge` if there is no room for a stack.
    /// - Precondition: the arguments' types are the function's.
    public convenience init(
        calling function: Function, _ arguments: [Value], fuel: UInt64? = nil
    ) throws(InstantiationError) {
        precondition(arguments.map(\.type) == function.type.parameters, "argument types are not the function's")
        try self.init(restoring: function, budget: fuel, fuelUsed: 0)
        arguments.write(to: raw.pointee.stack_base!)
        if store.hosts[function.reference] == nil, wasm_core_enter(raw, function.reference, store.raw) == 0 {
            raw.pointee.trap = WASM_TRAP_STACK_EXHAUSTED.rawValue
        }
    }

    /// A call whose frames the caller puts onto its stack.
    init(restoring function: Function, budget: UInt64?, fuelUsed: UInt64) throws(InstantiationError) {
        self.function = function
        store = function.store
        guard let stack = store.takeStack() else {
            throw .tooLarge("a stack of \(store.limits.stackBytesMax) bytes")
        }
        self.stack = stack
        self.budget = budget
        fuelSpent = Int64(min(fuelUsed, Self.fuelMax))
        fuelLeft = Int64(min(budget ?? .max, Self.fuelMax)) - (budget == nil ? 0 : fuelSpent)
        raw = .allocate(capacity: 1)
        raw.initialize(
            to: WasmExecution(
                pc: nil, frame: stack.base, context: nil, fuel: 0, stack_base: stack.base, stack_limit: stack.limit,
                status: WASM_STATUS_FINISHED, trap: 0, operand: 0, operand2: 0, memory_size: 0))
        store.remember(raw)
    }

    deinit {
        if let stack {
            store.forget(raw)
            store.giveBack(stack)
        }
        raw.deallocate()
    }

    /// Runs until there is an outcome.
    /// - Parameter slice: fuel after which to stop with `.outOfFuel`, so that others get their turn.
    /// - Precondition: it has not ended, and is not waiting for `resume`.
    public func run(slice: UInt64 = .max) -> Outcome {
        guard case .ready = state else { preconditionFailure("this execution cannot run now") }
        if raw.pointee.trap != 0 { return end(.trapped(trap(.stackExhausted(bytes: store.limits.stackBytesMax)))) }
        if let host = store.hosts[function.reference], raw.pointee.pc == nil { return callHost(host) }
        state = .running
        let given = min(Int64(clamping: slice), fuelLeft)
        raw.pointee.fuel = given
        let outcome = loop()
        let used = given - raw.pointee.fuel
        fuelSpent += used
        if budget != nil { fuelLeft -= used }
        if case .outOfFuel = outcome, budget != nil, fuelLeft < 0 {
            return end(.trapped(trap(.fuel(budget: budget ?? 0))))
        }
        switch outcome {
        case .outOfFuel:
            state = .ready
            return outcome
        case .suspended: return outcome
        default: return end(outcome)
        }
    }

    /// Answers the host call that the execution is suspended in; `run` continues it.
    /// - Precondition: it is suspended, and the results are of the host function's types.
    public func resume(returning results: [Value]) {
        guard case .suspended(let type) = state else { preconditionFailure("this execution is not suspended") }
        precondition(results.map(\.type) == type.results, "result types are not the host function's")
        results.write(to: raw.pointee.frame!)
        state = .ready
    }

    /// The host call that the execution is suspended in.
    public var pendingCall: SuspendedCall? {
        guard case .suspended = state, let host = store.hosts[raw.pointee.operand], let slots = raw.pointee.frame else {
            return nil
        }
        return suspendedCall(host, slots, instance.memory)
    }

    // MARK: Snapshots

    var isSuspended: Bool { if case .suspended = state { true } else { false } }

    var stackLimit: UnsafeMutablePointer<UInt64> { raw.pointee.stack_limit! }

    /// Its frames are those of a call that waits for a host function of this type.
    func suspend(in type: FunctionType) { state = .suspended(type) }

    func requireStopped() throws(SnapshotError) {
        switch state {
        case .ready, .suspended: return
        case .running: throw .callIsRunning
        case .ended: throw .callHasEnded
        }
    }

    // MARK: The loop around the core

    private func loop() -> Outcome {
        while true {
            switch wasm_core_run(raw) {
            case WASM_STATUS_FINISHED: return .finished(results())
            case WASM_STATUS_OUT_OF_FUEL: return .outOfFuel
            case WASM_STATUS_HOST_CALL: if let outcome = hostCall() { return outcome }
            case WASM_STATUS_TRANSLATE:
                let code = instance.code.code(of: Int(raw.pointee.operand))
                if wasm_core_enter_translated(raw, code) == 0 {
                    return .trapped(trap(.stackExhausted(bytes: store.limits.stackBytesMax)))
                }
            case WASM_STATUS_MEMORY_GROW:
                let memory = instance.memories[Int(raw.pointee.operand2 >> 16)]
                let grown = memory.grow(by: raw.pointee.operand) ?? memory.type.address.refusal
                raw.pointee.frame![Int(raw.pointee.operand2 & 0xFFFF)] = grown
            case WASM_STATUS_TABLE_GROW: growTable()
            case WASM_STATUS_THROW: if let outcome = throwException() { return outcome }
            case WASM_STATUS_THROW_REF: if let outcome = throwReference() { return outcome }
            default: return .trapped(trap(reason()))
            }
        }
    }

    /// The instance whose code runs.
    var instance: InstanceStorage { store.instances[Int(raw.pointee.context!.pointee.index)] }

    private func growTable() {
        let frame = raw.pointee.frame!
        let slots = raw.pointee.operand2
        let table = instance.tables[Int(raw.pointee.trap)]
        raw.pointee.trap = 0
        let grown = table.grow(by: raw.pointee.operand, filling: frame[Int(slots >> 16)])
        frame[Int(slots & 0xFFFF)] = grown ?? table.type.address.refusal
    }

    private func hostCall() -> Outcome? {
        let reference = raw.pointee.operand
        return store.definition(of: reference)._withUnsafeGuaranteedRef { definition in
            let slots = raw.pointee.frame!
            guard case .immediate(let body) = definition.behavior else { return suspend(in: reference, slots) }
            var call = HostCall(slots: slots, definition, memory: raw.pointee.context!.pointee.memory)
            do { try body(&call) } catch let exception as GuestException {
                return throwFromHost(exception, header: definition.type.headerSlot)
            } catch is HostSuspension {
                return suspend(in: reference, slots)
            } catch { return .failed(error) }
            return nil
        }
    }

    private func suspend(in reference: UInt64, _ slots: UnsafePointer<UInt64>) -> Outcome {
        guard let host = store.hosts[reference] else { preconditionFailure("no such host function") }
        state = .suspended(host.function.type)
        return .suspended(suspendedCall(host, slots, instance.memory))
    }

    private func suspendedCall(_ host: Store.Host, _ slots: UnsafePointer<UInt64>, _ memory: Memory?) -> SuspendedCall {
        let arguments = Value.list(host.function.type.parameters, at: slots)
        return SuspendedCall(name: host.name, type: host.function.type, arguments: arguments, memory: memory)
    }

    /// A host function called by the host itself.
    private func callHost(_ host: Store.Host) -> Outcome {
        let slots = raw.pointee.stack_base!
        switch host.function.behavior {
        case .immediate(let body):
            var call = HostCall(slots: slots, host.function.definition, memory: nil)
            do { try body(&call) } catch let exception as GuestException {
                let reason = Trap.Reason.uncaughtException(tag: exception.tag.name, values: exception.values)
                return end(.trapped(Trap(reason: reason, frames: [])))
            } catch { return end(.failed(error)) }
            return end(.finished(results()))
        case .suspending: preconditionFailure("a suspending host function can be called by guests only")
        }
    }

    private func results() -> [Value] {
        Value.list(function.type.results, at: raw.pointee.stack_base!)
    }

    private func end(_ outcome: Outcome) -> Outcome {
        state = .ended
        if let stack {
            store.forget(raw)
            store.giveBack(stack)
        }
        stack = nil
        store.releaseExceptions()
        return outcome
    }

    // MARK: Traps

    private func reason() -> Trap.Reason {
        let (first, second) = (raw.pointee.operand, raw.pointee.operand2)
        switch raw.pointee.trap {
        case WASM_TRAP_UNREACHABLE.rawValue: return .unreachable
        case WASM_TRAP_DIVISION_BY_ZERO.rawValue: return .divisionByZero
        case WASM_TRAP_INTEGER_OVERFLOW.rawValue: return .integerOverflow
        case WASM_TRAP_INVALID_CONVERSION.rawValue: return .invalidConversion
        case WASM_TRAP_MEMORY_BOUNDS.rawValue:
            return .memoryBounds(address: first, count: second, size: raw.pointee.memory_size)
        case WASM_TRAP_TABLE_BOUNDS.rawValue: return .tableBounds(index: first, count: second)
        case WASM_TRAP_UNDEFINED_ELEMENT.rawValue: return .undefinedElement(index: first, size: second)
        case WASM_TRAP_UNINITIALIZED_ELEMENT.rawValue: return .uninitializedElement(index: first)
        case WASM_TRAP_NULL_REFERENCE.rawValue: return .nullReference
        case WASM_TRAP_TYPE_MISMATCH.rawValue: return .indirectCallTypeMismatch(index: first)
        default: return .stackExhausted(bytes: store.limits.stackBytesMax)
        }
    }

    func trap(_ reason: Trap.Reason) -> Trap { Trap(reason: reason, frames: backtrace()) }

    /// The functions that were running, innermost first.
    private func backtrace() -> [Trap.Frame] {
        guard var pc = raw.pointee.pc, var frame = raw.pointee.frame, raw.pointee.context != nil else { return [] }
        var frames: [Trap.Frame] = []
        var sources = SourceOffsets()
        var isReturn = false
        while frames.count < Trap.framesMax {
            let header: Int
            if let bridge = store.bridgeHeader(pc) {
                header = bridge
            } else if let place = locate(pc) {
                header = place.header
                let offset = place.word.flatMap {
                    sources.offset(place.code, function: place.function, word: $0, isReturn: isReturn)
                }
                frames.append(
                    Trap.Frame(
                        function: place.function, name: place.code.functionNames[place.function], offset: offset))
            } else {
                break
            }
            let caller = frame[header]
            pc = UnsafePointer(bitPattern: UInt(frame[header + 1]))!
            guard caller != UInt64(UInt(bitPattern: frame)) else { break }
            frame = UnsafeMutablePointer(bitPattern: UInt(caller))!
            isReturn = true
        }
        return frames
    }

    private func locate(
        _ pc: UnsafePointer<UInt64>
    ) -> (code: ModuleCode, function: Int, header: Int, word: Int?)? {
        for instance in store.instances {
            if let place = instance.code.locate(pc) {
                return (instance.code, place.function, place.header, place.word)
            }
        }
        return nil
    }
}
