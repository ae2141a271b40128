import CWasmCore

/// Blocks and branches.
///
/// Where control flow joins, every operand stands in its slot and the accumulators are empty. Fuel follows the edges:
/// a branch that is taken charges what its stretch has cost less what the join counts as pending, so that falling into
/// a join costs no operation. At a loop's start nothing is pending: only there, and where functions begin, is fuel
/// checked, and there the count is exact.
extension Translator {
    // MARK: Blocks

    mutating func enterBlock(_ source: Int) {
        pendingFuel -= source == 0x04 ? 0 : 1
        let signature = blockSignature()
        let parameterCount = signature.parameters.count
        // Both ways out of an `if` find its parameters in their slots.
        let operandsEnd = source == 0x04 ? height - 1 : height
        flushAll(below: operandsEnd)
        for index in (operandsEnd - parameterCount)..<operandsEnd { flush(index) }
        let branch = source == 0x04 ? conditionalBranch(when: false) : -1
        let kind: Block.Kind = source == 0x02 ? .block : source == 0x03 ? .loop : .conditional
        var block = Block(kind: kind, signature: signature, height: height - parameterCount)
        if kind == .loop {
            chargeFuel()
            label()
            block.start = code.count
            if stops.isRecording { recordStop(.loop) }
        }
        if kind == .conditional {
            block.otherwise = branch
            block.pendingAtIf = pendingFuel
            block.knownAtIf = known
            code.seal()
        }
        blocks.append(block)
    }

    mutating func blockSignature() -> Signature {
        let at = reader.position
        let byte = reader.byte()
        if byte == 0x40 { return TypeTable.block(result: 0) }
        if byte & 0xC0 == 0x40 { return TypeTable.blockInSlots(result: UInt32(byte)) }
        reader = CodeReader(module.bytes, at: at)
        return module.types.slots(Int(reader.s64()))
    }

    mutating func otherwise() {
        pendingFuel -= 1
        var block = blocks.removeLast()
        if isReachable {
            carry(block.signature.results.count, to: block.height)
            jump(&block)
        }
        discard(to: block.height)
        pendingFuel = block.pendingAtIf
        bind(block.otherwise, pending: block.pendingAtIf)
        label()
        known = block.knownAtIf
        var alternative = Block(kind: .alternative, signature: block.signature, height: block.height)
        alternative.branches = block.branches
        alternative.known = block.known
        alternative.landings = block.landings
        for type in block.signature.parameters { pushSlot(type) }
        blocks.append(alternative)
        isReachable = true
    }

    mutating func endBlock() {
        pendingFuel -= 1
        let block = blocks.removeLast()
        if blocks.count == 0 { return endFunction(block) }
        if block.kind == .guarded { leaveGuarded() }
        let isJoin = block.branches >= 0 || block.otherwise >= 0 || block.landings >= 0
        if !isJoin {
            // Nobody branches here: the operands stay where they are.
            if !isReachable { resetOperands(block) }
            return skipIfUnreachable()
        }
        join(block)
        skipIfUnreachable()
    }

    private mutating func resetOperands(_ block: Block) {
        discard(to: block.height)
        for type in block.signature.results { pushSlot(type) }
    }

    private mutating func join(_ block: Block) {
        if isReachable {
            flushTop(block.signature.results.count)
            spillAccumulators()
        } else if block.otherwise >= 0 {
            pendingFuel = block.pendingAtIf
        } else {
            // Whoever catches has paid for everything.
            pendingFuel = block.branches >= 0 ? CodeBuffer.b(code[block.branches]) : 0
        }
        if block.otherwise >= 0 { bind(block.otherwise, pending: block.pendingAtIf) }
        bindAll(block.branches)
        handlers.bind(block.landings, to: code.count, cost: -pendingFuel)
        let known = known(atEndOf: block)
        label()
        self.known = known
        resetOperands(block)
        isReachable = true
    }

    /// What is known on every way to a block's end, of which there is at least one.
    private func known(atEndOf block: Block) -> KnownValues {
        if block.landings >= 0 { return KnownValues() }
        var ways: KnownValues?
        func add(_ way: KnownValues) { ways = ways?.met(way) ?? way.met(way) }
        if isReachable { add(known) }
        if block.otherwise >= 0 { add(block.knownAtIf) }
        if block.branches >= 0 { add(block.known) }
        return ways ?? KnownValues()
    }

    private mutating func endFunction(_ block: Block) {
        if block.branches >= 0 || block.landings >= 0 { join(block) }
        if isReachable { emitReturn() }
        isReachable = true
    }

    // MARK: Targets

