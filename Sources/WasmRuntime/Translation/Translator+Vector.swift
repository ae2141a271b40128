import CWasmCore

/// Instructions on vectors: one operation each, in the form that fits where the operands are.
extension Translator {
    mutating func vector(_ row: WasmInstruction) {
        switch row.shape {
        case WASM_SHAPE_VECTOR_BINARY: vectorBinary(row)
        case WASM_SHAPE_VECTOR_UNARY: vectorUnary(row)
        case WASM_SHAPE_VECTOR_TERNARY: vectorTernary(row)
        case WASM_SHAPE_VECTOR_SHIFT: vectorShift(row)
        case WASM_SHAPE_VECTOR_TEST: vectorTest(row)
        case WASM_SHAPE_VECTOR_SPLAT: splat(row)
        case WASM_SHAPE_VECTOR_EXTRACT: extractLane(row)
        case WASM_SHAPE_VECTOR_REPLACE: replaceLane(row)
        case WASM_SHAPE_VECTOR_LOAD: vectorLoad(row)
        case WASM_SHAPE_VECTOR_STORE: vectorStore(row)
        case WASM_SHAPE_VECTOR_LOAD_LANE: loadLane(row)
        case WASM_SHAPE_VECTOR_STORE_LANE: storeLane(row)
        case WASM_SHAPE_VECTOR_SHUFFLE: shuffle(row)
        default:
            let lower = reader.fixed64()
            pushVectorConstant(lower, reader.fixed64())
        }
    }

    // MARK: Whole vectors

    private mutating func vectorBinary(_ row: WasmInstruction) {
        let (form, word) = popPair(isCommutative: row.is_commutative != 0)
        code.emit(row.operation + form.rawValue * 2, word)
        pushVectorAccumulator()
    }

    private mutating func shuffle(_ row: WasmInstruction) {
        let lower = reader.fixed64()
        let upper = reader.fixed64()
        let (form, word) = popPair(isCommutative: false)
        code.emit(row.operation + form.rawValue * 2, word, lower, upper)
        pushVectorAccumulator()
    }

    /// The operands of an operation on two vectors.
    private mutating func popPair(isCommutative: Bool) -> (form: BinaryForm, word: UInt64) {
        var y = popVector()
        var x = popVector()
        var (heightX, heightY) = (height, height + 2)
        var xIsInAccumulator = isInAccumulator(x)
        var yIsInAccumulator = isInAccumulator(y)
        // Both can be there only as the local that the accumulator mirrors, which is in its slot too.
        if xIsInAccumulator { yIsInAccumulator = false }
        if isCommutative, yIsInAccumulator {
            swap(&x, &y)
            swap(&heightX, &heightY)
            swap(&xIsInAccumulator, &yIsInAccumulator)
        }
        let form: BinaryForm = xIsInAccumulator ? .AS : yIsInAccumulator ? .SA : .SS
        let slotX = xIsInAccumulator ? 0 : slot(of: x, atHeight: heightX)
        let slotY = yIsInAccumulator ? 0 : slot(of: y, atHeight: heightY)
        spillFloatAccumulator()
        return (form, CodeBuffer.word(a: 0, b: slotX, c: slotY))
    }

    /// The operand of an operation on one vector, in field `b`.
    private mutating func popOne() -> (word: UInt64, isInAccumulator: Bool) {
        let x = popVector()
        if isInAccumulator(x) { return (0, true) }
        return (CodeBuffer.word(b: slot(of: x, atHeight: height)), false)
    }

    private mutating func vectorUnary(_ row: WasmInstruction) {
        let x = popOne()
        spillFloatAccumulator()
        code.emit(row.operation + (x.isInAccumulator ? 2 : 0), x.word)
        pushVectorAccumulator()
    }

    /// The forms of an operation on three vectors in the order of `WASM_VECTOR_TERNARY_FORMS` without their _T and _B.
    private enum TernaryForm: UInt16 { case SSS, ASS, SAS, SSA }

    private mutating func vectorTernary(_ row: WasmInstruction) {
        let z = popVector()
        let y = popVector()
        let x = popVector()
        let form: TernaryForm =
            isInAccumulator(x) ? .ASS : isInAccumulator(y) ? .SAS : isInAccumulator(z) ? .SSA : .SSS
        let slotX = form == .ASS ? 0 : slot(of: x, atHeight: height)
        let slotY = form == .SAS ? 0 : slot(of: y, atHeight: height + 2)
        let slotZ = form == .SSA ? 0 : slot(of: z, atHeight: height + 4)
        spillFloatAccumulator()
        code.emit(row.operation + form.rawValue * 2, CodeBuffer.word(a: 0, b: slotX, c: slotY, d: slotZ))
        pushVectorAccumulator()
    }

    /// The forms of a shift in the order of `WASM_VECTOR_SHIFT_FORMS` without their _T and _B.
    private enum ShiftForm { static let SS: UInt16 = 0, AS: UInt16 = 2, SI: UInt16 = 4, AI: UInt16 = 6 }

    private mutating func vectorShift(_ row: WasmInstruction) {
        let count = operands[height - 1]
        let isConstant = count.kind == .constant
        let slot = isConstant ? 0 : popSlot()
        if isConstant { _ = pop() }
        let x = popOne()
        spillFloatAccumulator()
        let form =
            isConstant
            ? (x.isInAccumulator ? ShiftForm.AI : ShiftForm.SI) : (x.isInAccumulator ? ShiftForm.AS : ShiftForm.SS)
        let word = isConstant ? CodeBuffer.word(immediate: count.immediate) : CodeBuffer.word(a: 0, b: 0, c: slot)
        code.emit(row.operation + form, x.word | word)
        pushVectorAccumulator()
    }

