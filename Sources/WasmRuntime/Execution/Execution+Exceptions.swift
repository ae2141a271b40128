import CWasmCore

/// Throwing: the core has stopped at a `throw`, or a host function has thrown. Frame by frame, from the innermost, the
/// tables of the functions are asked who catches; bridges between instances are frames too.
extension Execution {
    func throwException() -> Outcome? {
        let tag = instance.tags[Int(raw.pointee.operand)]
        let values = UnsafeBufferPointer(
            start: raw.pointee.frame! + Int(raw.pointee.operand2), count: tag.type.parameterSlots)
        return unwind(ThrownException(tag: tag, values: Array(values)))
    }

    func throwReference() -> Outcome? {
        guard let exception = store.exceptions[raw.pointee.operand] else {
            return .trapped(trap(.expiredExceptionReference))
        }
        return unwind(exception)
    }

    /// - Parameter header: of the bridge to the host function.
    func throwFromHost(_ exception: GuestException, header: Int) -> Outcome? {
        var values = [UInt64](repeating: 0, count: exception.tag.type.parameterSlots)
        values.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { exception.values.write(to: base) } }
        return unwind(ThrownException(tag: exception.tag, values: values), behindBridge: header)
    }

    /// Goes on where the exception is caught.
    /// - Returns: the outcome, where the guest does not go on.
    private func unwind(_ exception: ThrownException, behindBridge bridge: Int? = nil) -> Outcome? {
        var frame = raw.pointee.frame!
        var pc = UnsafePointer(raw.pointee.pc!)
        var instance = instance
        // A return address is the word behind the call.
        var distance = 0
        var header = bridge
        var refused = 0
        while true {
            if header == nil, pc.pointee == Self.bridgeLeave {
                let shape = Int(CodeBuffer.immediate(pc[1]))
                instance = store.instances[Int(frame[shape + 2])]
                header = shape
            }
            if header == nil {
                guard let extent = instance.code.extent(at: pc) else { break }
                let word = pc - extent.start - distance
                if let clause = extent.handlers?.clause(
                    guarding: word, for: exception.tag, of: instance.tags, refused: &refused)
                {
                    return land(exception, clause, frame, extent, instance, refused: refused)
                }
                header = extent.header
            }
            guard let place = header else { break }
            let caller = frame[place]
            pc = UnsafePointer(bitPattern: UInt(frame[place + 1]))!
            guard caller != UInt64(UInt(bitPattern: frame)) else { break }
            frame = UnsafeMutablePointer(bitPattern: UInt(caller))!
            distance = 1
            header = nil
        }
        let values = exception.values.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { Value.list(exception.tag.type.parameters, at: $0) } ?? []
        }
        return .trapped(trap(.uncaughtException(tag: exception.tag.name, values: values)))
    }

    private static let bridgeLeave = OperationTable.handlers[Int(~WASM_OP_bridge_leave)]

    /// So many clauses that do not match cost one unit of fuel: more than code with hand-written handlers has on any way.
    private static let refusedClausesPerFuel = 16

    private func land(
        _ exception: ThrownException, _ clause: CatchClause, _ frame: UnsafeMutablePointer<UInt64>,
        _ extent: CodeExtent, _ instance: InstanceStorage, refused: Int
    ) -> Outcome? {
        var reference: UInt64 = 0
        if clause.takesReference {
            guard let kept = store.keep(exception) else {
                return .trapped(trap(.exceptionsExhausted(limit: store.limits.exceptionsMax)))
            }
            reference = kept
        }
        var slot = frame + Int(clause.slot)
        if clause.tag != CatchClause.anyTag {
            for value in exception.values {
                slot.pointee = value
                slot += 1
            }
        }
        if clause.takesReference { slot.pointee = reference }
        raw.pointee.frame = frame
        raw.pointee.pc = extent.start + Int(clause.target)
        raw.pointee.context = instance.context
        raw.pointee.fuel -= Int64(clause.cost) + Int64(refused / Self.refusedClausesPerFuel)
        // As for any branch: fuel is checked at the start of a loop only.
        return clause.isLoop && raw.pointee.fuel < 0 ? .outOfFuel : nil
    }
}
