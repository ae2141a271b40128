import CWasmCore

/// Calls that take the place of their caller: the arguments move down to the frame's start, and what stood behind the
/// caller's parameters (its caller's frame, the return address) to behind the callee's.
extension Translator {
    mutating func tailCall() {
        let index = Int(reader.u32())
        let callee = module.types.slots(Int(module.contents.functions[index]))
        let first = prepareCall(callee)
        code.emit(
            ~WASM_OP_return_call, arguments(callee, first), UInt64(UInt(bitPattern: module.entries + index)),
            shape(callee))
        becomeUnreachable()
    }

    mutating func tailCallIndirect() {
        let type = Int(reader.u32())
        let table = Int(reader.u32())
        let callee = module.types.slots(type)
        let index = popCallIndex(table)
        let first = prepareCall(callee)
        code.emit(
            ~WASM_OP_return_call_indirect, arguments(callee, first),
            CodeBuffer.word(a: table, b: index, immediate: Int32(bitPattern: module.typeIDs[type])), shape(callee))
        becomeUnreachable()
    }

    private func arguments(_ callee: Signature, _ first: Int) -> UInt64 {
        CodeBuffer.word(a: first, b: callee.parameters.count, immediate: Int32(pendingFuel))
    }

    private func shape(_ callee: Signature) -> UInt64 { CodeBuffer.word(a: layout.header, b: header(callee)) }
}
