/// A cursor in a function's bytes that has at least `lookahead` bytes before it whenever an instruction starts, so that
/// none of its reads is checked.
private struct CodeCursor {
    // Safety: `isNearEnd` is asked before each instruction, and no instruction reads more than `lookahead` bytes.
    var next: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    /// The longest common instruction: an opcode, an alignment and an offset, or a 64-bit constant.
    private static let lookahead = 16

    var isNearEnd: Bool {
        @inline(__always) get { end - next < Self.lookahead }
    }

    /// An unsigned number of 32 bits; nil if it is malformed.
    @inline(__always)
    mutating func index() -> Int? {
        let first = next[0]
        if first < 0x80 {
            next += 1
            return Int(first)
        }
        return longIndex()
    }

    private mutating func longIndex() -> Int? {
        var value = 0
        for position in 0..<5 {
            let byte = next[position]
            value |= Int(byte & 0x7F) << (7 * position)
            guard byte & 0x80 == 0 else { continue }
            guard value <= UInt32.max else { return nil }
            next += position + 1
            return value
        }
        return nil
    }

    /// Passes over a signed number of 32 bits; false if it is malformed.
    @inline(__always)
    mutating func skipSigned() -> Bool {
        if skipShort() { return true }
        let last = next[4]
        guard last & 0x80 == 0, last & 0x78 == 0 || last & 0x78 == 0x78 else { return false }
        next += 5
        return true
    }

    /// A signed number of 64 bits; nil if it is malformed.
    mutating func signed() -> Int64? {
        var value: Int64 = 0
        for position in 0..<10 {
            let byte = next[position]
            value |= Int64(byte & 0x7F) << Int64(7 * position)
            guard byte & 0x80 == 0 else { continue }
            if position == 9 {
                // Of the last byte only one bit is the value's; the others must repeat it.
                guard byte == 0 || byte == 0x7F else { return nil }
            } else if byte & 0x40 != 0 {
                value |= -1 << Int64(7 * (position + 1))
            }
            next += position + 1
            return value
        }
        return nil
    }

    /// Passes over a number of at most 28 bits; false if it is longer.
    @inline(__always)
    mutating func skipShort() -> Bool {
        var count = 1
        while next[count - 1] >= 0x80 {
            count += 1
            if count > 4 { return false }
        }
        next += count
        return true
    }
}

