import CWasmCore

/// The rows of `WasmInstructions.h`, by code: an opcode, or 0x100 plus what follows the prefix 0xFC, or 0x200 plus what
/// follows 0xFD.
enum InstructionTable {
    static let count = Int(WASM_INSTRUCTION_COUNT)
    // Safety: constant data of the C target.
    nonisolated(unsafe) static let rows = wasm_core_instructions()

    static func row(_ code: Int) -> WasmInstruction? {
        guard code < count, rows[code].shape != WASM_SHAPE_ILLEGAL else { return nil }
        return rows[code]
    }

    static func name(_ code: Int) -> String { row(code)?.name.map { String(cString: $0) } ?? "illegal" }
}

extension WasmFeature {
    /// The option that must be on; nil for WebAssembly 1.0.
    var required: (feature: WasmFeatures, name: String)? {
        switch self {
        case WASM_FEATURE_SIGN_EXTENSION: (.signExtension, "sign extension")
        case WASM_FEATURE_SATURATING: (.saturatingConversions, "saturating conversions")
        case WASM_FEATURE_BULK: (.bulkMemory, "bulk memory")
        case WASM_FEATURE_REFERENCE_TYPES: (.referenceTypes, "reference types")
        case WASM_FEATURE_TAIL_CALL: (.tailCalls, "tail calls")
        case WASM_FEATURE_EXCEPTIONS: (.exceptions, "exceptions")
        case WASM_FEATURE_SIMD: (.simd, "SIMD")
        case WASM_FEATURE_RELAXED_SIMD: (.relaxedSIMD, "relaxed SIMD")
        default: nil
        }
    }
}
