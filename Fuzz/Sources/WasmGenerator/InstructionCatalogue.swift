import CWasmCore

/// A value type as the binary writes it.
typealias TypeCode = UInt8

extension TypeCode {
    static let i32 = TypeCode(WASM_I32)
    static let i64 = TypeCode(WASM_I64)
    static let f32 = TypeCode(WASM_F32)
    static let f64 = TypeCode(WASM_F64)
    static let funcRef = TypeCode(WASM_FUNCREF)
    static let externRef = TypeCode(WASM_EXTERNREF)

    static let numbers: [TypeCode] = [.i32, .i64, .f32, .f64]
    var isReference: Bool { self == .funcRef || self == .externRef }
    var isFloat: Bool { self == .f32 || self == .f64 }
}

/// The rows of the engine's instruction table that only take and give numbers: a row added there is generated here.
enum InstructionCatalogue {
    struct Row {
        let code: Int
        let operands: [TypeCode]
        let result: TypeCode
        /// Bytes that a load or store touches; 0 for arithmetic.
        let width: Int
        /// Stops the program for many operands.
        let mayTrap: Bool
        /// May make a NaN whose bits the standard leaves open.
        let makesNaN: Bool
    }

    static let arithmetic = rows { arithmeticOperands($0) }
    static let loads = rows { row in
        row.shape == WASM_SHAPE_INT_LOAD || row.shape == WASM_SHAPE_FLOAT_LOAD ? [.i32] : nil
    }
    static let stores = rows { row in
        row.shape == WASM_SHAPE_INT_STORE || row.shape == WASM_SHAPE_FLOAT_STORE ? [.i32, row.operand] : nil
    }
    static let arithmeticByResult = Dictionary(grouping: arithmetic, by: \.result)

    private static func rows(_ operands: (WasmInstruction) -> [TypeCode]?) -> [Row] {
        let table = wasm_core_instructions()
        return (0..<Int(WASM_INSTRUCTION_COUNT)).compactMap { code in
            let row = table[code]
            guard let name = row.name.map({ String(cString: $0) }), let types = operands(row) else { return nil }
            let isAccess = types.first == .i32 && arithmeticOperands(row) == nil
            return Row(
                code: code, operands: types, result: row.result, width: isAccess ? 1 << Int(row.width_log2) : 0,
                mayTrap: traps(name), makesNaN: !isAccess && makesNaN(row, name))
        }
    }

    private static func arithmeticOperands(_ row: WasmInstruction) -> [TypeCode]? {
        switch row.shape {
        case WASM_SHAPE_INT_BINARY, WASM_SHAPE_INT_COMPARE, WASM_SHAPE_FLOAT_BINARY, WASM_SHAPE_FLOAT_COMPARE:
            [row.operand, row.operand]
        case WASM_SHAPE_INT_UNARY, WASM_SHAPE_FLOAT_UNARY, WASM_SHAPE_INT_TO_FLOAT, WASM_SHAPE_FLOAT_TO_INT:
            [row.operand]
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
