import CWasmCore

/// Instructions whose types or control flow are their own affair.
extension FunctionValidator {
    mutating func special(_ code: Int) throws(ModuleError) {
        switch code {
        case 0x00: becomeUnreachable()
        case 0x01: break
        case 0x02, 0x03: try enter(UInt8(code))
        case 0x04:
            try pop(ValueType.i32.rawValue)
            try enter(0x04)
        case 0x05: try otherwise()
        case 0x0B: try end()
        case 0x08: try throwException()
        case 0x0A: try throwReference()
        case 0x1F: try tryTable()
        case 0x0C:
            let label = try label()
            try pop(label.labelTypes)
            becomeUnreachable()
        case 0x0D:
            let label = try label()
            try pop(ValueType.i32.rawValue)
            try pop(label.labelTypes)
            push(label.labelTypes)
        case 0x0E: try branchTable()
        case 0x0F:
            try pop(control[0].signature.results)
            becomeUnreachable()
        case 0x10:
            let index = try functionIndex()
            try call(types[Int(contents.functions[index])])
        case 0x11: try callIndirect()
        case 0x12, 0x13: try tailCall(code)
        case 0x1A: _ = try pop()
        case 0x1B: try select()
        case 0x1C: try selectTyped()
        case 0x20...0x22: try local(code)
        case 0x23, 0x24: try global(code)
        case 0x41:
            _ = try reader.s32()
            push(ValueType.i32.rawValue)
        case 0x42:
            let value = try reader.s64()
            if value != Int64(Int32(truncatingIfNeeded: value)) { countWideConstant() }
            push(ValueType.i64.rawValue)
        case 0x43:
            _ = try reader.fixed32()
            countWideConstant()
            push(ValueType.f32.rawValue)
        case 0x44:
            _ = try reader.fixed64()
            countWideConstant()
            push(ValueType.f64.rawValue)
        case 0xD0: push(try reader.referenceType(features: features).rawValue)
        case 0xD1:
            let type = try pop()
            guard type == Self.unknown || ValueType(rawValue: type).isReference else {
                throw mismatch("expected a reference, found \(ValueType(rawValue: type))")
            }
            push(ValueType.i32.rawValue)
        case 0xD2:
            let index = try functionIndex()
            guard declared[index] else { throw invalid("undeclared function reference \(index)") }
            push(ValueType.funcRef.rawValue)
        default: try memoryOrTable(code)
        }
    }

    mutating func countVectorConstant() {
        if summary.vectorConstants < .max { summary.vectorConstants += 1 }
    }

    mutating func countWideConstant() {
        if summary.wideConstants < .max { summary.wideConstants += 1 }
    }

    // MARK: Control

    mutating func blockSignature() throws(ModuleError) -> Signature {
        let byte = try reader.peek()
        switch byte {
        case 0x40:
            _ = try reader.byte()
            return TypeTable.block(result: 0)
        case 0x60...0x7F:
            let type = try reader.valueType(features: features)
            if type == .v128 { summary.usesVectors = true }
            return TypeTable.block(result: type.rawValue)
        default:
            let index = try reader.s33()
            guard index >= 0 else { throw ModuleError(.malformed, "malformed block type", at: at) }
            guard index < types.count else { throw invalid("unknown type \(index)") }
            let signature = types[Int(index)]
            guard features.contains(.multiValue) || (signature.parameters.isEmpty && signature.results.count <= 1)
            else {
                throw ModuleError(.unsupported, "multiple results are off", at: at)
            }
            return signature
        }
    }

    private mutating func enter(_ opcode: UInt8) throws(ModuleError) {
        try enter(opcode, try blockSignature())
    }

    mutating func enter(_ opcode: UInt8, _ signature: Signature) throws(ModuleError) {
        guard control.count < limits.nestingMax else {
            throw ModuleError(.tooLarge, "blocks nested deeper than \(limits.nestingMax)", at: at)
        }
        try pop(signature.parameters)
        control.append(ControlFrame(signature: signature, height: operands.count, opcode: opcode))
        push(signature.parameters)
    }

    /// Checks what the block leaves and removes it.
    private mutating func leave() throws(ModuleError) -> ControlFrame {
        let frame = control.last
        try pop(frame.signature.results)
        guard operands.count == frame.height else { throw mismatch("values remain on the stack at the end of a block") }
        _ = control.removeLast()
        return frame
    }

