import CWasmCore

/// Internal operations as the translator looks them up.
enum OperationTable {
    static let count = Int(WASM_OPERATION_COUNT.rawValue)

    /// The first word of each operation.
    // Safety: written once, here; never freed.
    nonisolated(unsafe) static let handlers: UnsafePointer<UInt64> = {
        let table = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        wasm_core_fill_handlers(table)
        return UnsafePointer(table)
    }()

    /// For each form of a comparison the code of its instruction, for every other operation 0.
    nonisolated(unsafe) static let comparisons: UnsafePointer<UInt16> = {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
        table.initialize(repeating: 0, count: count)
        for code in 0..<InstructionTable.count {
            let row = InstructionTable.rows[code]
            let forms =
                switch row.shape {
                case WASM_SHAPE_INT_COMPARE: 10
                case WASM_SHAPE_FLOAT_COMPARE: 6
                default: 0
                }
            for form in 0..<forms { table[Int(row.operation) + form] = UInt16(code) }
        }
        return UnsafePointer(table)
    }()
}

extension WasmOperation {
    /// Operations are numbers here: the translator adds to them to get from one form to the next.
    static prefix func ~ (operation: WasmOperation) -> UInt16 { operation.rawValue }
}
