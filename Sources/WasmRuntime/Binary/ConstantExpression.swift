/// An expression that may initialise a global, place a segment or fill an element segment. Nothing in it is counted or
/// allocated: modules have tens of thousands of them.
struct ConstantExpression {
    enum Instruction {
        case constant(ValueType, UInt64)
        /// The position of its 16 bytes in the module.
        case vector(at: Int)
        case nullReference(ValueType)
        case function(UInt32)
        case global(UInt32)
        /// `i32` or `i64` addition, subtraction or multiplication.
        case arithmetic(Arithmetic, ValueType)
    }
    enum Arithmetic { case add, subtract, multiply }

    /// Nil where there is none, which validation refuses.
    let first: Instruction?
    /// Whether there is no other, as in nearly all of them.
    let isSingle: Bool
    let offset: Int

    /// Reads up to and including `end`.
    /// - Throws: `.invalid` for an instruction that is not constant, `.malformed` for none at all.
    init(_ reader: inout ByteReader, features: WasmFeatures) throws(ModuleError) {
        offset = reader.position
        first = try Self.instruction(&reader, features: features)
        var count = 0
        if first != nil {
            while try Self.instruction(&reader, features: features) != nil { count += 1 }
        }
        isSingle = count == 0
    }

    /// All its instructions, read again from the module that it was read from.
    func instructions(in bytes: ModuleBytes) throws(ModuleError) -> [Instruction] {
        var reader = ByteReader(bytes, offset..<bytes.count)
        var list: [Instruction] = []
        while let next = try Self.instruction(&reader, features: .all) { list.append(next) }
        return list
    }

    /// - Returns: nil at `end`.
    private static func instruction(
        _ reader: inout ByteReader, features: WasmFeatures
    ) throws(ModuleError) -> Instruction? {
        let at = reader.position
        let opcode = try reader.byte()
        switch opcode {
        case 0x0B: return nil
        case 0x41: return .constant(.i32, UInt64(UInt32(bitPattern: try reader.s32())))
        case 0x42: return .constant(.i64, UInt64(bitPattern: try reader.s64()))
        case 0x43: return .constant(.f32, UInt64(try reader.fixed32()))
        case 0x44: return .constant(.f64, try reader.fixed64())
        case 0x23: return .global(try reader.u32())
        case 0xD0: return .nullReference(try reader.referenceType(features: features))
        case 0xD2: return .function(try reader.u32())
        case 0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E:
            guard features.contains(.extendedConstants) else {
                throw ModuleError(.unsupported, "extended constant expressions are off", at: at)
            }
            let operation: Arithmetic = [.add, .subtract, .multiply][Int(opcode < 0x7C ? opcode - 0x6A : opcode - 0x7C)]
            return .arithmetic(operation, opcode < 0x7C ? .i32 : .i64)
        case 0xFD: return try vector(&reader, features: features, at: at)
        case 0xFB, 0xFE:
            throw ModuleError(.unsupported, "opcode 0x\(String(opcode, radix: 16)) is not implemented", at: at)
        default:
            guard opcode == 0xFC || InstructionTable.row(Int(opcode)) != nil else {
                throw ModuleError(.malformed, "illegal opcode 0x\(String(opcode, radix: 16))", at: at)
            }
            throw ModuleError(.invalid, "constant expression required", at: at)
        }
    }

    /// What follows the prefix 0xFD: only `v128.const` is constant.
    private static func vector(
        _ reader: inout ByteReader, features: WasmFeatures, at: Int
    ) throws(ModuleError) -> Instruction {
        let sub = Int(try reader.u32())
        guard sub == 0x0C else {
            guard InstructionTable.row(0x200 + sub) != nil else {
                throw ModuleError(.malformed, "illegal opcode 0xfd \(sub)", at: at)
            }
            throw ModuleError(.invalid, "constant expression required", at: at)
        }
        guard features.contains(.simd) else { throw ModuleError(.unsupported, "v128.const: SIMD is off", at: at) }
        let position = reader.position
        try reader.skip(16)
        return .vector(at: position)
    }
}