    private mutating func otherwise() throws(ModuleError) {
        guard control.last.opcode == 0x04 else {
            throw ModuleError(.malformed, "else without if", at: at)
        }
        let frame = try leave()
        control.append(ControlFrame(signature: frame.signature, height: frame.height, opcode: 0x05))
        push(frame.signature.parameters)
    }

    private mutating func end() throws(ModuleError) {
        let frame = try leave()
        // Without an else, the parameters themselves are the results.
        if frame.opcode == 0x04, !frame.signature.parameters.elementsEqual(frame.signature.results) {
            throw mismatch("if without else must give what it takes")
        }
        push(frame.signature.results)
    }

    mutating func label() throws(ModuleError) -> ControlFrame {
        let depth = try reader.u32()
        guard depth < control.count else { throw invalid("unknown label \(depth)") }
        return control[control.count - 1 - Int(depth)]
    }

    private mutating func branchTable() throws(ModuleError) {
        try pop(ValueType.i32.rawValue)
        let count = try reader.count("branch targets", max: limits.functionBytesMax)
        var arity: Int?
        var checked: UnsafeBufferPointer<UInt32>?
        for _ in 0...count {
            let types = try label().labelTypes
            guard arity == nil || arity == types.count else { throw mismatch("branch targets differ in arity") }
            arity = types.count
            // The same list of types has the same verdict.
            if let checked, checked.baseAddress == types.baseAddress { continue }
            try requireOnStack(types)
            checked = types
        }
        becomeUnreachable()
    }

    /// Checks the topmost operands without taking them.
    private mutating func requireOnStack(_ list: UnsafeBufferPointer<UInt32>) throws(ModuleError) {
        let frame = control.last
        for (index, expected) in list.reversed().enumerated() {
            let position = operands.count - 1 - index
            guard position >= frame.height else {
                if frame.isUnreachable { return }
                throw mismatch("an operand is missing")
            }
            let actual = operands[position]
            guard actual == expected || actual == Self.unknown else {
                throw mismatch("expected \(ValueType(rawValue: expected)), found \(ValueType(rawValue: actual))")
            }
        }
    }

    mutating func functionIndex() throws(ModuleError) -> Int {
        let index = try reader.u32()
        guard index < contents.functions.count else { throw invalid("unknown function \(index)") }
        return Int(index)
    }

    private mutating func call(_ signature: Signature) throws(ModuleError) {
        try pop(signature.parameters)
        push(signature.results)
    }

    private mutating func callIndirect() throws(ModuleError) { try call(try indirectCallee()) }

    /// The immediates of an indirect call, and its index.
    mutating func indirectCallee() throws(ModuleError) -> Signature {
        let type = try reader.u32()
        let table = try tableIndex()
        guard type < types.count else { throw invalid("unknown type \(type)") }
        guard contents.tables[table].element == .funcRef else { throw mismatch("table does not hold functions") }
        try pop(contents.tables[table].address.value.rawValue)
        return types[Int(type)]
    }

    // MARK: Parametric and variable instructions

    private mutating func select() throws(ModuleError) {
        try pop(ValueType.i32.rawValue)
        let second = try pop()
        let first = try pop()
        for type in [first, second] where type != Self.unknown && ValueType(rawValue: type).isReference {
            throw mismatch("select of references needs its type")
        }
        guard first == second || first == Self.unknown || second == Self.unknown else {
            throw mismatch("select of \(ValueType(rawValue: first)) and \(ValueType(rawValue: second))")
        }
        push(first == Self.unknown ? second : first)
    }

    private mutating func selectTyped() throws(ModuleError) {
        let count = try reader.u32()
        guard count == 1 else { throw invalid("invalid result arity") }
        let type = try reader.valueType(features: features).rawValue
        try pop(ValueType.i32.rawValue)
        try pop(type)
        try pop(type)
        push(type)
    }

    private mutating func local(_ code: Int) throws(ModuleError) {
        let index = try reader.u32()
        guard index < locals.count else { throw invalid("unknown local \(index)") }
        let type = locals[Int(index)]
        if code != 0x20 { try pop(type) }
        if code != 0x21 { push(type) }
    }

    private mutating func global(_ code: Int) throws(ModuleError) {
        let index = try reader.u32()
        guard index < contents.globals.count else { throw invalid("unknown global \(index)") }
        let global = contents.globals[Int(index)]
        if code == 0x23 {
            push(global.value.rawValue)
        } else {
            guard global.isMutable else { throw invalid("global \(index) is immutable") }
            try pop(global.value.rawValue)
        }
    }
}
