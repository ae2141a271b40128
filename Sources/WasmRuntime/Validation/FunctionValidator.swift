import CWasmCore

/// The rules of validation for function bodies. One validator serves all functions of a module: its stacks are reused.
/// Source: the algorithm in the appendix of the WebAssembly specification.
struct FunctionValidator: ~Copyable {
    /// A type that is not known, because the code that would have produced it is never reached.
    static let unknown: UInt32 = 0

    struct ControlFrame {
        let signature: Signature
        /// Operands on the stack below the block's own.
        let height: Int
        let opcode: UInt8
        var isUnreachable = false

        var isLoop: Bool { opcode == 0x03 }
        /// What a branch to the block carries.
        var labelTypes: UnsafeBufferPointer<UInt32> { isLoop ? signature.parameters : signature.results }
    }

    let contents: ModuleContents
    let types: TypeTable
    let declared: [Bool]
    let features: WasmFeatures
    let limits: ModuleLimits
    private let rows = InstructionTable.rows
    let common: CommonInstructions

    // Safety: owned by this value; every index is checked against `height`, `locals.count` or `depth` below.
    var operands = GrowableBuffer<UInt32>()
    var control = GrowableBuffer<ControlFrame>()
    var locals = GrowableBuffer<UInt32>()
    /// How many of them are vectors.
    private var vectorLocals = 0
    /// Whether vectors can come from outside of a function: from calls, block types or globals.
    private let mayUseVectors: Bool
    var reader: ByteReader
    var summary = FunctionSummary()
    /// The offset of the instruction under inspection.
    var at = 0

    init(
        _ contents: ModuleContents, types: TypeTable, declared: [Bool], features: WasmFeatures, limits: ModuleLimits
    ) {
        self.contents = contents
        self.types = types
        self.declared = declared
        self.features = features
        self.limits = limits
        mayUseVectors = types.hasVectors || contents.globals.contains { $0.value == .v128 }
        common = CommonInstructions(features: features, hasMemory: contents.memories.first?.address == .i32)
        reader = ByteReader(ModuleBytes([]))
    }

    /// - Parameter index: of the function's type.
    mutating func validate(_ body: ByteReader, type index: Int) throws(ModuleError) -> FunctionSummary {
        let type = types[index]
        reader = body
        summary = FunctionSummary()
        summary.usesVectors = mayUseVectors
        operands.removeAll()
        control.removeAll()
        try declareLocals(type)
        control.append(ControlFrame(signature: type, height: 0, opcode: 0x02))
        while control.count > 0 {
            commonInstructions()
            try instruction()
        }
        guard reader.isAtEnd else { throw reader.malformed("section size mismatch: bytes behind the function's end") }
        try checkFrame(types.slots(index))
        return summary
    }

    private mutating func declareLocals(_ type: Signature) throws(ModuleError) {
        locals.removeAll()
        for parameter in type.parameters { locals.append(parameter) }
        vectorLocals = types.hasVectors ? type.parameters.count { $0 == ValueType.v128.rawValue } : 0
        let groups = try reader.count("groups of locals", max: limits.localsMax)
        var total: UInt64 = UInt64(type.parameters.count)
        for _ in 0..<groups {
            let count = try reader.u32()
            total += UInt64(count)
            guard total <= UInt64(UInt32.max) else { throw reader.malformed("too many locals") }
            let valueType = try reader.valueType(features: features)
            guard total <= UInt64(limits.localsMax) else {
                throw ModuleError(
                    .tooLarge, "\(total) locals, at most \(limits.localsMax) allowed", at: reader.position)
            }
            if valueType == .v128 { vectorLocals += Int(count) }
            for _ in 0..<count { locals.append(valueType.rawValue) }
        }
    }

    /// The interpreter's slots have 16 bits: a frame that needs more is refused here, not when it first runs.
    /// - Parameter type: in slots.
    private func checkFrame(_ type: Signature) throws(ModuleError) {
        // Where there are vectors, every operand might be one.
        let operandSlotsMax = Int(summary.operandsMax) * (summary.usesVectors || vectorLocals > 0 ? 2 : 1)
        let slots = FrameLayout.slotsMax(
            type, locals: locals.count + vectorLocals, wideConstants: Int(summary.wideConstants),
            vectorConstants: Int(summary.vectorConstants), operandsMax: operandSlotsMax)
        guard slots <= limits.frameSlotsMax else {
            throw ModuleError(
                .tooLarge, "function needs a frame of \(slots) slots, at most \(limits.frameSlotsMax) allowed", at: at)
        }
    }

