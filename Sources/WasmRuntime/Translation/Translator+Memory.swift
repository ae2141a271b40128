import CWasmCore

/// Loads, stores, and everything that works on whole memories and tables.
extension Translator {
    /// The forms of a load in the order of `WASM_LOAD_FORMS` without their _T and _B.
    private enum LoadForm { static let S: UInt16 = 0, A: UInt16 = 2, X: UInt16 = 4, C: UInt16 = 6 }
    /// The forms of a store in the order of `WASM_INT_STORE_FORMS`.
    private enum StoreForm: UInt16 { case SS, SA, AS, SI, AI, XS, XI, CS, CA, CI }

    mutating func memoryOffset() -> Int32 {
        Int32(truncatingIfNeeded: reader.memoryArgument().offset)
    }

    /// The constant addition that has just computed this base, taken back so that the access can do it.
    mutating func takeAddition(_ base: Operand) -> (slot: Int, addend: Int32)? {
        guard base.kind == .accumulator, accumulatorProducer.position == code.last, code.last >= 0,
            code.lastOperation == ~WASM_OP_i32_add_SI_T
        else { return nil }
        let word = code[code.last + 1]
        code.removeLast()
        return (CodeBuffer.b(word), CodeBuffer.immediate(word))
    }

    /// The address of an access whose base is a constant, if it fits the immediate field.
    private func constantAddress(_ base: Operand, _ offset: Int32) -> Int32? {
        guard base.kind == .constant else { return nil }
        let (sum, overflow) = UInt32(truncatingIfNeeded: base.bits)
            .addingReportingOverflow(UInt32(bitPattern: offset))
        return overflow ? nil : Int32(bitPattern: sum)
    }

    mutating func load(_ instruction: WasmInstruction) {
        let offset = memoryOffset()
        let base = pop()
        let isFloat = instruction.shape == WASM_SHAPE_FLOAT_LOAD
        if let address = constantAddress(base, offset) {
            if isFloat { spillFloatAccumulator() } else { spillAccumulator() }
            code.emit(instruction.operation + LoadForm.C, CodeBuffer.word(immediate: address))
        } else if let sum = takeAddition(base) {
            if isFloat { spillFloatAccumulator() } else { spillAccumulator() }
            code.emit(
                instruction.operation + LoadForm.X, CodeBuffer.word(b: sum.slot, immediate: offset),
                CodeBuffer.word(immediate: sum.addend))
        } else if isInAccumulator(base) {
            if isFloat { spillFloatAccumulator() } else { spillAccumulator() }
            code.emit(instruction.operation + LoadForm.A, CodeBuffer.word(immediate: offset))
        } else {
            let word = CodeBuffer.word(b: slot(of: base, atHeight: height), immediate: offset)
            if isFloat { spillFloatAccumulator() } else { spillAccumulator() }
            code.emit(instruction.operation + LoadForm.S, word)
        }
        if isFloat {
            pushFloatAccumulator(UInt32(instruction.result))
        } else {
            pushAccumulator(UInt32(instruction.result))
        }
    }

    mutating func intStore(_ instruction: WasmInstruction) {
        let offset = memoryOffset()
        let value = pop()
        let base = pop()
        store(instruction.operation, offset, base, value)
    }

    private mutating func store(_ operation: UInt16, _ offset: Int32, _ base: Operand, _ value: Operand) {
        let (heightBase, heightValue) = (height, height + 1)
        func form(_ form: StoreForm) -> UInt16 { operation + form.rawValue }
        if let address = constantAddress(base, offset) {
            if isInAccumulator(value) {
                code.emit(form(.CA), CodeBuffer.word(immediate: address))
            } else if value.kind == .constant {
                code.emit(form(.CI), CodeBuffer.word(immediate: address), value.bits)
            } else {
                code.emit(form(.CS), CodeBuffer.word(a: slot(of: value, atHeight: heightValue), immediate: address))
            }
            return
        }
        let valueIsSlot = value.kind == .local || value.kind == .slot
        if (valueIsSlot && !isInAccumulator(value)) || value.kind == .constant, let sum = takeAddition(base) {
            let addend = CodeBuffer.word(immediate: sum.addend)
            if value.kind == .constant {
                code.emit(form(.XI), CodeBuffer.word(b: sum.slot, immediate: offset), addend, value.bits)
            } else {
                let slotValue = slot(of: value, atHeight: heightValue)
                code.emit(form(.XS), CodeBuffer.word(a: slotValue, b: sum.slot, immediate: offset), addend)
            }
            return
        }
        let baseIsInAccumulator = isInAccumulator(base)
        if value.kind == .constant {
            if baseIsInAccumulator {
                code.emit(form(.AI), CodeBuffer.word(immediate: offset), value.bits)
            } else {
                let word = CodeBuffer.word(b: slot(of: base, atHeight: heightBase), immediate: offset)
                code.emit(form(.SI), word, value.bits)
            }
        } else if isInAccumulator(value), base.kind != .accumulator {
            let slotBase = slot(of: base, atHeight: heightBase)
            code.emit(form(.SA), CodeBuffer.word(b: slotBase, immediate: offset))
        } else if baseIsInAccumulator {
            let slotValue = slot(of: value, atHeight: heightValue)
            code.emit(form(.AS), CodeBuffer.word(a: slotValue, immediate: offset))
        } else {
            let slotBase = slot(of: base, atHeight: heightBase)
            let slotValue = slot(of: value, atHeight: heightValue)
            code.emit(form(.SS), CodeBuffer.word(a: slotValue, b: slotBase, immediate: offset))
        }
    }

    /// From the accumulator for floats; from a slot it is a store of as many bits.
    mutating func floatStore(_ instruction: WasmInstruction) {
        let offset = memoryOffset()
        let value = pop()
        let base = pop()
        guard isInFloatAccumulator(value) else {
            store(instruction.width_log2 == 3 ? ~WASM_OP_i64_store_SS : ~WASM_OP_i32_store_SS, offset, base, value)
            return
        }
        if let address = constantAddress(base, offset) {
            code.emit(instruction.operation + 2, CodeBuffer.word(immediate: address))
        } else if isInAccumulator(base) {
            code.emit(instruction.operation + 1, CodeBuffer.word(immediate: offset))
        } else {
            let slotBase = slot(of: base, atHeight: height)
            code.emit(instruction.operation, CodeBuffer.word(b: slotBase, immediate: offset))
        }
    }
}