/// Judging the instructions that most of any program consists of. Measured with callgrind on a program of 1.2 MB: 11
/// machine instructions for each byte of code, against 110 when every instruction goes through `instruction()`.
extension FunctionValidator {
    /// Judges instructions up to the first that is not common, or that breaks a rule: that one is left to
    /// `instruction()`, which has all the rules and all the messages.
    mutating func commonInstructions() {
        var code = CodeCursor(next: reader.next, end: reader.limit)
        // Safety: `floor <= top <= full` always holds; `floor` is where the innermost block's operands begin.
        let base = operands.elements
        let full = base + operands.capacity
        var top = base + operands.count
        var floor = base + control.last.height
        var highest = base + Int(summary.operandsMax)
        var done = code.next

        judging: while !code.isNearEnd, top < full {
            let row = common[code.next[0]]
            code.next += 1
            let operand = UInt32(row.operand)
            switch row.kind {
            case .other: break judging
            case .localGet:
                guard let index = code.index(), index < locals.count else { break judging }
                top.pointee = locals[index]
                top += 1
            case .localSet:
                guard let index = code.index(), index < locals.count, top > floor, top[-1] == locals[index] else {
                    break judging
                }
                top -= 1
            case .localTee:
                guard let index = code.index(), index < locals.count, top > floor, top[-1] == locals[index] else {
                    break judging
                }
            case .i32Constant:
                guard code.skipSigned() else { break judging }
                top.pointee = ValueType.i32.rawValue
                top += 1
            case .i64Constant:
                if !code.skipShort() {
                    guard let value = code.signed() else { break judging }
                    if value != Int64(Int32(truncatingIfNeeded: value)) { countWideConstant() }
                }
                top.pointee = ValueType.i64.rawValue
                top += 1
            case .f32Constant:
                code.next += 4
                countWideConstant()
                top.pointee = ValueType.f32.rawValue
                top += 1
            case .f64Constant:
                code.next += 8
                countWideConstant()
                top.pointee = ValueType.f64.rawValue
                top += 1
            case .unary:
                guard top > floor, top[-1] == operand else { break judging }
                top[-1] = UInt32(row.result)
            case .binary:
                guard top - floor >= 2, top[-1] == operand, top[-2] == operand else { break judging }
                top -= 1
                top[-1] = UInt32(row.result)
            case .load:
                guard code.next[0] <= row.alignment, top > floor, top[-1] == ValueType.i32.rawValue else {
                    break judging
                }
                code.next += 1
                guard code.index() != nil else { break judging }
                top[-1] = UInt32(row.result)
            case .store:
                guard code.next[0] <= row.alignment, top - floor >= 2, top[-1] == operand,
                    top[-2] == ValueType.i32.rawValue
                else { break judging }
                code.next += 1
                guard code.index() != nil else { break judging }
                top -= 2
            case .drop:
                guard top > floor else { break judging }
                top -= 1
            case .select:
                guard top - floor >= 3, top[-1] == ValueType.i32.rawValue, top[-2] == top[-3],
                    ValueType(rawValue: top[-2]).isNumber
                else { break judging }
                top -= 2
            case .globalGet:
                guard let index = code.index(), index < contents.globals.count else { break judging }
                top.pointee = contents.globals[index].value.rawValue
                top += 1
            case .globalSet:
                guard let index = code.index(), index < contents.globals.count, contents.globals[index].isMutable,
                    top > floor, top[-1] == contents.globals[index].value.rawValue
                else { break judging }
                top -= 1
            case .block, .if:
                let operandCount = row.kind == .if ? 1 : 0
                guard let type = Self.blockType(code.next[0]), control.count < limits.nestingMax,
                    operandCount == 0 || (top > floor && top[-1] == ValueType.i32.rawValue)
                else { break judging }
                code.next += 1
                top -= operandCount
                control.append(
                    ControlFrame(signature: TypeTable.block(result: type), height: top - base, opcode: done[0]))
                floor = top
            case .else:
                let signature = control.last.signature
                guard control.last.opcode == Self.ifOpcode, signature.parameters.isEmpty,
                    top - floor == signature.results.count, Self.match(signature.results, below: top)
                else { break judging }
                top = floor
                control.mutateLast { $0 = ControlFrame(signature: signature, height: $0.height, opcode: done[0]) }
            case .end:
                let results = control.last.signature.results
                guard control.count > 1, control.last.opcode != Self.ifOpcode || results.isEmpty,
                    control.last.signature.parameters.isEmpty, top - floor == results.count,
                    Self.match(results, below: top)
                else { break judging }
                _ = control.removeLast()
                floor = base + control.last.height
            case .branch:
                guard let depth = code.index(), depth < control.count else { break judging }
                let types = control[control.count - 1 - depth].labelTypes
                guard top - floor >= types.count, Self.match(types, below: top) else { break judging }
                top = floor
                control.mutateLast { $0.isUnreachable = true }
            case .return:
                let results = control[0].signature.results
                guard top - floor >= results.count, Self.match(results, below: top) else { break judging }
                top = floor
                control.mutateLast { $0.isUnreachable = true }
            case .unreachable:
                top = floor
                control.mutateLast { $0.isUnreachable = true }
            case .branchIf:
                guard let depth = code.index(), depth < control.count else { break judging }
                let types = control[control.count - 1 - depth].labelTypes
                guard top - floor > types.count, top[-1] == ValueType.i32.rawValue,
                    Self.match(types, below: top - 1)
                else { break judging }
                top -= 1
            case .call:
                guard let index = code.index(), index < contents.functions.count else { break judging }
                let signature = types[Int(contents.functions[index])]
                guard top - floor >= signature.parameters.count, Self.match(signature.parameters, below: top),
                    full - top >= signature.results.count
                else { break judging }
                top -= signature.parameters.count
                for type in signature.results {
                    top.pointee = type
                    top += 1
                }
            }
            if top > highest { highest = top }
            done = code.next
        }
        reader.advance(to: done)
        operands.setCount(top - base)
        summary.operandsMax = UInt32(highest - base)
    }

    private static let ifOpcode: UInt8 = 0x04

    /// A block's result type as the binary writes it, if it has none or a number; 0 for none.
    @inline(__always)
    private static func blockType(_ byte: UInt8) -> UInt32? {
        if byte == 0x40 { return 0 }
        return ValueType(rawValue: UInt32(byte)).isNumber ? UInt32(byte) : nil
    }

    /// Whether the operands below `top` are just these.
    @inline(__always)
    private static func match(_ types: UnsafeBufferPointer<UInt32>, below top: UnsafeMutablePointer<UInt32>) -> Bool {
        let start = top - types.count
        for index in 0..<types.count where start[index] != types[index] { return false }
        return true
    }
}
