import CWasmCore

/// A vector among the source's operands. It takes two heights; both halves are always of one kind, except that the upper
/// half of one in the accumulator counts as being in its slot.
struct VectorOperand {
    let kind: Operand.Kind
    /// The value of a constant, the slots of a local.
    let lower: UInt64
    let upper: UInt64
}

/// Vectors as operands, locals, globals and results.
extension Translator {
    // MARK: Push and pop

    /// The last operation's result, which fills the accumulator for floats.
    mutating func pushVectorAccumulator() {
        pushFloatAccumulator(ValueType.v128.rawValue)
        pushSlot(ValueType.upperHalf.rawValue)
    }

    mutating func pushVectorConstant(_ lower: UInt64, _ upper: UInt64) {
        pushConstant(lower, .v128)
        pushConstant(upper, .upperHalf)
    }

    mutating func popVector() -> VectorOperand {
        let upper = pop()
        let lower = pop()
        return VectorOperand(kind: lower.kind, lower: lower.bits, upper: upper.bits)
    }

    /// Pops a vector into two slots.
    /// - Returns: the first.
    mutating func popVectorSlot() -> Int {
        if floatHeight == height - 2 { spillFloatAccumulator() }
        let operand = popVector()
        return slot(of: operand, atHeight: height)
    }

    func isInAccumulator(_ operand: VectorOperand) -> Bool {
        operand.kind == .floatAccumulator || (operand.kind == .local && known.float == Int(operand.lower))
    }

    /// The first slot of a vector that was at `height` before it was popped.
    /// - Precondition: it is not in the accumulator only.
    mutating func slot(of operand: VectorOperand, atHeight height: Int) -> Int {
        switch operand.kind {
        case .local: return layout.slot(ofLocal: Int(operand.lower))
        case .constant:
            if let slot = constantSlot(operand) { return slot }
            emitConstant(operand, to: slot(atHeight: height))
        case .slot: break
        case .accumulator, .floatAccumulator: preconditionFailure("an accumulator has no slot")
        }
        return slot(atHeight: height)
    }

    private mutating func constantSlot(_ operand: VectorOperand) -> Int? {
        for index in stride(from: 0, to: constants.count - 1, by: 1)
        where constants[index] == operand.lower && constants[index + 1] == operand.upper {
            return layout.firstConstant + index
        }
        guard vectorConstantSlots < layout.vectorConstantCapacity else { return nil }
        vectorConstantSlots += 2
        constants.append(operand.lower)
        constants.append(operand.upper)
        return layout.firstConstant + constants.count - 2
    }

    private mutating func emitConstant(_ operand: VectorOperand, to slot: Int) {
        code.emit(~WASM_OP_move_wide_immediate, CodeBuffer.word(a: slot), operand.lower, operand.upper)
    }

    /// A move between slots: with the lower half of a vector its upper half goes along.
    mutating func emitMove(to target: Int, from source: Int, _ type: UInt32) {
        switch type {
        case ValueType.v128.rawValue: code.emit(~WASM_OP_move_wide, CodeBuffer.word(a: target, b: source))
        case ValueType.upperHalf.rawValue: break
        default: code.emitMove(to: target, from: source)
        }
    }

    // MARK: Locals and globals

    /// The slots of locals, where vectors are among them.
    mutating func findLocalSlots() {
        localSlots.removeAll()
        for slot in 0..<localTypes.count where localTypes[slot] != ValueType.upperHalf.rawValue {
            localSlots.append(UInt32(slot))
        }
        hasVectorLocals = localSlots.count != localTypes.count
    }

    /// `local.get`, `.set` or `.tee` of the vector whose lower half is local `slot`.
    mutating func vectorLocal(_ source: Int, _ slot: Int) {
        if source != 0x20 { setVectorLocal(slot) }
        if source != 0x21 {
            pushLocal(slot)
            pushLocal(slot + 1)
        }
    }

    private mutating func setVectorLocal(_ local: Int) {
        let value = popVector()
        if value.kind == .local, Int(value.lower) == local { return }
        var copied = false
        for half in local...(local + 1) where hasReaders(half) && flushReaders(of: half) { copied = true }
        let target = layout.slot(ofLocal: local)
        if value.kind != .floatAccumulator { forget(local) }
        switch value.kind {
        case .accumulator: preconditionFailure("a vector is not an integer")
        case .floatAccumulator:
            if floatProducer.position == code.last, !copied {
                code.keepLast(in: target)
            } else {
                code.emit(~WASM_OP_move_V128, CodeBuffer.word(a: target))
            }
            known.float = local
        case .constant: emitConstant(value, to: target)
        case .slot, .local:
            code.emit(~WASM_OP_move_wide, CodeBuffer.word(a: target, b: slot(of: value, atHeight: height)))
        }
    }

    /// - Parameter own: counts from the first global that is not imported.
    mutating func getVectorGlobal(_ own: Int, _ index: Int) {
        spillFloatAccumulator()
        if own < 0 {
            code.emit(~WASM_OP_global_get_imported_V128_T, CodeBuffer.word(immediate: Int32(index)))
        } else {
            code.emit(~WASM_OP_global_get_V128_T, CodeBuffer.word(immediate: globalOffset(own)))
        }
        pushVectorAccumulator()
    }

    mutating func setVectorGlobal(_ own: Int, _ index: Int) {
        let value = popVectorSlot()
        if own < 0 {
            code.emit(~WASM_OP_global_set_imported_V128, CodeBuffer.word(b: value, immediate: Int32(index)))
        } else {
            code.emit(~WASM_OP_global_set_V128, CodeBuffer.word(b: value, immediate: globalOffset(own)))
        }
    }

    // MARK: Select and return

    /// The rest of a `select` whose condition has been popped.
    /// - Parameter conditionSlot: nil for the accumulator.
    mutating func selectVector(conditionSlot: Int?) {
        let second = popVectorSlot()
        let first = popVectorSlot()
        code.emit(
            conditionSlot == nil ? ~WASM_OP_select_V128_A_T : ~WASM_OP_select_V128_S_T,
            CodeBuffer.word(a: 0, b: first, c: second), CodeBuffer.word(a: conditionSlot ?? 0))
        pushVectorAccumulator()
    }

    /// - Parameter word: the operands of a return.
    mutating func emitVectorReturn(_ word: UInt64) {
        let (lower, upper) = (operands[height - 2], operands[height - 1])
        let result = VectorOperand(kind: lower.kind, lower: lower.bits, upper: upper.bits)
        if isInAccumulator(result) {
            code.emit(~WASM_OP_return_V128, word)
        } else {
            emitMove(to: 0, from: slot(of: result, atHeight: height - 2), ValueType.v128.rawValue)
            code.emit(~WASM_OP_return, word)
        }
    }
}
