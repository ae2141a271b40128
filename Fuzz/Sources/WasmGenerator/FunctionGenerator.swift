/// Writes one function body that is valid whatever the decisions are: it follows the types on the operand stack, and
/// pushes what an instruction still lacks.
struct FunctionGenerator {
    struct Frame {
        /// Height of the stack below the block's own operands.
        let base: Int
        let labelTypes: [TypeCode]
        let resultTypes: [TypeCode]
        /// A loop that counts its rounds down is left through its end only: a branch back to it would not count.
        let isTarget: Bool
        let isLoop: Bool
    }

    static let nestingMax = 6
    static let countersMax = 3

    let plan: ModulePlan
    var code = WasmBytes()
    var stack: [TypeCode] = []
    var frames: [Frame] = []
    /// Parameters, then the body's own variables. Special ones follow in `Reserved`.
    private(set) var locals: [TypeCode]
    private let parameterCount: Int
    /// Instructions that may still be written, roughly.
    var room: Int
    var countersUsed = 0
    /// Behind an unconditional branch.
    var isDead = false

    /// Locals with a purpose, behind the others.
    var pointerLocal: Int { locals.count }
    func counterLocal(_ index: Int) -> Int { pointerLocal + 1 + index }
    private func scratchLocal(_ type: TypeCode) -> Int { counterLocal(Self.countersMax) + (type == .f32 ? 0 : 1) }

    init(_ plan: ModulePlan, _ signature: ModulePlan.Signature, _ source: inout ByteSource) {
        self.plan = plan
        parameterCount = signature.parameters.count
        locals = signature.parameters
        for _ in 0..<source.below(8) { locals.append(plan.type(&source)) }
        room = 4 + source.below(120)
        let results = signature.results
        frames = [Frame(base: 0, labelTypes: results, resultTypes: results, isTarget: true, isLoop: false)]
    }

    /// - Returns: the body: its size, locals and instructions.
    mutating func body(_ source: inout ByteSource) -> WasmBytes {
        spendFuel()
        statements(&source)
        closeFrame(&source)
        var content = WasmBytes()
        let counters = [TypeCode](repeating: .i32, count: Self.countersMax)
        let declared: [TypeCode] = Array(locals[parameterCount...]) + [.i32] + counters + [.f32, .f64]
        content.list(declared) { bytes, type in
            bytes.unsigned(1)
            bytes.byte(type)
        }
        content.append(code.bytes)
        var body = WasmBytes()
        body.sized(content)
        return body
    }

    /// Stops the program when a test has used what it may.
    mutating func spendFuel() {
        get(global: ModulePlan.fuelGlobal)
        code.byte(0x45)
        code.append([0x04, 0x40, 0x00, 0x0B])
        get(global: ModulePlan.fuelGlobal)
        code.append([0x41, 0x7F, 0x6A])
        set(global: ModulePlan.fuelGlobal)
    }

    mutating func statements(_ source: inout ByteSource) {
        while room > 0, !source.isEmpty, !(isDead && source.chance(128)) {
            room -= 1
            statement(&source)
        }
    }

    private mutating func statement(_ source: inout ByteSource) {
        switch source.below(64) {
        case 0..<14:
            let isVector = plan.style.contains(.vectors) && source.chance(90)
            let rows = isVector ? plan.catalogue.vector : plan.catalogue.scalar
            arithmetic(rows[source.below(rows.count)], &source)
        case 14..<20: push(leaf: plan.type(&source), &source)
        case 20..<28: setLocal(&source)
        case 28..<31: setGlobal(&source)
        case 31..<36: load(&source)
        case 36..<41: store(&source)
        case 41..<44: block(&source)
        case 44..<46: conditional(&source)
        case 46..<48: loop(&source)
        case 48..<52: branch(&source)
        case 52..<54: call(&source)
        case 54: indirectCall(&source)
        case 55..<57: select(&source)
        case 57: bulkMemory(&source)
        case 58: table(&source)
        case 59: drop()
        case 60..<62: setPointer(&source)
        case 62: countdown(&source)
        default: rare(&source)
        }
    }

    // MARK: Operands

    /// Makes the topmost operands be of these types: what is there already is used, the rest is pushed.
    mutating func require(_ types: [TypeCode], _ source: inout ByteSource) {
        let own = stack.count - frames[frames.count - 1].base
        var present = 0
        for count in stride(from: min(types.count, own), through: 1, by: -1)
        where Array(stack.suffix(count)) == Array(types.prefix(count)) {
            present = count
            break
        }
        for type in types.dropFirst(present) { expression(type, depth: source.below(3), &source) }
    }

    /// Pushes a value of the type: a leaf, or an instruction over further values.
    mutating func expression(_ type: TypeCode, depth: Int, _ source: inout ByteSource) {
        let rows = plan.catalogue.byResult[type] ?? []
        guard depth > 0, !rows.isEmpty, !source.isEmpty else { return push(leaf: type, &source) }
        let row = rows[source.below(rows.count)]
        guard !row.mayTrap || source.chance(64) else { return push(leaf: type, &source) }
        for operand in row.operands { expression(operand, depth: depth - 1, &source) }
        apply(row, &source)
    }

