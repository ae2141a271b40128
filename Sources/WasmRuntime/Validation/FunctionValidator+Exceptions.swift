/// Throwing and catching.
extension FunctionValidator {
    static func legacyName(_ opcode: UInt8) -> String {
        switch opcode {
        case 0x06: "try"
        case 0x07: "catch"
        case 0x09: "rethrow"
        case 0x18: "delegate"
        default: "catch_all"
        }
    }

    private mutating func tag() throws(ModuleError) -> Signature {
        let index = try reader.u32()
        guard index < contents.tags.count else { throw invalid("unknown tag \(index)") }
        return types[Int(contents.tags[Int(index)])]
    }

    mutating func throwException() throws(ModuleError) {
        try pop(try tag().parameters)
        becomeUnreachable()
    }

    mutating func throwReference() throws(ModuleError) {
        try pop(ValueType.exnRef.rawValue)
        becomeUnreachable()
    }

    /// The labels of its clauses are those around it.
    mutating func tryTable() throws(ModuleError) {
        let signature = try blockSignature()
        for _ in 0..<(try reader.count("catch clauses", max: limits.functionBytesMax)) { try catchClause() }
        try enter(0x1F, signature)
    }

    /// Kinds: 0, of a tag; 1, with the reference as well; 2, all; 3, all, with the reference.
    private mutating func catchClause() throws(ModuleError) {
        let at = reader.position
        let kind = try reader.byte()
        guard kind < 4 else { throw ModuleError(.malformed, "malformed catch clause \(kind)", at: at) }
        let values = kind < 2 ? try tag().parameters : TypeTable.block(result: 0).parameters
        let expected = try label().labelTypes
        let takesReference = kind & 1 != 0
        guard expected.count == values.count + (takesReference ? 1 : 0),
            values.baseAddress == expected.baseAddress || zip(values, expected).allSatisfy(==),
            !takesReference || expected[values.count] == ValueType.exnRef.rawValue
        else { throw mismatch("a catch clause does not give what its label takes") }
    }
}
