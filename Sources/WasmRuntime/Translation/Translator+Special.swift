import CWasmCore

/// Calls, returns, variables, and the way past code that is never reached.
extension Translator {
    mutating func special(_ source: Int) {
        switch source {
        case 0x00:
            code.emit(~WASM_OP_unreachable, 0)
            becomeUnreachable()
        case 0x01: pendingFuel -= 1
        case 0x02...0x04: enterBlock(source)
        case 0x05: otherwise()
        case 0x0B: endBlock()
        case 0x08: throwException()
        case 0x0A: throwReference()
        case 0x1F: enterGuarded()
        case 0x0C: branch()
        case 0x0D: branchIf()
        case 0x0E: branchTable()
        case 0x0F: emitReturnAndSkip()
        case 0x10: call()
        case 0x11: callIndirect()
        case 0x12: tailCall()
        case 0x13: tailCallIndirect()
        case 0x1A: if pop().type == ValueType.upperHalf.rawValue { _ = pop() }
        case 0x1B: select()
        case 0x1C:
            for _ in 0..<reader.u32() { _ = reader.byte() }
            select()
        case 0x20...0x22: local(source, Int(reader.u32()))
        case 0x23: getGlobal(Int(reader.u32()))
        case 0x24: setGlobal(Int(reader.u32()))
        case 0x41: pushConstant(UInt64(UInt32(bitPattern: reader.s32())), .i32)
        case 0x42: pushConstant(UInt64(bitPattern: reader.s64()), .i64)
        case 0x43: pushConstant(UInt64(reader.fixed32()), .f32)
        case 0x44: pushConstant(reader.fixed64(), .f64)
        case 0xD0: pushConstant(0, ValueType(rawValue: UInt32(reader.byte())))
        case 0xD1: intUnary(InstructionTable.rows[0x50])
        case 0xD2:
            code.emit(
                ~WASM_OP_ref_func,
                CodeBuffer.word(a: slot(atHeight: height), immediate: Int32(bitPattern: reader.u32())))
            pushSlot(ValueType.funcRef.rawValue)
        default: memoryOrTable(source)
        }
    }

    @inline(__always)
    private mutating func local(_ source: Int, _ index: Int) {
        var index = index
        if hasVectorLocals {
            index = Int(localSlots[index])
            if localTypes[index] == ValueType.v128.rawValue { return vectorLocal(source, index) }
        }
        if source == 0x20 { pushLocal(index) } else { setLocal(index, keepsOperand: source == 0x22) }
    }

    // MARK: Calls

    private mutating func call() {
        let index = Int(reader.u32())
        let callee = module.types.slots(Int(module.contents.functions[index]))
        let frame = prepareCall(callee)
        code.emit(
            ~WASM_OP_call, CodeBuffer.word(a: frame, b: header(callee), immediate: Int32(pendingFuel)),
            UInt64(UInt(bitPattern: module.entries + index)))
        finishCall(callee)
    }

    private mutating func callIndirect() {
        let type = Int(reader.u32())
        let table = Int(reader.u32())
        let callee = module.types.slots(type)
        // The index stands behind the arguments: the callee's frame covers it only once it has been read.
        let index = popCallIndex(table)
        let frame = prepareCall(callee)
        code.emit(
            ~WASM_OP_call_indirect, CodeBuffer.word(a: frame, b: index, immediate: Int32(pendingFuel)),
            CodeBuffer.word(a: table, b: header(callee), immediate: Int32(bitPattern: module.typeIDs[type])))
        finishCall(callee)
    }

    func header(_ callee: Signature) -> Int { max(callee.parameters.count, callee.results.count) }

    /// - Returns: the slot where the callee's frame begins.
    mutating func prepareCall(_ callee: Signature) -> Int {
        let count = callee.parameters.count
        spillAccumulators()
        flushTop(count)
        return slot(atHeight: height - count)
    }

    private mutating func finishCall(_ callee: Signature) {
        discard(to: height - callee.parameters.count)
        if stops.isRecording { recordStop(.call) }
        pendingFuel = 0
        boundary()
        if callee.results.count == 1 { return pushResult(callee.results[0]) }
        for type in callee.results { pushSlot(type) }
    }

    mutating func emitReturnAndSkip() {
        emitReturn()
        becomeUnreachable()
    }

    mutating func emitReturn() {
        let header = Int32(layout.header)
        func word(_ slot: Int = 0) -> UInt64 { CodeBuffer.word(a: slot, b: pendingFuel, immediate: header) }
        let count = signature.results.count
        if count == 2, signature.results[0] == ValueType.v128.rawValue { return emitVectorReturn(word()) }
        if count == 1 {
            let result = operands[height - 1]
            // It leaves by this operation.
            code.isLastPending = false
            if isInAccumulator(result) {
                code.emit(~WASM_OP_return_A, word())
            } else if isInFloatAccumulator(result) {
                let isSingle = result.type == ValueType.f32.rawValue
                code.emit(isSingle ? ~WASM_OP_return_F32 : ~WASM_OP_return_F64, word())
            } else if result.kind == .constant {
                code.emit(~WASM_OP_return_I, word(), result.bits)
            } else {
                code.emit(~WASM_OP_return_S, word(slot(of: result, atHeight: height - 1)))
            }
            return
        }
        // Results may be parameters that other results overwrite: first to their own slots, then down.
        spillAccumulators()
        flushTop(count)
        for index in 0..<count { code.emitMove(to: index, from: slot(atHeight: height - count + index)) }
        code.emit(~WASM_OP_return, word())
    }

