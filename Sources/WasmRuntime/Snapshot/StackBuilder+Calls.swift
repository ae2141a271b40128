import CWasmCore

/// What leads from one frame to the next.
extension StackBuilder {
    /// Finds the place of a callee's frame and lets it return to its caller. If it runs in another instance, the frame of
    /// a bridge lies in between.
    mutating func seat(
        _ reference: UInt64, _ instance: InstanceStorage, above caller: Placed?, _ execution: Execution, _ slots: Int
    ) throws(SnapshotError) -> UnsafeMutablePointer<UInt64> {
        let header = store.type(of: reference).headerSlot
        guard let caller else { return try outermost(reference, header, execution, slots) }
        guard let stop = caller.stop, canCall(reference, instance, from: caller, stop) else {
            throw impossible("its caller does not call this function")
        }
        var start = caller.frame + stop.calleeSlot
        let isBridged = instance !== caller.instance
        guard slots + (isBridged ? header + 3 : 0) <= execution.stackLimit - start else { throw tooDeep() }
        var (returnFrame, returnCode) = (caller.frame, caller.next)
        if isBridged {
            start[header] = UInt64(UInt(bitPattern: returnFrame))
            start[header + 1] = UInt64(UInt(bitPattern: returnCode))
            start[header + 2] = caller.instance.context.pointee.index
            (returnFrame, returnCode) = (start, store.bridgeReturn(to: reference))
            start += header + 3
        }
        start[header] = UInt64(UInt(bitPattern: returnFrame))
        start[header + 1] = UInt64(UInt(bitPattern: returnCode))
        return start
    }

    /// The outermost function's frame, or that of the one that it has left its place to.
    private func outermost(
        _ reference: UInt64, _ header: Int, _ execution: Execution, _ slots: Int
    ) throws(SnapshotError) -> UnsafeMutablePointer<UInt64> {
        let called = execution.function.reference
        guard called == reference || leaves(called, to: reference) else {
            throw impossible("not of the function that was called")
        }
        guard wasm_core_enter(execution.raw, called, store.raw) != 0 else { throw tooDeep() }
        let start = execution.raw.pointee.stack_base!
        guard slots <= execution.stackLimit - start else { throw tooDeep() }
        let end = start[store.type(of: called).headerSlot + 1]
        start[header] = UInt64(UInt(bitPattern: start))
        start[header + 1] = end
        return start
    }

    /// Whether a frame's call instruction can have led to a function: has called it, or one that left its place to it.
    private mutating func canCall(
        _ reference: UInt64, _ instance: InstanceStorage, from caller: Placed, _ stop: StopPoint
    ) -> Bool {
        // A host function runs in the instance that calls it.
        let isDirect = store.hosts[reference] == nil || instance === caller.instance
        let type = store.type(of: reference)
        switch caller.instance.callee(at: stop.offset) {
        case .function(let called): return called == reference && isDirect || leaves(called, to: reference)
        case .type(let called):
            return called == type && isDirect || called.results == type.results && leavingTypes().contains(called)
        case nil: return false
        }
    }

    /// Whether a function may leave its place to another by tail calls.
    private func leaves(_ called: UInt64, to reference: UInt64) -> Bool {
        guard let place = references.place(of: called) else { return false }
        let code = store.instances[place.instance].code
        return code.summaries[place.function - code.contents.importedFunctionCount].hasTailCalls
            && store.type(of: called).results == store.type(of: reference).results
    }

    private mutating func leavingTypes() -> Set<FunctionType> {
        if let knownLeavingTypes { return knownLeavingTypes }
        var types: Set<FunctionType> = []
        for code in store.instances.map(\.code) {
            for (index, summary) in code.summaries.enumerated() where summary.hasTailCalls {
                types.insert(code.contents.type(ofFunction: code.contents.importedFunctionCount + index))
            }
        }
        knownLeavingTypes = types
        return types
    }
}

extension InstanceStorage {
    fileprivate enum Callee {
        case function(UInt64)
        case type(FunctionType)
    }

    /// What the call instruction at `offset` in the module calls.
    /// - Parameter offset: of a stop point that a translation has recorded.
    fileprivate func callee(at offset: Int) -> Callee? {
        var reader = CodeReader(code.bytes, at: offset)
        switch reader.code() {
        case 0x10: return .function(functions[Int(reader.u32())])
        case 0x11: return .type(code.contents.types[Int(reader.u32())])
        default: return nil
        }
    }
}
