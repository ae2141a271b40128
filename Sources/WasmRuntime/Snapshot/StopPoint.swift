/// A place in a function where a call can stand still, or to which a callee returns, and where this translation has put
/// the operands that the source's stack holds there.
struct StopPoint {
    enum Kind {
        /// The start of a loop, where fuel is checked.
        case loop
        /// Behind a call: the callee is running.
        case call
    }

    /// An operand: its type, and where its value is.
    struct Operand {
        /// Of 64 bits; in slots from the start of the frame.
        enum Place {
            case slot(Int)
            /// The slot of a local that has the same value.
            case local(Int)
            case constant(UInt64)
        }

        let type: ValueType
        let place: Place
        /// Where the upper half is, of a type that takes two slots.
        var upper: Place?
    }

    let kind: Kind
    /// From the start of the function's words.
    let word: Int
    /// Of the `loop` or call instruction, in bytes from the start of the module.
    let offset: Int
    /// How many operands there are, whether they were recorded or not.
    let operandCount: Int
    let operands: [Operand]
    /// Where a callee's frame begins, in slots from the start of this one.
    let calleeSlot: Int
}

/// Which stop points a translation is to record. Only those: all of a function's together may be many times its size.
struct StopRecorder {
    var isRecording = false
    /// By their places in the internal code.
    var words: Set<Int> = []
    /// By their offsets in the module, with the most operands that are of interest.
    var offsets: [Int: Int] = [:]
    var stops: [StopPoint] = []
}

/// What is known about a function's frames after its translation.
struct FrameMap {
    /// A local of the source, parameters first.
    struct Local {
        let type: ValueType
        let slot: Int
        let isParameter: Bool
    }

    let layout: FrameLayout
    let locals: [Local]
    /// Values of the first constant slots.
    let constants: [UInt64]
    let frameSlots: Int
    /// The word that the function starts with.
    let entry: Int
    /// Those that were asked for, by their offsets in the module.
    private(set) var stops: [Int: StopPoint] = [:]
    private var loops: [Int: Int] = [:]
    private var calls: [Int: Int] = [:]

    init(
        layout: FrameLayout, locals: [Local], constants: [UInt64], frameSlots: Int, entry: Int,
        stops list: [StopPoint]
    ) {
        self.layout = layout
        self.locals = locals
        self.constants = constants
        self.frameSlots = frameSlots
        self.entry = entry
        for stop in list {
            stops[stop.offset] = stop
            if stop.kind == .loop { loops[stop.word] = stop.offset } else { calls[stop.word] = stop.offset }
        }
    }

    /// The stop point whose code is at a word. A loop may begin where a call returns to.
    func stop(_ kind: StopPoint.Kind, at word: Int) -> StopPoint? {
        (kind == .loop ? loops[word] : calls[word]).flatMap { stops[$0] }
    }
}

extension Translator {
    /// Translates a function, throws the code away, and keeps what is known about its frames. Translation is
    /// deterministic, so all of it holds for the code that runs.
    mutating func frameMap(of index: Int, recording wanted: StopRecorder) -> FrameMap {
        stops = wanted
        stops.isRecording = true
        let result = translate(index)
        let frameSlots = Int(CodeBuffer.immediate(result.words[result.entry - 1]))
        result.words.deallocate()
        return FrameMap(
            layout: layout, locals: placedLocals(),
            constants: Array(UnsafeBufferPointer(start: constants.elements, count: constants.count)),
            frameSlots: frameSlots, entry: result.entry, stops: stops.stops)
    }

    private func placedLocals() -> [FrameMap.Local] {
        var locals: [FrameMap.Local] = []
        for index in 0..<localTypes.count where localTypes[index] != ValueType.upperHalf.rawValue {
            locals.append(
                FrameMap.Local(
                    type: ValueType(rawValue: localTypes[index]), slot: layout.slot(ofLocal: index),
                    isParameter: index < layout.parameterCount))
        }
        return locals
    }

    /// Notes a stop point whose code comes next.
    @inline(never)
    mutating func recordStop(_ kind: StopPoint.Kind) {
        let countMax = stops.offsets[code.source]
        guard countMax != nil || stops.words.contains(code.count) else { return }
        var count = 0
        for index in 0..<height where operands[index].type != ValueType.upperHalf.rawValue { count += 1 }
        guard let placed = count <= countMax ?? .max ? placedOperands() : [] else { return }
        stops.stops.append(
            StopPoint(
                kind: kind, word: code.count, offset: code.source, operandCount: count, operands: placed,
                calleeSlot: slot(atHeight: height)))
    }

    /// - Returns: nil if one has no place in the frame: then this is no stop point.
    private func placedOperands() -> [StopPoint.Operand]? {
        var placed: [StopPoint.Operand] = []
        for index in 0..<height {
            let type = ValueType(rawValue: operands[index].type)
            guard let place = place(ofOperand: index) else { return nil }
            if type == .upperHalf, !placed.isEmpty {
                placed[placed.count - 1].upper = place
            } else {
                placed.append(StopPoint.Operand(type: type, place: place))
            }
        }
        return placed
    }

    private func place(ofOperand height: Int) -> StopPoint.Operand.Place? {
        let operand = operands[height]
        switch operand.kind {
        case .constant: return .constant(operand.bits)
        case .local: return .local(layout.slot(ofLocal: Int(operand.bits)))
        case .slot: return .slot(slot(atHeight: height))
        case .accumulator, .floatAccumulator: return nil
        }
    }
}
