import CWasmCore

/// Instructions on vectors of 128 bits.
extension FunctionValidator {
    @inline(never)
    mutating func vector(_ row: WasmInstruction) throws(ModuleError) {
        summary.usesVectors = true
        let (operand, result) = (UInt32(row.operand), UInt32(row.result))
        let vector = ValueType.v128.rawValue
        switch row.shape {
        case WASM_SHAPE_VECTOR_UNARY, WASM_SHAPE_VECTOR_TEST: try pop(operand)
        case WASM_SHAPE_VECTOR_SPLAT:
            // Of a constant, it is one.
            countVectorConstant()
            try pop(operand)
        case WASM_SHAPE_VECTOR_BINARY:
            try pop(vector)
            try pop(vector)
        case WASM_SHAPE_VECTOR_TERNARY: for _ in 0..<3 { try pop(vector) }
        case WASM_SHAPE_VECTOR_SHIFT:
            try pop(ValueType.i32.rawValue)
            try pop(vector)
        case WASM_SHAPE_VECTOR_EXTRACT:
            try lane(row)
            try pop(vector)
        case WASM_SHAPE_VECTOR_REPLACE:
            try lane(row)
            try pop(operand)
            try pop(vector)
        case WASM_SHAPE_VECTOR_LOAD: try pop(try memoryArgument(row))
        case WASM_SHAPE_VECTOR_STORE:
            let address = try memoryArgument(row)
            try pop(vector)
            return try pop(address)
        case WASM_SHAPE_VECTOR_LOAD_LANE, WASM_SHAPE_VECTOR_STORE_LANE:
            let address = try memoryArgument(row)
            try lane(row)
            try pop(vector)
            try pop(address)
            if row.shape == WASM_SHAPE_VECTOR_STORE_LANE { return }
        case WASM_SHAPE_VECTOR_SHUFFLE: try shuffle()
        default:
            _ = try reader.fixed64()
            _ = try reader.fixed64()
            countVectorConstant()
        }
        push(result)
    }

    private mutating func lane(_ row: WasmInstruction) throws(ModuleError) {
        let lane = try reader.byte()
        guard lane < row.lanes else { throw invalid("invalid lane index \(lane), there are \(row.lanes)") }
    }

    private mutating func shuffle() throws(ModuleError) {
        for _ in 0..<16 {
            let lane = try reader.byte()
            guard lane < 32 else { throw invalid("invalid lane index \(lane), there are 32") }
        }
        try pop(ValueType.v128.rawValue)
        try pop(ValueType.v128.rawValue)
    }
}
