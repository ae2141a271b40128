import CWasmCore

/// Translates validated functions to internal code, in one pass each. One translator serves a whole module, under a lock.
/// How it works, with an example: docs/engine.md.
struct Translator: ~Copyable {
    /// A block, loop or if that is open.
    struct Block {
        enum Kind: UInt8 { case block, loop, conditional, alternative, guarded }
        let kind: Kind
        let signature: Signature
        /// Operands below the block's own.
        let height: Int
        /// A loop's first word.
        var start = 0
        /// Target words of branches to the block's end, chained through their immediates; -1 ends the chain.
        var branches = -1
        /// Catch clauses that go to the block's end, chained through their targets; -1 ends the chain.
        var landings = -1
        /// The target word of the branch that an `if` takes when its condition is zero, or -1.
        var otherwise = -1
        /// `pendingFuel` at that branch, and what is known.
        var pendingAtIf = 0
        var knownAtIf = KnownValues()
        /// What all branches to the block's end know, once there is one.
        var known = KnownValues()

        var labelTypes: UnsafeBufferPointer<UInt32> { kind == .loop ? signature.parameters : signature.results }
    }

    /// What a translation gives.
    struct Result {
        /// Owned by the receiver; the word before `entry` describes the frame.
        let words: UnsafeMutableBufferPointer<UInt64>
        let entry: Int
        /// Who catches what; nil for nobody.
        let handlers: ExceptionHandlers?
    }

    let module: ModuleCode
    var reader: CodeReader
    var code = CodeBuffer()
    var operands = GrowableBuffer<Operand>()
    var blocks = GrowableBuffer<Block>()
    /// By slot: a vector has two, the second of type `upperHalf`. So do `readers`, and all that is called a local below.
    var localTypes = GrowableBuffer<UInt32>()
    /// The first slot of each local of the source, if that is not its own index.
    var localSlots = GrowableBuffer<UInt32>()
    var hasVectorLocals = false
    /// For each local the topmost height whose operand is that local, or -1.
    var readers = GrowableBuffer<Int32>()
    var constants = GrowableBuffer<UInt64>(capacity: FrameLayout.constantsMax)
    /// How many of them are halves of vectors.
    var vectorConstantSlots = 0
    var layout: FrameLayout
    /// In slots.
    var signature: Signature
    /// Operands below this height are in their slots, or constants.
    var flushedHeight = 0
    var operandsMax = 0
    /// Whether the point reached can be reached by the program; the translator skips what cannot.
    var isReachable = true
    /// Source instructions executed on the way to this point that no operation has charged yet.
    var pendingFuel = 0

    /// The height of the operand in the accumulator, and the operation that computed it; -1 for none.
    var accumulatorHeight = -1
    var accumulatorProducer = CodeBuffer.Emitted(position: -1, operation: 0, handler: -1, handlerOperation: 0)
    /// The same for floats.
    var floatHeight = -1
    var floatProducer = CodeBuffer.Emitted(position: -1, operation: 0, handler: -1, handlerOperation: 0)
    var known = KnownValues()
    /// What the accumulator mirrored before the last operation that writes to it.
    var mirrorBefore = -1
    /// The last number given to a slot that an accumulator mirrors.
    var lastMirroredSlot = -1
    /// Whether each local may have been written; those beyond the parameters are zero until then.
    var written = GrowableBuffer<Bool>()
    /// Whether control has not joined since the function's start, so that `written` tells all.
    var isEntryStretch = true

    var handlers = HandlerRecorder()
    /// Whether there is more to an access than memory 0 and an address of 32 bits.
    let hasFarMemories: Bool
    /// What a snapshot wants to know of this translation; nothing in all others.
    var stops = StopRecorder()

    init(_ module: ModuleCode) {
        self.module = module
        code.formsPairs = module.translation.fuses
        hasFarMemories = module.contents.memories.count > 1 || module.contents.memories.first?.address == .i64
        signature = TypeTable.block(result: 0)
        layout = FrameLayout(signature, localCount: 0, wideConstants: 0)
        reader = CodeReader(module.bytes, at: 0)
    }

    /// - Parameter index: in the function index space; not an import.
    mutating func translate(_ index: Int) -> Result {
        begin(index)
        let start = code.count
        code.append(0)
        code.emit(~WASM_OP_enter, 0, 0)
        code.seal()
        blocks.append(Block(kind: .block, signature: signature, height: 0))
        while blocks.count > 0 {
            instruction()
            if !module.translation.fuses { settle() }
        }
        return finish(start)
    }

    /// The source of every operation of a function's code, in order of position. Translation is deterministic, so
    /// the map is made when somebody asks, and costs nothing until then.
    mutating func trace(_ index: Int) -> (result: Result, trace: [CodeBuffer.TraceEntry]) {
        code.isTracing = true
        defer { code.isTracing = false }
        let result = translate(index)
        return (result, code.trace)
    }