    // MARK: Variables

    private mutating func select() {
        let condition = pop()
        let conditionIsInAccumulator = isInAccumulator(condition)
        let conditionSlot = conditionIsInAccumulator ? 0 : slot(of: condition, atHeight: height)
        let type = operands[height - 1].type
        spillAccumulators()
        if type == ValueType.upperHalf.rawValue {
            return selectVector(conditionSlot: conditionIsInAccumulator ? nil : conditionSlot)
        }
        let second = popSlot()
        let first = popSlot()
        code.emit(
            conditionIsInAccumulator ? ~WASM_OP_select_A : ~WASM_OP_select_S,
            CodeBuffer.word(a: slot(atHeight: height), b: first, c: second), CodeBuffer.word(a: conditionSlot))
        pushSlot(type)
    }

    private mutating func getGlobal(_ index: Int) {
        let type = module.contents.globals[index].value
        let own = index - module.contents.importedGlobalCount
        if type == .v128 { return getVectorGlobal(own, index) }
        guard own >= 0 else {
            code.emit(
                ~WASM_OP_global_get_imported, CodeBuffer.word(a: slot(atHeight: height), immediate: Int32(index)))
            pushSlot(type.rawValue)
            return
        }
        spillAccumulator()
        let offset = globalOffset(own)
        if type.isFloat {
            code.emit(~WASM_OP_global_get_B, CodeBuffer.word(a: slot(atHeight: height), immediate: offset))
            known.accumulator = -1
            pushSlot(type.rawValue)
        } else {
            code.emit(~WASM_OP_global_get_T, CodeBuffer.word(immediate: offset))
            pushAccumulator(type.rawValue)
        }
    }

    /// Bytes from the context to the cell of a global that the instance defines itself.
    func globalOffset(_ own: Int) -> Int32 { Int32(WASM_CONTEXT_GLOBALS) + 8 * module.contents.globalSlots[own] }

    private mutating func setGlobal(_ index: Int) {
        let own = index - module.contents.importedGlobalCount
        let value = operands[height - 1]
        if value.type == ValueType.upperHalf.rawValue { return setVectorGlobal(own, index) }
        guard own >= 0 else {
            code.emit(~WASM_OP_global_set_imported, CodeBuffer.word(b: popSlot(), immediate: Int32(index)))
            return
        }
        let offset = globalOffset(own)
        if isInAccumulator(value) {
            _ = pop()
            code.emit(~WASM_OP_global_set_A, CodeBuffer.word(immediate: offset))
        } else {
            code.emit(~WASM_OP_global_set_S, CodeBuffer.word(b: popSlot(), immediate: offset))
        }
    }

    // MARK: Code that is never reached

    mutating func becomeUnreachable() {
        isReachable = false
        discard(to: blocks.last.height)
        label()
        skipIfUnreachable()
    }

    /// Goes on to the `else` or `end` of the innermost open block.
    mutating func skipIfUnreachable() {
        guard !isReachable, blocks.count > 0 else { return }
        var depth = 0
        while true {
            let before = reader
            let source = reader.code()
            switch source {
            case 0x02...0x04, 0x1F: depth += 1
            case 0x05 where depth == 0:
                reader = before
                return
            case 0x0B:
                if depth == 0 {
                    reader = before
                    return
                }
                depth -= 1
            default: break
            }
            skipImmediates(InstructionTable.rows[source].immediates)
        }
    }

    private mutating func skipImmediates(_ kind: WasmImmediates) {
        switch kind {
        case WASM_IMMEDIATES_NONE: break
        case WASM_IMMEDIATES_INDEX: _ = reader.u32()
        case WASM_IMMEDIATES_TWO_INDICES:
            _ = reader.u32()
            _ = reader.u32()
        case WASM_IMMEDIATES_MEMORY: _ = reader.memoryArgument()
        case WASM_IMMEDIATES_BLOCK, WASM_IMMEDIATES_I32, WASM_IMMEDIATES_I64: _ = reader.s64()
        case WASM_IMMEDIATES_BRANCH_TABLE: for _ in 0...reader.u32() { _ = reader.u32() }
        case WASM_IMMEDIATES_TYPES: for _ in 0..<reader.u32() { _ = reader.byte() }
        case WASM_IMMEDIATES_REFERENCE_TYPE: _ = reader.byte()
        case WASM_IMMEDIATES_F32: _ = reader.fixed32()
        case WASM_IMMEDIATES_LANE: _ = reader.byte()
        case WASM_IMMEDIATES_MEMORY_AND_LANE:
            _ = reader.memoryArgument()
            _ = reader.byte()
        case WASM_IMMEDIATES_VECTOR: reader.skip(16)
        case WASM_IMMEDIATES_TRY_TABLE:
            _ = reader.s64()
            for _ in 0..<reader.u32() { _ = reader.catchClause() }
        default: _ = reader.fixed64()
        }
    }
}
