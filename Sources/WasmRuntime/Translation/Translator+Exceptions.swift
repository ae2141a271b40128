import CWasmCore

/// Throwing and catching. Code inside of a `try_table` is the same as outside: who catches what stands in a table beside
/// it, for ranges of words. At whatever throws (a `throw`, or a call) all locals are in their slots, and so are the
/// operands below any block that is open: whoever catches needs no more.
extension Translator {
    mutating func throwException() {
        let tag = Int(reader.u32())
        let type = module.types.slots(Int(module.contents.tags[tag]))
        let first = prepareCall(type)
        code.emit(
            ~WASM_OP_throw, CodeBuffer.word(a: first, immediate: Int32(pendingFuel)),
            CodeBuffer.word(immediate: Int32(tag)))
        becomeUnreachable()
    }

    mutating func throwReference() {
        let slot = popSlot()
        code.emit(~WASM_OP_throw_ref, CodeBuffer.word(b: slot, immediate: Int32(pendingFuel)))
        becomeUnreachable()
    }

    mutating func enterGuarded() {
        pendingFuel -= 1
        let signature = blockSignature()
        flushAll(below: height)
        flushTop(signature.parameters.count)
        // Nothing before may become part of what follows.
        code.seal()
        handlers.open(at: code.count)
        for _ in 0..<reader.u32() { catchClause() }
        blocks.append(
            Block(kind: .guarded, signature: signature, height: height - signature.parameters.count))
    }

    private mutating func catchClause() {
        let (tag, takesReference, depth) = reader.catchClause()
        let index = blocks.count - 1 - depth
        var block = blocks[index]
        let isLoop = block.kind == .loop
        let clause = CatchClause(
            tag: tag.map(Int32.init) ?? CatchClause.anyTag, takesReference: takesReference, isLoop: isLoop,
            slot: UInt16(slot(atHeight: block.height)), target: Int32(isLoop ? block.start : block.landings), cost: 0)
        let added = handlers.append(clause)
        if !isLoop {
            block.landings = added
            blocks[index] = block
        }
    }

    mutating func leaveGuarded() {
        code.seal()
        handlers.close(at: code.count)
    }
}