    mutating func push(leaf type: TypeCode, _ source: inout ByteSource) {
        let choice = source.below(8)
        let candidates = locals.indices.filter { locals[$0] == type }
        let globals = plan.globals.indices.dropFirst().filter { plan.globals[$0].type == type }
        if choice < 5, !candidates.isEmpty {
            code.byte(0x20)
            code.unsigned(candidates[source.below(candidates.count)])
        } else if choice == 5, !globals.isEmpty {
            get(global: globals[source.below(globals.count)])
        } else {
            constant(type, Constants.bits(type, &source), &source)
        }
        stack.append(type)
    }

    private mutating func constant(_ type: TypeCode, _ bits: UInt64, _ source: inout ByteSource) {
        switch type {
        case .i32:
            code.byte(0x41)
            code.signed(Int64(Int32(truncatingIfNeeded: bits)))
        case .i64:
            code.byte(0x42)
            code.signed(Int64(bitPattern: bits))
        case .f32:
            code.byte(0x43)
            code.fixed(bits, bytesCount: 4)
        case .f64:
            code.byte(0x44)
            code.fixed(bits, bytesCount: 8)
        case .v128:
            code.append([0xFD, 12])
            code.fixed(bits, bytesCount: 8)
            code.fixed(Constants.bits(.i64, &source), bytesCount: 8)
        case .funcRef where source.chance(160):
            code.byte(0xD2)
            code.unsigned(source.below(plan.functions.count))
        default: code.append([0xD0, type])
        }
    }

    /// An i32 constant, pushed.
    mutating func number(_ value: Int) {
        code.byte(0x41)
        code.signed(Int64(value))
        stack.append(.i32)
    }

    mutating func pop(_ count: Int) { stack.removeLast(count) }

    // MARK: Arithmetic

    private mutating func arithmetic(_ row: InstructionCatalogue.Row, _ source: inout ByteSource) {
        if row.mayTrap, !source.chance(40) { return expression(row.result, depth: 1, &source) }
        require(row.operands, &source)
        apply(row, &source)
    }

    private mutating func apply(_ row: InstructionCatalogue.Row, _ source: inout ByteSource) {
        if row.mayTrap, row.operands.count == 2, !source.chance(24) {
            // An odd divisor: not zero, though it may be -1.
            let isWide = row.operands[1] == .i64
            code.append(isWide ? [0x42, 1, 0x84] : [0x41, 1, 0x72])
        }
        code.instruction(row.code)
        immediates(row, &source)
        pop(row.operands.count)
        stack.append(row.result)
        if plan.style.contains(.canonicalNaN), row.makesNaN { canonicalise(row.result) }
    }

    mutating func immediates(_ row: InstructionCatalogue.Row, _ source: inout ByteSource) {
        if row.lanes > 0 { code.byte(UInt8(source.below(row.lanes))) }
        if row.isShuffle { for _ in 0..<16 { code.byte(UInt8(source.below(32))) } }
    }

    private mutating func canonicalise(_ type: TypeCode) {
        let scratch = scratchLocal(type)
        code.byte(0x22)
        code.unsigned(scratch)
        if type == .f32 {
            code.byte(0x43)
            code.fixed(0x7FC0_0000, bytesCount: 4)
        } else {
            code.byte(0x44)
            code.fixed(0x7FF8 << 48, bytesCount: 8)
        }
        for _ in 0..<2 {
            code.byte(0x20)
            code.unsigned(scratch)
        }
        code.append([type == .f32 ? 0x5B : 0x61, 0x1B])
    }

    // MARK: Variables

    private mutating func setLocal(_ source: inout ByteSource) {
        guard !locals.isEmpty else { return }
        let index = source.below(locals.count)
        let keeps = source.chance(90)
        require([locals[index]], &source)
        code.byte(keeps ? 0x22 : 0x21)
        code.unsigned(index)
        if !keeps { pop(1) }
    }

    private mutating func setGlobal(_ source: inout ByteSource) {
        let candidates = plan.globals.indices.dropFirst().filter { plan.globals[$0].isMutable }
        guard !candidates.isEmpty else { return }
        let index = candidates[source.below(candidates.count)]
        require([plan.globals[index].type], &source)
        set(global: index)
        pop(1)
    }

    /// The local that holds addresses gets one within the first page.
    private mutating func setPointer(_ source: inout ByteSource) {
        require([.i32], &source)
        code.append([0x41, 0xFF, 0xFF, 0x01, 0x71, 0x21])
        code.unsigned(pointerLocal)
        pop(1)
    }

    mutating func get(global index: Int) {
        code.byte(0x23)
        code.unsigned(index)
    }

    mutating func set(global index: Int) {
        code.byte(0x24)
        code.unsigned(index)
    }

    private mutating func drop() {
        guard stack.count > frames[frames.count - 1].base else { return }
        code.byte(0x1A)
        pop(1)
    }

    private mutating func select(_ source: inout ByteSource) {
        let type = plan.type(&source)
        require([type, type, .i32], &source)
        if type.isReference || source.chance(30) {
            code.append([0x1C, 1, type])
        } else {
            code.byte(0x1B)
        }
        pop(3)
        stack.append(type)
    }

    private mutating func rare(_ source: inout ByteSource) {
        switch source.below(8) {
        case 0 where source.chance(60):
            code.byte(0x00)
            becomeDead()
        case 1: code.byte(0x01)
        case 2...3:
            let type: TypeCode = source.chance(128) ? .funcRef : .externRef
            require([type], &source)
            code.byte(0xD1)
            pop(1)
            stack.append(.i32)
        default: break
        }
    }

    // MARK: Dead code

    mutating func becomeDead() {
        isDead = true
        stack.removeLast(stack.count - frames[frames.count - 1].base)
    }
}
