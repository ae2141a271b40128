import CWasmCore

/// The instructions of a function that validation has accepted, as text.
struct InstructionReader {
    private var reader: CodeReader
    private var depth = 0

    init(_ reader: CodeReader) { self.reader = reader }

    var position: Int { reader.position }

    mutating func skipLocals() {
        for _ in 0..<reader.u32() {
            _ = reader.u32()
            _ = reader.byte()
        }
    }

    mutating func next() -> (depth: Int, text: String) {
        let code = reader.code()
        let row = InstructionTable.rows[code]
        if code == Self.end || code == Self.otherwise { depth = max(0, depth - 1) }
        defer { if Self.opening.contains(code) || code == Self.otherwise { depth += 1 } }
        let operands = immediates(row)
        let name = InstructionTable.name(code)
        return (depth, operands.isEmpty ? name : "\(name) \(operands)")
    }

    private static let otherwise = 0x05
    private static let end = 0x0B
    private static let opening = [0x02, 0x03, 0x04, 0x1F]

    private mutating func immediates(_ row: WasmInstruction) -> String {
        switch row.immediates {
        case WASM_IMMEDIATES_INDEX: return "\(reader.u32())"
        case WASM_IMMEDIATES_TWO_INDICES: return "\(reader.u32()) \(reader.u32())"
        case WASM_IMMEDIATES_BLOCK: return blockType()
        case WASM_IMMEDIATES_BRANCH_TABLE: return list(Int(reader.u32()) + 1) { "\($0.u32())" }
        case WASM_IMMEDIATES_TYPES: return list(Int(reader.u32())) { Self.type($0.byte()) }
        case WASM_IMMEDIATES_REFERENCE_TYPE: return Self.type(reader.byte())
        case WASM_IMMEDIATES_MEMORY: return memoryArgument()
        case WASM_IMMEDIATES_I32: return "\(reader.s32())"
        case WASM_IMMEDIATES_I64: return "\(reader.s64())"
        case WASM_IMMEDIATES_F32: return "\(Float(bitPattern: reader.fixed32()))"
        case WASM_IMMEDIATES_F64: return "\(Double(bitPattern: reader.fixed64()))"
        case WASM_IMMEDIATES_LANE: return "\(reader.byte())"
        case WASM_IMMEDIATES_MEMORY_AND_LANE:
            let argument = memoryArgument()
            return argument.isEmpty ? "\(reader.byte())" : "\(argument) \(reader.byte())"
        case WASM_IMMEDIATES_VECTOR: return list(16) { "\($0.byte())" }
        case WASM_IMMEDIATES_TRY_TABLE: return tryTable()
        default: return ""
        }
    }

    private mutating func list(_ count: Int, _ item: (inout CodeReader) -> String) -> String {
        var items: [String] = []
        for _ in 0..<count { items.append(item(&reader)) }
        return items.joined(separator: " ")
    }

    private static func type(_ byte: UInt8) -> String { "\(ValueType(rawValue: UInt32(byte)))" }

    private mutating func blockType() -> String {
        var ahead = reader
        let byte = ahead.byte()
        guard byte & 0xC0 == 0x40 else { return "(type \(reader.s64()))" }
        reader = ahead
        return byte == 0x40 ? "" : "(result \(Self.type(byte)))"
    }

    private mutating func memoryArgument() -> String {
        // The alignment promises something; what the instruction does doesn't depend on it.
        let (memory, offset) = reader.memoryArgument()
        return [memory == 0 ? nil : "\(memory)", offset == 0 ? nil : "offset=\(offset)"].compactMap(\.self)
            .joined(separator: " ")
    }

    private mutating func tryTable() -> String {
        let type = blockType()
        var clauses = type.isEmpty ? [] : [type]
        for _ in 0..<reader.u32() {
            let clause = reader.catchClause()
            let what = clause.tag.map { "catch\(clause.takesReference ? "_ref" : "") \($0)" }
            clauses.append("(\(what ?? "catch_all\(clause.takesReference ? "_ref" : "")") \(clause.label))")
        }
        return clauses.joined(separator: " ")
    }
}
