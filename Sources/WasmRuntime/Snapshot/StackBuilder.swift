import CWasmCore

/// Puts the frames of a snapshot onto stacks, where this translation wants them. Nothing about a frame is believed:
/// its place must be a stop point of its function, and its values those that the code has there.
struct StackBuilder {
    /// A frame that has its place.
    // Safety: `seat` has checked that all slots of the frame, which the translator counts, lie on the call's stack; places
    // and words are those of the function's own translation, never of the snapshot.
    struct Placed {
        let frame: UnsafeMutablePointer<UInt64>
        let instance: InstanceStorage
        let map: FrameMap
        /// nil at the function's entry.
        let stop: StopPoint?
        /// The function's words.
        let code: UnsafePointer<UInt64>

        /// Where the code goes on once fuel is there, or the callee has returned.
        var next: UnsafePointer<UInt64> { code + (stop?.word ?? map.entry) }
    }

    let store: Store
    let references: ReferenceMap
    private var maps = FrameMaps()
    /// Types of functions that make tail calls, once somebody has asked.
    var knownLeavingTypes: Set<FunctionType>?
    private var callIndex = 0
    private var frameIndex = 0

    init(_ store: Store, _ references: ReferenceMap) {
        self.store = store
        self.references = references
    }

    mutating func build(_ calls: [StoredCall]) throws(SnapshotError) -> [Execution] {
        for frame in calls.lazy.flatMap(\.frames) {
            maps.want(
                store.instances[frame.instance].code, frame.function, offset: frame.offset,
                operands: frame.operands.count)
        }
        maps.make()
        var executions: [Execution] = []
        for (index, call) in calls.enumerated() {
            callIndex = index
            executions.append(try build(call))
        }
        return executions
    }

    func impossible(_ what: String) -> SnapshotError {
        .impossibleFrame(call: callIndex, frame: frameIndex, what)
    }

    private mutating func build(_ call: StoredCall) throws(SnapshotError) -> Execution {
        frameIndex = 0
        guard references.place(of: call.function) != nil else { throw impossible("it is of the host's own") }
        let execution: Execution
        do {
            execution = try Execution(
                restoring: Function(store: store, reference: call.function), budget: call.budget,
                fuelUsed: call.fuelUsed)
        } catch {
            throw .tooLarge("\(error)")
        }
        var top: Placed?
        for (index, frame) in call.frames.enumerated() {
            frameIndex = index
            let isInnermost = index == call.frames.count - 1
            top = try place(frame, above: top, execution, isCall: !isInnermost || call.stop != .inFrame)
        }
        if let host = call.host { try place(host, call.stop, above: top, execution) }
        if call.host == nil, let top {
            execution.raw.pointee.context = top.instance.context
            execution.raw.pointee.frame = top.frame
            execution.raw.pointee.pc = top.next
        }
        return execution
    }

    // MARK: Frames

    private mutating func place(
        _ frame: StoredFrame, above caller: Placed?, _ execution: Execution, isCall: Bool
    ) throws(SnapshotError) -> Placed {
        let instance = store.instances[frame.instance]
        let map = maps[instance.code, frame.function]
        let stop = try stopPoint(frame, instance, map, isCall: isCall)
        let start = try seat(instance.functions[frame.function], instance, above: caller, execution, map.frameSlots)
        try fill(start, frame, map, stop)
        let code = instance.code.code(of: frame.function) - map.entry
        return Placed(frame: start, instance: instance, map: map, stop: stop, code: code)
    }

    func tooDeep() -> SnapshotError { .tooLarge("a stack of more than \(store.limits.stackBytesMax) bytes") }

    /// - Returns: nil for the function's entry.
    private func stopPoint(
        _ frame: StoredFrame, _ instance: InstanceStorage, _ map: FrameMap, isCall: Bool
    ) throws(SnapshotError) -> StopPoint? {
        guard frame.locals.lazy.map(\.type).elementsEqual(map.locals.lazy.map(\.type)) else {
            throw impossible("not its function's locals")
        }
        if frame.offset == instance.code.entryOffset(of: frame.function), !isCall {
            guard frame.operands.isEmpty else { throw impossible("operands at the function's entry") }
            return nil
        }
        let place = "0x\(String(frame.offset, radix: 16))"
        guard let stop = map.stops[frame.offset], (stop.kind == .call) == isCall else {
            throw impossible("\(place) is no \(isCall ? "call" : "stop point") of function \(frame.function)")
        }
        guard stop.operandCount == frame.operands.count else {
            throw impossible("\(frame.operands.count) operands at \(place), where the code has \(stop.operandCount)")
        }
        guard frame.operands.lazy.map(\.type).elementsEqual(stop.operands.lazy.map(\.type)) else {
            throw impossible("operands of other types than the code has at \(place)")
        }
        return stop
    }

    private func fill(
        _ start: UnsafeMutablePointer<UInt64>, _ frame: StoredFrame, _ map: FrameMap, _ stop: StopPoint?
    ) throws(SnapshotError) {
        // Before the entry further locals have no values yet; the code will zero them.
        for (value, local) in zip(frame.locals, map.locals) where stop != nil || local.isParameter {
            value.write(to: start + local.slot)
        }
        guard let stop else { return }
        for (index, bits) in map.constants.enumerated() { start[map.layout.firstConstant + index] = bits }
        for (value, operand) in zip(frame.operands, stop.operands) {
            try put(value.bits, operand.place, start)
            if let upper = operand.upper { try put(value.upperBits, upper, start) }
        }
    }

    /// Puts an operand, or half of one, where the code expects it.
    private func put(
        _ bits: UInt64, _ place: StopPoint.Operand.Place, _ start: UnsafeMutablePointer<UInt64>
    ) throws(SnapshotError) {
        switch place {
        case .slot(let slot): start[slot] = bits
        case .local(let slot):
            guard start[slot] == bits else { throw impossible("an operand that differs from its local") }
        case .constant(let constant):
            guard constant == bits else { throw impossible("an operand that differs from the code's constant") }
        }
    }

    /// The call of a host function, above the innermost frame.
    private mutating func place(
        _ host: StoredCall.HostFunctionCall, _ stop: SnapshotFormat.Stop, above caller: Placed?, _ execution: Execution
    ) throws(SnapshotError) {
        guard store.hosts[host.reference] != nil else { throw impossible("it calls the host in a guest's function") }
        let type = store.type(of: host.reference)
        let instance = store.instances[host.instance]
        let start = try seat(host.reference, instance, above: caller, execution, type.headerSlot + 2)
        guard host.values.map(\.type) == (stop == .afterHostFunction ? type.results : type.parameters) else {
            throw impossible("not the values of the host function that it calls")
        }
        host.values.write(to: start)
        let bridge = store.raw.pointee.functions[Int(host.reference)].bridge
        execution.raw.pointee.context = instance.context
        execution.raw.pointee.frame = start
        // The operation behind the bridge's first one returns to the caller.
        execution.raw.pointee.pc = stop == .beforeHostFunction ? bridge : bridge + 1
        execution.raw.pointee.operand = host.reference
        if stop == .inHostFunction { execution.suspend(in: type) }
    }
}
