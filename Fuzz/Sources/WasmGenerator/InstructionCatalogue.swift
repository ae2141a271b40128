import CWasmCore

/// A value type as the binary writes it.
typealias TypeCode = UInt8

extension TypeCode {
    static let i32 = TypeCode(WASM_I32)
    static let i64 = TypeCode(WASM_I64)
    static let f32 = TypeCode(WASM_F32)
    static let f64 = TypeCode(WASM_F64)
    static let v128 = TypeCode(WASM_V128)
    static let funcRef = TypeCode(WASM_FUNCREF)
    static let externRef = TypeCode(WASM_EXTERNREF)

    static let numbers: [TypeCode] = [.i32, .i64, .f32, .f64]
    var isReference: Bool { self == .funcRef || self == .externRef }
    var isFloat: Bool { self == .f32 || self == .f64 }
}

/// The rows of the engine's instruction table that take and give numbers and vectors: a row added there is generated here.
struct InstructionCatalogue {
    struct Row {
        let code: Int
        let operands: [TypeCode]
        /// 0 for none.
        let result: TypeCode
        /// Bytes that a load or store touches; 0 for arithmetic.
        let width: Int
        /// What the byte behind the instruction must be below; 0 where there is none.
        let lanes: Int
        let isShuffle: Bool
        /// Stops the program for many operands.
        let mayTrap: Bool
        /// May make a NaN whose bits the standard leaves open.
        let makesNaN: Bool
    }

    /// On numbers only.
    let scalar: [Row]
    /// On vectors, or from them or to them.
    let vector: [Row]
    let byResult: [TypeCode: [Row]]
    let loads: [Row]
    let stores: [Row]

    init(_ style: GeneratorStyle) {
        let table = wasm_core_instructions()
        var all: [Row] = []
        for code in 0..<Int(WASM_INSTRUCTION_COUNT) {
            let row = table[code]
            if row.feature == WASM_FEATURE_RELAXED_SIMD, !style.contains(.relaxedVectors) { continue }
            guard let parsed = Self.row(code, row) else { continue }
            let isVector = parsed.result == .v128 || parsed.operands.contains(.v128)
            if isVector, !style.contains(.vectors) { continue }
            all.append(parsed)
        }
        let arithmetic = all.filter { $0.width == 0 }
        vector = arithmetic.filter { $0.result == .v128 || $0.operands.contains(.v128) }
        scalar = arithmetic.filter { $0.result != .v128 && !$0.operands.contains(.v128) }
        byResult = Dictionary(grouping: arithmetic, by: \.result)
        loads = all.filter { $0.width > 0 && $0.result != 0 }
        stores = all.filter { $0.width > 0 && $0.result == 0 }
    }

    private static func row(_ code: Int, _ row: WasmInstruction) -> Row? {
        guard let name = row.name.map({ String(cString: $0) }) else { return nil }
        let arithmetic = arithmeticOperands(row)
        guard let operands = arithmetic ?? accessOperands(row) else { return nil }
        let isStore =
            row.shape == WASM_SHAPE_INT_STORE || row.shape == WASM_SHAPE_FLOAT_STORE
            || row.shape == WASM_SHAPE_VECTOR_STORE || row.shape == WASM_SHAPE_VECTOR_STORE_LANE
        let hasLane = row.immediates == WASM_IMMEDIATES_LANE || row.immediates == WASM_IMMEDIATES_MEMORY_AND_LANE
        return Row(
            code: code, operands: operands, result: isStore ? 0 : row.result,
            width: arithmetic == nil ? 1 << Int(row.width_log2) : 0, lanes: hasLane ? Int(row.lanes) : 0,
            isShuffle: row.shape == WASM_SHAPE_VECTOR_SHUFFLE, mayTrap: traps(name),
            makesNaN: arithmetic != nil && makesNaN(row, name))
    }

    private static func arithmeticOperands(_ row: WasmInstruction) -> [TypeCode]? {
        switch row.shape {
        case WASM_SHAPE_INT_BINARY, WASM_SHAPE_INT_COMPARE, WASM_SHAPE_FLOAT_BINARY, WASM_SHAPE_FLOAT_COMPARE:
            [row.operand, row.operand]
        case WASM_SHAPE_INT_UNARY, WASM_SHAPE_FLOAT_UNARY, WASM_SHAPE_INT_TO_FLOAT, WASM_SHAPE_FLOAT_TO_INT,
            WASM_SHAPE_VECTOR_SPLAT:
            [row.operand]
        case WASM_SHAPE_VECTOR_UNARY, WASM_SHAPE_VECTOR_TEST, WASM_SHAPE_VECTOR_EXTRACT: [.v128]
        case WASM_SHAPE_VECTOR_BINARY, WASM_SHAPE_VECTOR_SHUFFLE: [.v128, .v128]
        case WASM_SHAPE_VECTOR_TERNARY: [.v128, .v128, .v128]
        case WASM_SHAPE_VECTOR_SHIFT: [.v128, .i32]
        case WASM_SHAPE_VECTOR_REPLACE: [.v128, row.operand]
        default: nil
        }
    }

    private static func accessOperands(_ row: WasmInstruction) -> [TypeCode]? {
        switch row.shape {
        case WASM_SHAPE_INT_LOAD, WASM_SHAPE_FLOAT_LOAD, WASM_SHAPE_VECTOR_LOAD: [.i32]
        case WASM_SHAPE_INT_STORE, WASM_SHAPE_FLOAT_STORE: [.i32, row.operand]
        case WASM_SHAPE_VECTOR_STORE, WASM_SHAPE_VECTOR_LOAD_LANE, WASM_SHAPE_VECTOR_STORE_LANE: [.i32, .v128]
        default: nil
        }
    }

    private static func traps(_ name: String) -> Bool {
        let operation = name.drop { $0 != "." }
        if operation.hasPrefix(".trunc_f") { return true }
        return name.hasPrefix("i") && (operation.hasPrefix(".div") || operation.hasPrefix(".rem"))
    }

    private static func makesNaN(_ row: WasmInstruction, _ name: String) -> Bool {
        guard row.result.isFloat, row.shape != WASM_SHAPE_INT_TO_FLOAT else { return false }
        return ![".abs", ".neg", ".copysign"].contains { name.hasSuffix($0) }
    }
}
