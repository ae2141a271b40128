import CWasmCore

/// Loads and stores where there are several memories, or memories that are addressed with 64 bits.
///
/// An access to another memory than the first is the usual operation between two that give the registers to that memory
/// and back. An address of 64 bits is checked to have no more than 32 by an operation of its own, and is then usual too.
extension Translator {
    mutating func accessFar(_ row: WasmInstruction) {
        var ahead = reader
        let (memory, offset) = ahead.memoryArgument()
        if memory != 0 { code.emit(~WASM_OP_memory_enter, CodeBuffer.word(immediate: Int32(memory))) }
        if module.contents.memories[memory].address == .i64 { checkAddress(row, offset) }
        access(row)
        if memory != 0 { code.emit(~WASM_OP_memory_leave, 0) }
    }

    private mutating func checkAddress(_ row: WasmInstruction, _ offset: UInt64) {
        let index = height - 1 - row.operandsAboveAddress
        let base = operands[index]
        if base.kind == .constant, (base.bits | offset) >> 32 == 0 { return }
        let bytes = 1 << Int(row.width_log2)
        if base.kind == .accumulator {
            code.emit(~WASM_OP_check_address_A, CodeBuffer.word(a: bytes), offset)
        } else {
            let slotBase = slot(of: base, atHeight: index)
            code.emit(~WASM_OP_check_address_S, CodeBuffer.word(a: bytes, b: slotBase), offset)
        }
    }
}

extension WasmInstruction {
    var touchesMemory: Bool {
        immediates == WASM_IMMEDIATES_MEMORY || immediates == WASM_IMMEDIATES_MEMORY_AND_LANE
    }

    /// Operands of a load or store that stand above its address: a vector is two.
    fileprivate var operandsAboveAddress: Int {
        switch shape {
        case WASM_SHAPE_INT_STORE, WASM_SHAPE_FLOAT_STORE: 1
        case WASM_SHAPE_VECTOR_STORE, WASM_SHAPE_VECTOR_LOAD_LANE, WASM_SHAPE_VECTOR_STORE_LANE: 2
        default: 0
        }
    }
}
