import CWasmCore

/// The source's operand stack, followed symbolically.
extension Translator {
    var height: Int { operands.count }

    @inline(__always)
    func slot(atHeight height: Int) -> Int { layout.firstOperand + height }

    // MARK: Push

    @inline(__always)
    private mutating func push(_ operand: Operand) {
        operands.append(operand)
        if operands.count > operandsMax { operandsMax = operands.count }
    }

    mutating func pushConstant(_ bits: UInt64, _ type: ValueType) {
        push(Operand(kind: .constant, type: type.rawValue, bits: bits))
    }

    mutating func pushLocal(_ index: Int) {
        push(
            Operand(
                kind: .local, isListed: true, type: localTypes[index], next: readers[index],
                listedLocal: UInt32(index), bits: UInt64(index)))
        readers[index] = Int32(operands.count - 1)
    }

    mutating func pushSlot(_ type: UInt32) { push(Operand(kind: .slot, type: type, bits: Operand.unmirrored)) }

    /// The only result of a call: in its slot, and in the accumulator of its kind.
    mutating func pushResult(_ type: UInt32) {
        lastMirroredSlot -= 1
        let operand = Operand(kind: .slot, type: type, bits: UInt64(bitPattern: Int64(lastMirroredSlot)))
        if operand.isFloat { known.float = lastMirroredSlot } else { known.accumulator = lastMirroredSlot }
        push(operand)
    }

    /// The last operation's result, which is in the accumulator.
    mutating func pushAccumulator(_ type: UInt32) {
        accumulatorProducer = code.lastEmitted
        code.isLastPending = true
        mirrorBefore = known.accumulator
        known.accumulator = -1
        accumulatorHeight = operands.count
        push(Operand(kind: .accumulator, type: type))
    }

    mutating func pushFloatAccumulator(_ type: UInt32) {
        floatProducer = code.lastEmitted
        code.isLastPending = true
        known.float = -1
        floatHeight = operands.count
        push(Operand(kind: .floatAccumulator, type: type))
    }

    // MARK: Pop

    @inline(__always)
    mutating func pop() -> Operand {
        let operand = operands.removeLast()
        if operand.isListed { readers[Int(operand.listedLocal)] = operand.next }
        if operand.kind == .accumulator {
            accumulatorHeight = -1
            if accumulatorProducer.position == code.last { code.isLastPending = false }
        } else if operand.kind == .floatAccumulator {
            floatHeight = -1
            if floatProducer.position == code.last { code.isLastPending = false }
        }
        if flushedHeight > operands.count { flushedHeight = operands.count }
        return operand
    }

    /// Removes operands down to `height` without using them.
    mutating func discard(to height: Int) {
        while operands.count > height { _ = pop() }
    }

    // MARK: Where operands are

    @inline(__always)
    func isInAccumulator(_ operand: Operand) -> Bool {
        operand.kind == .accumulator || (!operand.isFloat && isMirrored(operand, known.accumulator))
    }

    @inline(__always)
    func isInFloatAccumulator(_ operand: Operand) -> Bool {
        operand.kind == .floatAccumulator || (operand.isFloat && isMirrored(operand, known.float))
    }

    @inline(__always)
    private func isMirrored(_ operand: Operand, _ mirror: Int) -> Bool {
        switch operand.kind {
        case .local: known.mirrors(mirror, Int(operand.bits))
        case .slot: operand.bits == UInt64(bitPattern: Int64(mirror))
        default: false
        }
    }

    /// The slot where a local's value can be read.
    @inline(__always)
    func slot(readingLocal index: Int) -> Int { layout.slot(ofLocal: known.source(of: index)) }

    /// The slot of an operand that was at `height` before it was popped. Constants are put into one.
    /// - Precondition: it is not in an accumulator only.
    mutating func slot(of operand: Operand, atHeight height: Int) -> Int {
        switch operand.kind {
        case .local: return slot(readingLocal: Int(operand.bits))
        case .constant:
            if let slot = constantSlot(operand.bits) { return slot }
            emitConstant(operand.bits, to: slot(atHeight: height))
        case .slot: break
        case .accumulator, .floatAccumulator: preconditionFailure("an accumulator has no slot")
        }
        return slot(atHeight: height)
    }

    private mutating func constantSlot(_ bits: UInt64) -> Int? {
        for index in 0..<constants.count where constants[index] == bits { return layout.firstConstant + index }
        guard constants.count - vectorConstantSlots < layout.constantCapacity else { return nil }
        constants.append(bits)
        return layout.firstConstant + constants.count - 1
    }

    mutating func emitConstant(_ bits: UInt64, to slot: Int) {
        code.emit(~WASM_OP_move_immediate, CodeBuffer.word(a: slot), bits)
    }

    /// Pops an operand into a slot.
    mutating func popSlot() -> Int {
        flushAccumulators(at: height - 1)
        let operand = pop()
        return slot(of: operand, atHeight: height)
    }

    // MARK: Spilling

    /// Makes the operation that computed the accumulator's operand write it to its slot as well: that slot is its own,
    /// so nothing in between can have needed it.
    mutating func spillAccumulator() {
        guard accumulatorHeight >= 0 else { return }
        code.keep(accumulatorProducer, in: slot(atHeight: accumulatorHeight))
        operands[accumulatorHeight].settle()
        accumulatorHeight = -1
    }

    mutating func spillFloatAccumulator() {
        guard floatHeight >= 0 else { return }
        code.keep(floatProducer, in: slot(atHeight: floatHeight))
        operands[floatHeight].settle()
        floatHeight = -1
    }

