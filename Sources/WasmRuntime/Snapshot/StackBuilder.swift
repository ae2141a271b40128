import CWasmCore

/// Puts the frames of a snapshot onto stacks, where this translation wants them. Nothing about a frame is believed:
/// its place must be a stop point of its function, and its values those that the code has there.
struct StackBuilder {
    /// A frame that has its place.
    private struct Placed {
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

    private let store: Store
    private let references: ReferenceMap
    /// Whether a function that was called may have given its place to another one.
    private let hasTailCalls: Bool
    private var maps = FrameMaps()
    private var callIndex = 0
    private var frameIndex = 0

    init(_ store: Store, _ references: ReferenceMap) {
        self.store = store
        self.references = references
        hasTailCalls = store.instances.contains(where: \.code.hasTailCalls)
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

    private func impossible(_ what: String) -> SnapshotError {
        .impossibleFrame(call: callIndex, frame: frameIndex, what)
    }

    private mutating func build(_ call: StoredCall) throws(SnapshotError) -> Execution {
        frameIndex = 0
        let outermost = references.reference(instance: call.frames[0].instance, function: call.frames[0].function)
        guard let outermost, store.hosts[call.function] == nil,
            outermost == call.function || canStandIn(outermost, for: store.type(of: call.function))
        else { throw impossible("not of the function that was called") }
        let execution: Execution
        do {
            execution = try Execution(
                restoring: Function(store: store, reference: call.function), budget: call.budget,
                fuelUsed: call.fuelUsed)
        } catch {
            throw .tooLarge("\(error)")
        }
        var placed: Placed?
        for (index, frame) in call.frames.enumerated() {
            frameIndex = index
            placed = try place(frame, above: placed, execution, isInnermost: index == call.frames.count - 1, call)
        }
        if let placed { try stop(execution, placed, call) }
        return execution
    }

    // MARK: Frames

    private func place(
        _ frame: StoredFrame, above caller: Placed?, _ execution: Execution, isInnermost: Bool, _ call: StoredCall
    ) throws(SnapshotError) -> Placed {
        let instance = store.instances[frame.instance]
        let map = maps[instance.code, frame.function]
        let stop = try stopPoint(frame, instance, map, isCall: !isInnermost || call.stop != .inFrame)
        let code = instance.code.code(of: frame.function) - map.entry
        let start: UnsafeMutablePointer<UInt64>
        if let caller {
            start = try frameStart(above: caller, frame, instance, execution)
        } else {
            guard wasm_core_enter(execution.raw, call.function, store.raw) != 0 else { throw tooDeep() }
            start = execution.raw.pointee.stack_base!
            // The way out stands where the function that was called has it: it may have given its place away.
            let wayOut = start[store.type(of: call.function).headerSlot + 1]
            start[map.layout.header] = UInt64(UInt(bitPattern: start))
            start[map.layout.header + 1] = wayOut
        }
        guard map.frameSlots <= execution.stackLimit - start else { throw tooDeep() }
        if let caller { link(start, map.layout.header, caller, frame, instance) }
        try fill(start, frame, map, stop)
        return Placed(frame: start, instance: instance, map: map, stop: stop, code: code)
    }

    private func tooDeep() -> SnapshotError { .tooLarge("a stack of more than \(store.limits.stackBytesMax) bytes") }

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

    // MARK: Calls from frame to frame

    /// Where a callee's frame begins. If it is of another instance, the bridge's own frame lies in between.
    private func frameStart(
        above caller: Placed, _ frame: StoredFrame, _ instance: InstanceStorage, _ execution: Execution
    ) throws(SnapshotError) -> UnsafeMutablePointer<UInt64> {
        let reference = instance.functions[frame.function]
        let slot = try calleeSlot(of: caller, calling: reference)
        let start = caller.frame + slot
        guard instance !== caller.instance else { return start }
        let header = store.type(of: reference).headerSlot
        guard header + 3 <= execution.stackLimit - start else { throw tooDeep() }
        return start + header + 3
    }

    /// Lets a frame return to its caller.
    private func link(
        _ start: UnsafeMutablePointer<UInt64>, _ header: Int, _ caller: Placed, _ frame: StoredFrame,
        _ instance: InstanceStorage
    ) {
        var (returnFrame, returnCode) = (caller.frame, caller.next)
        if instance !== caller.instance {
            let bridge = start - header - 3
            bridge[header] = UInt64(UInt(bitPattern: returnFrame))
            bridge[header + 1] = UInt64(UInt(bitPattern: returnCode))
            bridge[header + 2] = caller.instance.context.pointee.index
            returnFrame = bridge
            returnCode = store.bridgeReturn(to: instance.functions[frame.function])
        }
        start[header] = UInt64(UInt(bitPattern: returnFrame))
        start[header + 1] = UInt64(UInt(bitPattern: returnCode))
    }

    private func calleeSlot(of caller: Placed, calling reference: UInt64) throws(SnapshotError) -> Int {
        guard let stop = caller.stop, canCall(reference, at: stop.offset, caller.instance) else {
            throw impossible("its caller does not call this function")
        }
        return stop.calleeSlot
    }

    /// Whether the call instruction at `offset` in the instance's module can have led to a function.
    private func canCall(_ reference: UInt64, at offset: Int, _ instance: InstanceStorage) -> Bool {
        var reader = CodeReader(instance.code.bytes, at: offset)
        switch reader.code() {
        case 0x10:
            let callee = instance.functions[Int(reader.u32())]
            return callee == reference || canStandIn(reference, for: store.type(of: callee))
        case 0x11:
            let type = instance.code.contents.types[Int(reader.u32())]
            return type == store.type(of: reference) || canStandIn(reference, for: type)
        default: return false
        }
    }

    /// Whether a function can have the place of one of `type` by tail calls: it must give the same.
    private func canStandIn(_ reference: UInt64, for type: FunctionType) -> Bool {
        hasTailCalls && store.type(of: reference).results == type.results
    }

    // MARK: Where the call goes on

    private func stop(_ execution: Execution, _ top: Placed, _ call: StoredCall) throws(SnapshotError) {
        execution.raw.pointee.context = top.instance.context
        guard let host = call.host else {
            execution.raw.pointee.frame = top.frame
            execution.raw.pointee.pc = top.next
            return
        }
        guard store.hosts[host.reference] != nil else { throw impossible("it calls the host in a guest's function") }
        let start = top.frame + (try calleeSlot(of: top, calling: host.reference))
        let type = store.type(of: host.reference)
        guard host.values.map(\.type) == (call.stop == .afterHostFunction ? type.results : type.parameters) else {
            throw impossible("not the values of the host function that it calls")
        }
        let header = type.headerSlot
        guard header + 2 <= execution.stackLimit - start else { throw tooDeep() }
        host.values.write(to: start)
        start[header] = UInt64(UInt(bitPattern: top.frame))
        start[header + 1] = UInt64(UInt(bitPattern: top.next))
        execution.raw.pointee.frame = start
        let bridge = store.raw.pointee.functions[Int(host.reference)].bridge
        // The operation behind the bridge's first one returns to the caller.
        execution.raw.pointee.pc = call.stop == .beforeHostFunction ? bridge : bridge + 1
        execution.raw.pointee.operand = host.reference
        if call.stop == .inHostFunction { execution.suspend(in: type) }
    }
}
