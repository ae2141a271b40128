import CWasmCore

/// The instructions that most of any program consists of, in the few bytes that judging them takes: eight in a cache line
/// instead of two.
struct CommonInstructions: ~Copyable {
    enum Kind: UInt8 {
        /// Judged by `FunctionValidator.instruction()`.
        case other
        case unary, binary, load, store
        case localGet, localSet, localTee, globalGet, globalSet
        case i32Constant, i64Constant, f32Constant, f64Constant
        case drop, select
        case block, `if`, `else`, end, branch, branchIf, `return`, unreachable, call
    }

    struct Row {
        var kind: Kind
        /// Value types; the operand of a store is the value.
        var operand: UInt8 = 0
        var result: UInt8 = 0
        /// The greatest that a load or store may name.
        var alignment: UInt8 = 0
    }

    // Safety: 256 rows, written here only, so every byte is an index.
    private let rows: UnsafeMutablePointer<Row>

    /// - Parameter hasMemory: whether loads and stores address a memory of 32 bits.
    init(features: WasmFeatures, hasMemory: Bool) {
        rows = .allocate(capacity: 0x100)
        rows.initialize(repeating: Row(kind: .other), count: 0x100)
        for opcode in 0..<0x100 {
            let row = InstructionTable.rows[opcode]
            guard row.feature.required.map({ features.contains($0.feature) }) ?? true else { continue }
            let kind = Self.kind(opcode, row.shape)
            if kind == .load || kind == .store, !hasMemory { continue }
            rows[opcode] = Row(kind: kind, operand: row.operand, result: row.result, alignment: row.width_log2)
        }
    }

    deinit { rows.deallocate() }

    subscript(opcode: UInt8) -> Row {
        @inline(__always) get { rows[Int(opcode)] }
    }

    private static func kind(_ opcode: Int, _ shape: WasmShape) -> Kind {
        switch shape {
        case WASM_SHAPE_INT_BINARY, WASM_SHAPE_INT_COMPARE, WASM_SHAPE_FLOAT_BINARY, WASM_SHAPE_FLOAT_COMPARE: .binary
        case WASM_SHAPE_INT_UNARY, WASM_SHAPE_FLOAT_UNARY, WASM_SHAPE_INT_TO_FLOAT, WASM_SHAPE_FLOAT_TO_INT: .unary
        case WASM_SHAPE_INT_LOAD, WASM_SHAPE_FLOAT_LOAD: .load
        case WASM_SHAPE_INT_STORE, WASM_SHAPE_FLOAT_STORE: .store
        default: special(opcode)
        }
    }

    private static func special(_ opcode: Int) -> Kind {
        switch opcode {
        case 0x00: .unreachable
        case 0x02, 0x03: .block
        case 0x04: .if
        case 0x05: .else
        case 0x0B: .end
        case 0x0C: .branch
        case 0x0D: .branchIf
        case 0x0F: .return
        case 0x10: .call
        case 0x1A: .drop
        case 0x1B: .select
        case 0x20: .localGet
        case 0x21: .localSet
        case 0x22: .localTee
        case 0x23: .globalGet
        case 0x24: .globalSet
        case 0x41: .i32Constant
        case 0x42: .i64Constant
        case 0x43: .f32Constant
        case 0x44: .f64Constant
        default: .other
        }
    }
}