    private mutating func vectorTest(_ row: WasmInstruction) {
        let x = popOne()
        spillAccumulator()
        code.emit(row.operation + (x.isInAccumulator ? 2 : 0), x.word)
        pushAccumulator(UInt32(row.result))
    }

    // MARK: Lanes

    private mutating func splat(_ row: WasmInstruction) {
        let x = pop()
        if x.kind == .constant {
            let half = Self.half(x.bits, lanes: row.lanes)
            return pushVectorConstant(half, half)
        }
        let isInAccumulator = x.isFloat ? isInFloatAccumulator(x) : isInAccumulator(x)
        let word = isInAccumulator ? 0 : CodeBuffer.word(b: slot(of: x, atHeight: height))
        spillFloatAccumulator()
        code.emit(row.operation + (isInAccumulator ? 2 : 0), word)
        pushVectorAccumulator()
    }

    /// 64 bits of lanes that are all the same.
    private static func half(_ bits: UInt64, lanes: UInt8) -> UInt64 {
        var half = bits
        var width: UInt64 = 128 / UInt64(lanes)
        while width < 64 {
            half = half & ((1 << width) - 1) | half << width
            width *= 2
        }
        return half
    }

    private mutating func extractLane(_ row: WasmInstruction) {
        let distance = laneDistance(row)
        let vector = popVectorSlot()
        let result = UInt32(row.result)
        let isFloat = ValueType(rawValue: result).isFloat
        if isFloat { spillFloatAccumulator() } else { spillAccumulator() }
        code.emit(row.operation, CodeBuffer.word(b: vector, immediate: distance))
        if isFloat { pushFloatAccumulator(result) } else { pushAccumulator(result) }
    }

    /// Bytes from a vector's first slot to the lane that the reader has next.
    private mutating func laneDistance(_ row: WasmInstruction) -> Int32 { Int32(reader.byte()) * 16 / Int32(row.lanes) }

    private mutating func replaceLane(_ row: WasmInstruction) {
        let lane = Int(reader.byte())
        let value = popSlot()
        let x = popOne()
        spillFloatAccumulator()
        code.emit(row.operation + (x.isInAccumulator ? 2 : 0), x.word | CodeBuffer.word(a: 0, b: 0, c: value, d: lane))
        pushVectorAccumulator()
    }

    // MARK: Memory

    private mutating func vectorLoad(_ row: WasmInstruction) {
        let offset = memoryOffset()
        let base = pop()
        if let sum = takeAddition(base) {
            spillFloatAccumulator()
            code.emit(
                row.operation + 4, CodeBuffer.word(b: sum.slot, immediate: offset),
                CodeBuffer.word(immediate: sum.addend))
        } else {
            let isInAccumulator = isInAccumulator(base)
            let slot = isInAccumulator ? 0 : slot(of: base, atHeight: height)
            spillFloatAccumulator()
            code.emit(row.operation + (isInAccumulator ? 2 : 0), CodeBuffer.word(b: slot, immediate: offset))
        }
        pushVectorAccumulator()
    }

    /// The forms of a store in the order of `WASM_VECTOR_STORE_FORMS`: pairs, the second with the value in the accumulator.
    private enum StoreForm { static let S: UInt16 = 0, A: UInt16 = 2, X: UInt16 = 4 }

    private mutating func vectorStore(_ row: WasmInstruction) {
        let offset = memoryOffset()
        let value = popVector()
        let base = pop()
        let valueIsInAccumulator = isInAccumulator(value)
        let slotValue = valueIsInAccumulator ? 0 : slot(of: value, atHeight: height + 1)
        let operation = row.operation + (valueIsInAccumulator ? 1 : 0)
        if let sum = takeAddition(base) {
            code.emit(
                operation + StoreForm.X, CodeBuffer.word(a: slotValue, b: sum.slot, immediate: offset),
                CodeBuffer.word(immediate: sum.addend))
        } else if isInAccumulator(base) {
            code.emit(operation + StoreForm.A, CodeBuffer.word(a: slotValue, immediate: offset))
        } else {
            let slotBase = slot(of: base, atHeight: height)
            code.emit(operation + StoreForm.S, CodeBuffer.word(a: slotValue, b: slotBase, immediate: offset))
        }
    }

    private mutating func loadLane(_ row: WasmInstruction) {
        let offset = memoryOffset()
        let lane = Int(reader.byte())
        let x = popVector()
        let isInAccumulator = isInAccumulator(x)
        let slotX = isInAccumulator ? 0 : slot(of: x, atHeight: height)
        let base = popSlot()
        spillFloatAccumulator()
        code.emit(
            row.operation + (isInAccumulator ? 2 : 0), CodeBuffer.word(b: base, immediate: offset),
            CodeBuffer.word(a: slotX, b: lane))
        pushVectorAccumulator()
    }

    private mutating func storeLane(_ row: WasmInstruction) {
        let offset = memoryOffset()
        let distance = laneDistance(row)
        let vector = popVectorSlot()
        let base = pop()
        let isInAccumulator = isInAccumulator(base)
        let slotBase = isInAccumulator ? 0 : slot(of: base, atHeight: height)
        code.emit(
            row.operation + (isInAccumulator ? 1 : 0), CodeBuffer.word(a: vector, b: slotBase, immediate: offset),
            CodeBuffer.word(immediate: distance))
    }
}