    /// Writes a branch's target word: the distance from the word itself, and what its edge costs. Field `a` may hold
    /// an operand of the branch. Until the target is known, the word holds the fuel that was pending at the branch,
    /// and the next word of the block's chain.
    private mutating func setTarget(_ word: Int, cost: Int, _ immediate: Int) {
        code[word] =
            code[word] & 0xFFFF | CodeBuffer.word(b: cost, immediate: Int32(truncatingIfNeeded: immediate))
    }

    /// A branch whose target is here.
    private mutating func bind(_ word: Int, pending: Int) {
        setTarget(word, cost: pending - pendingFuel, (code.count - word) * 8)
    }

    private mutating func bindAll(_ chain: Int) {
        var word = chain
        while word >= 0 {
            let link = code[word]
            bind(word, pending: CodeBuffer.b(link))
            word = Int(CodeBuffer.immediate(link))
        }
    }

    /// Completes the target word of a branch to `block`.
    private mutating func aim(_ word: Int, at block: inout Block) {
        if block.kind == .loop {
            setTarget(word, cost: pendingFuel, (block.start - word) * 8)
        } else {
            setTarget(word, cost: pendingFuel, block.branches)
            block.known = block.branches >= 0 ? block.known.met(known) : known
            block.branches = word
        }
    }

    private mutating func jump(_ block: inout Block) {
        aim(code.emit(~WASM_OP_br, 0) + 1, at: &block)
    }

    /// Moves the topmost operands to where a branch's target expects them. They stay what they are here.
    private mutating func carry(_ count: Int, to target: Int) {
        spillAccumulators()
        let first = height - count
        for index in 0..<count {
            let operand = operands[first + index]
            let to = slot(atHeight: target + index)
            // A target lies at or below its source, so no move overwrites what a later one reads.
            switch operand.kind {
            case .constant: emitConstant(operand.bits, to: to)
            case .local: emitMove(to: to, from: slot(readingLocal: Int(operand.bits)), operand.type)
            default:
                if first + index != target + index {
                    emitMove(to: to, from: slot(atHeight: first + index), operand.type)
                }
            }
        }
    }

    private func isInPlace(_ count: Int, at target: Int) -> Bool {
        guard height - count == target else { return count == 0 }
        for index in target..<height where operands[index].kind != .slot { return false }
        return true
    }

    // MARK: Branches

    mutating func branch() {
        let depth = Int(reader.u32())
        if depth == blocks.count - 1 { return emitReturnAndSkip() }
        var block = blocks[blocks.count - 1 - depth]
        carry(block.labelTypes.count, to: block.height)
        jump(&block)
        blocks[blocks.count - 1 - depth] = block
        becomeUnreachable()
    }

    mutating func branchIf() {
        let index = blocks.count - 1 - Int(reader.u32())
        var block = blocks[index]
        let count = block.labelTypes.count
        let condition = operands[height - 1]
        if condition.kind != .accumulator { spillAccumulator() }
        if count == 0 || isBelowConditionInPlace(count, at: block.height) {
            aim(conditionalBranch(when: true), at: &block)
        } else {
            spillFloatAccumulator()
            let around = conditionalBranch(when: false)
            carry(count, to: block.height)
            jump(&block)
            bind(around, pending: pendingFuel)
            code.seal()
        }
        blocks[index] = block
    }

    private func isBelowConditionInPlace(_ count: Int, at target: Int) -> Bool {
        guard height - 1 - count == target else { return false }
        for index in target..<(height - 1) where operands[index].kind != .slot { return false }
        return true
    }

    mutating func branchTable() {
        let last = Int(reader.u32())
        let index = pop()
        let isInAccumulator = isInAccumulator(index)
        let slotIndex = isInAccumulator ? 0 : slot(of: index, atHeight: height)
        let start = reader
        let count = blocks[blocks.count - 1 - Int(reader.u32())].labelTypes.count
        reader = start
        spillAccumulator()
        spillFloatAccumulator()
        flushTop(count)
        code.emit(
            isInAccumulator ? ~WASM_OP_br_table_A : ~WASM_OP_br_table_S,
            CodeBuffer.word(b: slotIndex, immediate: Int32(last)))
        let firstTarget = code.count
        for _ in 0...last { code.append(0) }
        code.seal()
        branchTableTargets(firstTarget, last, count)
        becomeUnreachable()
    }

    /// Targets that find their operands in place are branched to directly, the others by way of one stub each.
    private mutating func branchTableTargets(_ firstTarget: Int, _ last: Int, _ count: Int) {
        let pending = pendingFuel
        var stubs: [Int: Int] = [:]
        for entry in 0...last {
            let index = blocks.count - 1 - Int(reader.u32())
            var block = blocks[index]
            if isInPlace(count, at: block.height) {
                aim(firstTarget + entry, at: &block)
            } else {
                let stub = stubs[index] ?? code.count
                code[firstTarget + entry] = CodeBuffer.word(
                    b: pending, immediate: Int32((stub - firstTarget - entry) * 8))
                if stubs.updateValue(stub, forKey: index) == nil {
                    pendingFuel = 0
                    carry(count, to: block.height)
                    jump(&block)
                    code.seal()
                    pendingFuel = pending
                }
            }
            blocks[index] = block
        }
    }

