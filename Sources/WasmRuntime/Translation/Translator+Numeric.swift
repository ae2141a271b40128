import CWasmCore

/// Arithmetic, comparisons, conversions: one operation each, in the form that fits where the operands are.
extension Translator {
    /// The forms of a binary integer operation, in the order of `WASM_INT_BINARY_FORMS` without their _T and _B.
    enum BinaryForm: UInt16 { case SS, AS, SA, SI, AI, IS, IA }

    mutating func intBinary(_ source: Int, _ instruction: WasmInstruction) {
        var y = pop()
        var x = pop()
        var (heightX, heightY) = (height, height + 1)
        var operation = instruction.operation
        var isCommutative = instruction.is_commutative != 0
        func swapOperands() {
            swap(&x, &y)
            swap(&heightX, &heightY)
        }
        if let sum = Self.additionInstead(of: source, y) {
            operation = InstructionTable.rows[sum.code].operation
            y.bits = sum.bits
            isCommutative = true
        }
        if x.kind == .constant {
            if isCommutative {
                swapOperands()
            } else if let mirrored = Self.mirroredComparison(source) {
                operation = InstructionTable.rows[mirrored].operation
                swapOperands()
            }
        }
        // Both may be there: one as the local that the accumulator mirrors. Then that one is read from its slot.
        var xIsInAccumulator = isInAccumulator(x)
        var yIsInAccumulator = isInAccumulator(y)
        if xIsInAccumulator && yIsInAccumulator {
            if y.kind == .accumulator { xIsInAccumulator = false } else { yIsInAccumulator = false }
        }
        if isCommutative, yIsInAccumulator {
            swapOperands()
            swap(&xIsInAccumulator, &yIsInAccumulator)
        }
        let form: BinaryForm
        let word: UInt64
        if x.fitsImmediate, y.kind != .constant {
            form = yIsInAccumulator ? .IA : .IS
            let slotY = yIsInAccumulator ? 0 : slot(of: y, atHeight: heightY)
            word = CodeBuffer.word(b: slotY, immediate: x.immediate)
        } else if xIsInAccumulator {
            form = y.fitsImmediate ? .AI : .AS
            word =
                y.fitsImmediate
                ? CodeBuffer.word(immediate: y.immediate)
                : CodeBuffer.word(a: 0, b: 0, c: slot(of: y, atHeight: heightY))
        } else if yIsInAccumulator {
            form = .SA
            word = CodeBuffer.word(b: slot(of: x, atHeight: heightX))
        } else if y.fitsImmediate {
            form = .SI
            word = CodeBuffer.word(b: slot(of: x, atHeight: heightX), immediate: y.immediate)
        } else {
            form = .SS
            let slotX = slot(of: x, atHeight: heightX)
            word = CodeBuffer.word(a: 0, b: slotX, c: slot(of: y, atHeight: heightY))
        }
        spillAccumulator()
        code.emit(operation + form.rawValue * 2, word)
        pushAccumulator(UInt32(instruction.result))
    }

    /// The comparison that gives the same with its operands swapped: `lt` for `gt`, `le` for `ge`.
    private static func mirroredComparison(_ source: Int) -> Int? {
        switch source {
        case 0x48...0x4F: source ^ 2
        case 0x53...0x5A: ((source - 0x53) ^ 2) + 0x53
        default: nil
        }
    }

    /// Subtracting a constant is adding its negation: one family of fusions serves both.
    private static func additionInstead(of source: Int, _ y: Operand) -> (code: Int, bits: UInt64)? {
        guard y.fitsImmediate else { return nil }
        switch source {
        case 0x6B: return (0x6A, UInt64(UInt32(truncatingIfNeeded: 0 &- y.bits)))
        case 0x7D where Int64(bitPattern: y.bits) != Int64(Int32.min): return (0x7C, 0 &- y.bits)
        default: return nil
        }
    }

    mutating func intUnary(_ instruction: WasmInstruction) {
        let word = unaryWord()
        spillAccumulator()
        code.emit(instruction.operation + (word.isInAccumulator ? 2 : 0), word.bits)
        pushAccumulator(UInt32(instruction.result))
    }

    private mutating func unaryWord() -> (bits: UInt64, isInAccumulator: Bool) {
        let x = pop()
        if x.isFloat ? isInFloatAccumulator(x) : isInAccumulator(x) { return (0, true) }
        return (CodeBuffer.word(b: slot(of: x, atHeight: height)), false)
    }

    mutating func conversion(_ instruction: WasmInstruction) {
        let word = unaryWord()
        let givesInt = instruction.shape == WASM_SHAPE_FLOAT_TO_INT
        if givesInt { spillAccumulator() } else { spillFloatAccumulator() }
        code.emit(instruction.operation + (word.isInAccumulator ? 2 : 0), word.bits)
        if givesInt {
            pushAccumulator(UInt32(instruction.result))
        } else {
            pushFloatAccumulator(UInt32(instruction.result))
        }
    }

    mutating func floatBinary(_ instruction: WasmInstruction) {
        var y = pop()
        var x = pop()
        var (heightX, heightY) = (height, height + 1)
        var xIsInAccumulator = isInFloatAccumulator(x)
        var yIsInAccumulator = isInFloatAccumulator(y)
        if xIsInAccumulator && y.kind == .floatAccumulator { xIsInAccumulator = false }
        if instruction.is_commutative != 0, yIsInAccumulator, !xIsInAccumulator {
            swap(&x, &y)
            swap(&heightX, &heightY)
            swap(&xIsInAccumulator, &yIsInAccumulator)
        }
        let form: BinaryForm
        let word: UInt64
        if xIsInAccumulator {
            form = .AS
            word = CodeBuffer.word(a: 0, b: 0, c: slot(of: y, atHeight: heightY))
        } else if yIsInAccumulator {
            form = .SA
            word = CodeBuffer.word(b: slot(of: x, atHeight: heightX))
        } else {
            form = .SS
            let slotX = slot(of: x, atHeight: heightX)
            word = CodeBuffer.word(a: 0, b: slotX, c: slot(of: y, atHeight: heightY))
        }
        let isComparison = instruction.shape == WASM_SHAPE_FLOAT_COMPARE
        if isComparison { spillAccumulator() } else { spillFloatAccumulator() }
        code.emit(instruction.operation + form.rawValue * 2, word)
        if isComparison {
            pushAccumulator(UInt32(instruction.result))
        } else {
            pushFloatAccumulator(UInt32(instruction.result))
        }
    }
}
