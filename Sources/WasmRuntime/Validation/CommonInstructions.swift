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
        default: special[opcode] ?? .other
        }
    }

    private static let special: [Int: Kind] = [
        0x00: .unreachable, 0x02: .block, 0x03: .block, 0x04: .if, 0x05: .else, 0x0B: .end, 0x0C: .branch,
        0x0D: .branchIf, 0x0F: .return, 0x10: .call, 0x1A: .drop, 0x1B: .select, 0x20: .localGet, 0x21: .localSet,
        0x22: .localTee, 0x23: .globalGet, 0x24: .globalSet, 0x41: .i32Constant, 0x42: .i64Constant, 0x43: .f32Constant,
        0x44: .f64Constant,
    ]
}