    /// Emits a branch that is taken when the topmost operand is not zero, or when it is zero; pops it.
    /// - Returns: the position of its target word.
    mutating func conditionalBranch(when isNonZero: Bool) -> Int {
        let condition = operands[height - 1]
        if condition.kind == .accumulator, accumulatorProducer.position == code.last, code.last >= 0 {
            // Negations first, so that what they negate can fuse.
            var isNonZero = isNonZero
            while code.last >= 0, code.lastOperation == ~WASM_OP_i32_eqz_A_T {
                code.removeLast()
                isNonZero.toggle()
            }
            if code.last >= 0, let target = fusedBranch(when: isNonZero) { return target }
            _ = pop()
            return code.emit(isNonZero ? ~WASM_OP_br_if_A : ~WASM_OP_br_unless_A, 0, 0) + 2
        }
        _ = pop()
        if isInAccumulator(condition) {
            if isNonZero, let target = countdownBranch(condition) { return target }
            return code.emit(isNonZero ? ~WASM_OP_br_if_A : ~WASM_OP_br_unless_A, 0, 0) + 2
        }
        let slot = slot(of: condition, atHeight: height)
        return code.emit(isNonZero ? ~WASM_OP_br_if_S : ~WASM_OP_br_unless_S, CodeBuffer.word(b: slot), 0) + 2
    }

    /// Fuses the comparison that has just been emitted with the branch on its result.
    private mutating func fusedBranch(when isNonZero: Bool) -> Int? {
        let operation = code.lastOperation
        let word = code[code.last + 1]
        switch operation {
        case ~WASM_OP_i32_eqz_S_T:
            takeComparison()
            return code.emit(isNonZero ? ~WASM_OP_br_unless_S : ~WASM_OP_br_if_S, word, 0) + 2
        case ~WASM_OP_i64_eqz_S_T, ~WASM_OP_i64_eqz_A_T:
            takeComparison()
            let form: UInt16 = operation == ~WASM_OP_i64_eqz_S_T ? 3 : 4
            return code.emit((isNonZero ? ~WASM_OP_br_i64_eq_SS : ~WASM_OP_br_i64_ne_SS) + form, word, 0) + 2
        default:
            let source = Int(OperationTable.comparisons[Int(operation)])
            guard source != 0 else { return nil }
            let row = InstructionTable.rows[source]
            let form = operation - row.operation
            guard form % 2 == 0 else { return nil }
            takeComparison()
            // The branch leaves the accumulator alone.
            known.accumulator = mirrorBefore
            if let target = addAndBranch(row, form / 2, word, when: isNonZero) { return target }
            return code.emit((isNonZero ? row.branch : row.negated_branch) + form / 2, word, 0) + 2
        }
    }

    private mutating func takeComparison() {
        _ = pop()
        code.removeLast()
    }

    /// An addition of a constant, written to a slot, then compared: the end of a counted loop, as one operation.
    private mutating func addAndBranch(
        _ row: WasmInstruction, _ form: UInt16, _ comparison: UInt64, when isNonZero: Bool
    ) -> Int? {
        guard row.shape == WASM_SHAPE_INT_COMPARE, code.last >= 0 else { return nil }
        let sum = row.operand == UInt8(ValueType.i32.rawValue) ? ~WASM_OP_i32_add_SI_B : ~WASM_OP_i64_add_SI_B
        guard code.lastOperation == sum else { return nil }
        let operation = isNonZero ? row.add_branch : row.negated_add_branch
        let addition = code[code.last + 1]
        switch BinaryForm(rawValue: form) {
        case .AS:
            code.removeLast()
            return code.emit(operation, addition, CodeBuffer.word(a: CodeBuffer.c(comparison))) + 2
        case .AI:
            code.removeLast()
            let immediate = CodeBuffer.word(immediate: CodeBuffer.immediate(comparison))
            return code.emit(operation + 1, addition, 0, immediate) + 2
        default: return nil
        }
    }

    /// The same for a count that runs down to zero.
    private mutating func countdownBranch(_ condition: Operand) -> Int? {
        guard condition.kind == .local, code.last >= 0, code.lastOperation == ~WASM_OP_i32_add_SI_B,
            CodeBuffer.a(code[code.last + 1]) == layout.slot(ofLocal: Int(condition.bits))
        else { return nil }
        let addition = code[code.last + 1]
        code.removeLast()
        return code.emit(~WASM_OP_add_br_if, addition, 0) + 2
    }
}