    // MARK: The operand stack

    mutating func push(_ type: UInt32) {
        operands.append(type)
        if operands.count > summary.operandsMax { summary.operandsMax = UInt32(operands.count) }
    }

    mutating func push(_ list: UnsafeBufferPointer<UInt32>) { for type in list { push(type) } }

    /// - Returns: `unknown` where nothing is known about the operand.
    mutating func pop() throws(ModuleError) -> UInt32 {
        let frame = control.last
        if operands.count > frame.height { return operands.removeLast() }
        guard frame.isUnreachable else { throw mismatch("an operand is missing") }
        return Self.unknown
    }

    @inline(__always)
    mutating func pop(_ expected: UInt32) throws(ModuleError) {
        let actual = try pop()
        if actual == expected || actual == Self.unknown { return }
        throw mismatch("expected \(ValueType(rawValue: expected)), found \(ValueType(rawValue: actual))")
    }

    mutating func pop(_ list: UnsafeBufferPointer<UInt32>) throws(ModuleError) {
        for type in list.reversed() { try pop(type) }
    }

    mutating func becomeUnreachable() {
        operands.truncate(to: control.last.height)
        control.mutateLast { $0.isUnreachable = true }
    }

    @inline(never)
    func mismatch(_ what: String) -> ModuleError { invalid("type mismatch: \(what)") }
    @inline(never)
    func invalid(_ message: String) -> ModuleError { ModuleError(.invalid, message, at: at) }

    // MARK: Instructions

    private mutating func instruction() throws(ModuleError) {
        at = reader.position
        let code = try opcode()
        let row = rows[code]
        if row.feature != WASM_FEATURE_MVP, let need = row.feature.required, !features.contains(need.feature) {
            throw ModuleError(.unsupported, "\(InstructionTable.name(code)): \(need.name) is off", at: at)
        }
        let operand = UInt32(row.operand)
        switch row.shape {
        case WASM_SHAPE_INT_BINARY, WASM_SHAPE_INT_COMPARE, WASM_SHAPE_FLOAT_BINARY, WASM_SHAPE_FLOAT_COMPARE:
            try pop(operand)
            try pop(operand)
            push(UInt32(row.result))
        case WASM_SHAPE_INT_UNARY, WASM_SHAPE_FLOAT_UNARY, WASM_SHAPE_INT_TO_FLOAT, WASM_SHAPE_FLOAT_TO_INT:
            try pop(operand)
            push(UInt32(row.result))
        case WASM_SHAPE_INT_LOAD, WASM_SHAPE_FLOAT_LOAD:
            try pop(try memoryArgument(row))
            push(UInt32(row.result))
        case WASM_SHAPE_INT_STORE, WASM_SHAPE_FLOAT_STORE:
            let address = try memoryArgument(row)
            try pop(operand)
            try pop(address)
        case WASM_SHAPE_SPECIAL: try special(code)
        default: try vector(row)
        }
    }

    private mutating func opcode() throws(ModuleError) -> Int {
        let byte = try reader.byte()
        switch byte {
        case 0xFC:
            let sub = try reader.u32()
            guard sub < 0x100, rows[0x100 + Int(sub)].shape != WASM_SHAPE_ILLEGAL else {
                throw ModuleError(.malformed, "illegal opcode 0xfc \(sub)", at: at)
            }
            return 0x100 + Int(sub)
        case 0xFD:
            let sub = try reader.u32()
            guard sub < UInt32(InstructionTable.count - 0x200),
                rows[0x200 + Int(sub)].shape != WASM_SHAPE_ILLEGAL
            else { throw ModuleError(.malformed, "illegal opcode 0xfd \(sub)", at: at) }
            return 0x200 + Int(sub)
        case 0x06, 0x07, 0x09, 0x18, 0x19:
            throw ModuleError(
                .unsupported, "\(Self.legacyName(byte)): exceptions as they were before try_table are not implemented",
                at: at)
        case 0xFB, 0xFE, 0x14...0x15, 0xD3...0xD6:
            throw ModuleError(.unsupported, "opcode 0x\(String(byte, radix: 16)) is not implemented", at: at)
        default:
            guard rows[Int(byte)].shape != WASM_SHAPE_ILLEGAL else {
                throw ModuleError(.malformed, "illegal opcode 0x\(String(byte, radix: 16))", at: at)
            }
            return Int(byte)
        }
    }
}