    private mutating func begin(_ index: Int) {
        let contents = module.contents
        let body = contents.bodies[index - contents.importedFunctionCount]
        let summary = module.summaries[index - contents.importedFunctionCount]
        signature = module.types.slots(Int(contents.functions[index]))
        reader = CodeReader(module.bytes, at: body.lowerBound)
        code.reset()
        handlers.reset()
        operands.removeAll()
        blocks.removeAll()
        localTypes.removeAll()
        readers.removeAll()
        written.removeAll()
        isEntryStretch = true
        constants.removeAll()
        for parameter in signature.parameters { localTypes.append(parameter) }
        hasVectorLocals = false
        for _ in 0..<reader.u32() {
            let count = reader.u32()
            let type = UInt32(reader.byte())
            if type == ValueType.v128.rawValue {
                hasVectorLocals = true
                for _ in 0..<count {
                    localTypes.append(type)
                    localTypes.append(ValueType.upperHalf.rawValue)
                }
                continue
            }
            for _ in 0..<count { localTypes.append(type) }
        }
        if hasVectorLocals || module.types.hasVectors { findLocalSlots() }
        for index in 0..<localTypes.count {
            readers.append(-1)
            written.append(index < signature.parameters.count)
        }
        layout = FrameLayout(
            signature, localCount: localTypes.count,
            wideConstants: min(Int(summary.wideConstants), module.translation.constantSlotsMax),
            vectorConstants: min(Int(summary.vectorConstants), module.translation.constantSlotsMax))
        vectorConstantSlots = 0
        flushedHeight = 0
        operandsMax = 0
        pendingFuel = 0
        isReachable = true
        accumulatorHeight = -1
        floatHeight = -1
        known = KnownValues()
    }

    /// Fills in what only the end of the function knows, and hands the words over.
    private mutating func finish(_ start: Int) -> Result {
        let entry = setEntry(start)
        code[entry - 1] = CodeBuffer.word(
            a: layout.header, immediate: Int32(layout.frameSlots(operandsMax: operandsMax)))
        let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: code.count)
        _ = words.initialize(from: UnsafeBufferPointer(start: code.elements, count: code.count))
        return Result(words: words, entry: entry, handlers: handlers.finish())
    }

    /// Makes the operation that a function begins with the shortest that does.
    /// - Returns: the position of the function's first operation.
    private mutating func setEntry(_ start: Int) -> Int {
        let zeroed = localTypes.count - layout.parameterCount
        if constants.count > 0 || zeroed > 8 {
            // Constants follow the zeroed locals directly.
            code[start + 2] = CodeBuffer.word(
                a: layout.firstFurtherLocal, b: zeroed, immediate: Int32(constants.count))
            code[start + 3] = CodeBuffer.word(immediate: Int32((code.count - start - 3) * 8))
            for index in 0..<constants.count { code.append(constants[index]) }
            return start + 1
        }
        if zeroed == 0 { return start + 4 }
        let enter = zeroed <= 2 ? ~WASM_OP_enter_2 : zeroed <= 4 ? ~WASM_OP_enter_4 : ~WASM_OP_enter_8
        code.place(enter, at: start + 2, CodeBuffer.word(a: layout.firstFurtherLocal))
        return start + 2
    }

    private mutating func instruction() {
        code.source = reader.position
        let source = reader.code()
        let row = InstructionTable.rows[source]
        if pendingFuel > Self.pendingFuelMax { chargeFuel() }
        pendingFuel += 1
        switch row.shape {
        case WASM_SHAPE_INT_BINARY, WASM_SHAPE_INT_COMPARE: intBinary(source, row)
        case WASM_SHAPE_INT_UNARY: intUnary(row)
        case WASM_SHAPE_FLOAT_BINARY, WASM_SHAPE_FLOAT_COMPARE: floatBinary(row)
        case WASM_SHAPE_FLOAT_UNARY, WASM_SHAPE_INT_TO_FLOAT, WASM_SHAPE_FLOAT_TO_INT: conversion(row)
        case WASM_SHAPE_INT_LOAD, WASM_SHAPE_FLOAT_LOAD, WASM_SHAPE_INT_STORE, WASM_SHAPE_FLOAT_STORE:
            if hasFarMemories { accessFar(row) } else { access(row) }
        case WASM_SHAPE_SPECIAL: special(source)
        default: if hasFarMemories, row.touchesMemory { accessFar(row) } else { vector(row) }
        }
    }

    @inline(__always)
    mutating func access(_ row: WasmInstruction) {
        switch row.shape {
        case WASM_SHAPE_INT_LOAD, WASM_SHAPE_FLOAT_LOAD: load(row)
        case WASM_SHAPE_INT_STORE: intStore(row)
        case WASM_SHAPE_FLOAT_STORE: floatStore(row)
        default: vector(row)
        }
    }

    /// Leaves nothing that the next instruction could be joined with.
    private mutating func settle() {
        flushTop(height)
        label()
    }

    // MARK: Fuel

    /// A stretch's cost must fit the signed 16 bits of a branch, with room for the difference of two.
    private static let pendingFuelMax = 15_000

    mutating func chargeFuel() {
        guard pendingFuel > 0 else { return }
        code.emit(~WASM_OP_charge, CodeBuffer.word(immediate: Int32(pendingFuel)))
        pendingFuel = 0
    }
}