    mutating func spillAccumulators() {
        spillAccumulator()
        spillFloatAccumulator()
    }

    private mutating func flushAccumulators(at height: Int) {
        if accumulatorHeight == height { spillAccumulator() }
        if floatHeight == height { spillFloatAccumulator() }
    }

    /// Puts the operand at a height into its slot.
    mutating func flush(_ height: Int) {
        let operand = operands[height]
        switch operand.kind {
        case .slot: return
        case .accumulator: spillAccumulator()
        case .floatAccumulator: spillFloatAccumulator()
        case .local:
            emitMove(to: slot(atHeight: height), from: slot(readingLocal: Int(operand.bits)), operand.type)
            operands[height].settle()
        case .constant:
            emitConstant(operand.bits, to: slot(atHeight: height))
            operands[height].settle()
        }
    }

    /// Before control flow may split or join: all operands below `limit` are in their slots, or constants.
    mutating func flushAll(below limit: Int) {
        if accumulatorHeight < limit { spillAccumulator() }
        if floatHeight < limit { spillFloatAccumulator() }
        var index = flushedHeight
        while index < limit {
            if operands[index].kind == .local { flush(index) }
            index += 1
        }
        if limit > flushedHeight { flushedHeight = limit }
    }

    /// The topmost operands into their slots, constants too.
    mutating func flushTop(_ count: Int) {
        for index in (height - count)..<height { flush(index) }
    }

    /// Before local `index` is written: whoever still reads its old value gets a copy.
    /// - Returns: whether a copy was made.
    mutating func flushReaders(of index: Int) -> Bool {
        var next = Int(readers[index])
        var copied = false
        while next >= 0 {
            if operands[next].kind == .local {
                flush(next)
                copied = true
            }
            operands[next].isListed = false
            next = Int(operands[next].next)
        }
        readers[index] = -1
        return copied
    }

    func hasReaders(_ index: Int) -> Bool { readers[index] >= 0 }

    /// Where control flow joins: nothing is known, and nothing before may be changed.
    mutating func label() {
        isEntryStretch = false
        known = KnownValues()
        code.seal()
    }

    /// Behind what leaves the function for a while: the accumulators are lost, locals are as they were.
    mutating func boundary() {
        known.forgetAccumulators()
        code.seal()
    }

    // MARK: Locals

    /// `local.set`, and `local.tee` when the value stays an operand.
    mutating func setLocal(_ index: Int, keepsOperand: Bool) {
        let value = pop()
        if value.kind == .local, known.source(of: Int(value.bits)) == known.source(of: index) {
            if keepsOperand { pushLocal(index) }
            return
        }
        if isUnwritten(index) {
            if value.kind == .constant, value.bits == 0 {
                if keepsOperand { pushLocal(index) }
                return
            }
            written[index] = true
        }
        let copied = hasReaders(index) && flushReaders(of: index)
        let target = layout.slot(ofLocal: index)
        known.write(index)
        switch value.kind {
        case .accumulator:
            if accumulatorProducer.position == code.last, !copied {
                code.keepLast(in: target)
            } else {
                code.emit(~WASM_OP_move_A, CodeBuffer.word(a: target))
            }
            known.accumulator = index
        case .floatAccumulator:
            if floatProducer.position == code.last, !copied {
                code.keepLast(in: target)
            } else {
                moveFloat(to: target, value.type)
            }
            known.float = index
        case .constant:
            forget(index)
            emitConstant(value.bits, to: target)
        case .slot where isInAccumulator(value):
            code.emit(~WASM_OP_move_A, CodeBuffer.word(a: target))
            known.accumulator = index
        case .slot where isInFloatAccumulator(value):
            moveFloat(to: target, value.type)
            known.float = index
        case .slot where retargetSelect(from: slot(atHeight: height), to: target):
            forget(index)
        case .slot:
            forget(index)
            code.emitMove(to: target, from: slot(of: value, atHeight: height))
        case .local:
            forget(index)
            copyLocal(value, to: index)
        }
        if keepsOperand { pushLocal(index) }
    }

    private mutating func copyLocal(_ value: Operand, to index: Int) {
        let source = known.source(of: Int(value.bits))
        let target = layout.slot(ofLocal: index)
        // Several moves in a row become one operation, which is worth more than not reading the slot.
        let followsMove = code.last >= 0 && code.lastOperation == ~WASM_OP_move
        if isInAccumulator(value), !followsMove {
            code.emit(~WASM_OP_move_A, CodeBuffer.word(a: target))
        } else {
            code.emitMove(to: target, from: layout.slot(ofLocal: source))
        }
        known.copy(source, to: index)
    }

    /// Whether a local is still what it was when the function began: zero.
    private func isUnwritten(_ index: Int) -> Bool { isEntryStretch && !written[index] }

    private mutating func moveFloat(to target: Int, _ type: UInt32) {
        let isSingle = type == ValueType.f32.rawValue
        code.emit(isSingle ? ~WASM_OP_move_F32 : ~WASM_OP_move_F64, CodeBuffer.word(a: target))
    }

    /// The accumulators no longer hold this local.
    mutating func forget(_ index: Int) {
        if known.accumulator == index { known.accumulator = -1 }
        if known.float == index { known.float = -1 }
    }

    /// Lets a `select` that was just emitted write to a local directly.
    private mutating func retargetSelect(from slot: Int, to target: Int) -> Bool {
        guard code.last >= 0, code.lastOperation == ~WASM_OP_select_S || code.lastOperation == ~WASM_OP_select_A,
            CodeBuffer.a(code[code.last + 1]) == slot
        else { return false }
        code.setA(code.last, target)
        return true
    }
}
