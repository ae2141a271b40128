import CWasmCore

/// The words of a function while it is translated, and what is known about its last operations.
///
/// An operation that forms a pair with the one before it (WasmPairs.h) has no word for a handler of its own: its position
/// is then the last operand word of the other, so that its operand words follow its position in either case.
struct CodeBuffer: ~Copyable {
    /// Where an operation came from, kept only when somebody wants to know (`Translator.trace`).
    struct TraceEntry {
        let position: Int
        var operation: UInt16
        /// Bytes from the start of the module.
        let source: Int
        /// Whether it forms a pair with the one before it.
        var isSecondOfPair = false
        /// The first word that is its own.
        var firstWord: Int { isSecondOfPair ? position + 1 : position }
    }

    /// An operation as it stands in the words.
    struct Emitted: BitwiseCopyable {
        let position: Int
        var operation: UInt16
        /// Where its handler's address stands, and which operation that handler is of: another one in a pair.
        let handler: Int
        var handlerOperation: UInt16

        var isSecondOfPair: Bool { handler != position }
        /// The form of the same operation that writes its result to a slot as well.
        mutating func keep() {
            operation += 1
            handlerOperation += 1
        }
    }

    private var words = GrowableBuffer<UInt64>(capacity: 256)
    /// The operations since the last label: those that may still be changed or fused with.
    private var stretch = GrowableBuffer<Emitted>()
    /// Whether the last operation's result is in an accumulator only and may have to leave it: it then forms no pair
    /// with what follows, which would settle its form.
    var isLastPending = false
    var formsPairs = true

    /// The position of the last operation, if it may still be changed or fused with: -1 behind every label.
    var last: Int { stretch.count > 0 ? stretch.last.position : -1 }
    /// - Precondition: `last` is not -1.
    var lastOperation: UInt16 { stretch.last.operation }
    /// - Precondition: `last` is not -1.
    var lastEmitted: Emitted { stretch.last }

    var isTracing = false
    private(set) var trace: [TraceEntry] = []
    /// The offset of the source instruction that is being translated.
    var source = 0

    var count: Int { words.count }
    var elements: UnsafeMutablePointer<UInt64> { words.elements }

    subscript(position: Int) -> UInt64 {
        get { words[position] }
        set { words[position] = newValue }
    }

    mutating func reset() {
        words.removeAll()
        trace.removeAll()
        seal()
    }

    /// Nothing before this point may be changed by what follows it.
    mutating func seal() {
        stretch.removeAll()
        isLastPending = false
    }

    /// Appends an operation of one word and whatever operand words follow.
    /// - Returns: its position.
    @discardableResult
    mutating func emit(_ operation: UInt16, _ first: UInt64) -> Int {
        let position = begin(operation)
        words.append(first)
        return position
    }

    @discardableResult
    mutating func emit(_ operation: UInt16, _ first: UInt64, _ second: UInt64) -> Int {
        let position = begin(operation)
        words.append(first)
        words.append(second)
        return position
    }

    @discardableResult
    mutating func emit(_ operation: UInt16, _ first: UInt64, _ second: UInt64, _ third: UInt64) -> Int {
        let position = begin(operation)
        words.append(first)
        words.append(second)
        words.append(third)
        return position
    }

    @discardableResult
    mutating func emit(
        _ operation: UInt16, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64
    ) -> Int {
        let position = emit(operation, first, second, third)
        words.append(fourth)
        return position
    }

    mutating func append(_ word: UInt64) { words.append(word) }

    @inline(__always)
    private mutating func begin(_ operation: UInt16) -> Int {
        var position = words.count
        if stretch.count > 0, !isLastPending, let pair = pair(stretch.last, operation) {
            let handler = stretch.last.handler
            words[handler] = OperationTable.handlers[Int(pair)]
            position -= 1
            stretch.append(
                Emitted(position: position, operation: operation, handler: handler, handlerOperation: pair))
        } else {
            words.append(OperationTable.handlers[Int(operation)])
            stretch.append(
                Emitted(position: position, operation: operation, handler: position, handlerOperation: operation))
        }
        isLastPending = false
        if isTracing {
            trace.append(
                TraceEntry(
                    position: position, operation: operation, source: source,
                    isSecondOfPair: stretch.last.isSecondOfPair))
        }
        return position
    }

    @inline(__always)
    private func pair(_ first: Emitted, _ second: UInt16) -> UInt16? {
        guard formsPairs else { return nil }
        let pair = PairTable.pair(first.handlerOperation, second)
        return pair == 0 ? nil : pair
    }

    /// Takes the last operation back.
    mutating func removeLast() {
        let removed = stretch.removeLast()
        if removed.isSecondOfPair {
            // A pair's first operation is always known: both were emitted since the last label.
            words.truncate(to: removed.position + 1)
            words[removed.handler] = OperationTable.handlers[Int(stretch.last.handlerOperation)]
        } else {
            words.truncate(to: removed.position)
        }
        isLastPending = false
        if isTracing { trace.removeLast() }
    }

    /// Makes the last operation write its result to a slot as well.
    mutating func keepLast(in slot: Int) {
        var emitted = stretch.removeLast()
        keep(emitted, in: slot)
        emitted.keep()
        stretch.append(emitted)
        isLastPending = false
    }

    /// Makes an operation write its result, which it leaves in an accumulator only, to a slot as well.
    mutating func keep(_ emitted: Emitted, in slot: Int) {
        if last == emitted.position, lastOperation == emitted.operation { return keepLast(in: slot) }
        words[emitted.handler] = OperationTable.handlers[Int(emitted.handlerOperation + 1)]
        setA(emitted.position, slot)
        traceChange(emitted.position, to: emitted.operation + 1)
    }

    private mutating func traceChange(_ position: Int, to operation: UInt16) {
        if isTracing, let index = trace.lastIndex(where: { $0.position == position }) {
            trace[index].operation = operation
        }
    }

    /// Puts an operation of two words in the place of longer ones that are not needed.
    mutating func place(_ operation: UInt16, at position: Int, _ first: UInt64) {
        words[position] = OperationTable.handlers[Int(operation)]
        words[position + 1] = first
        if isTracing, trace[0].position < position {
            trace[0] = TraceEntry(position: position, operation: operation, source: trace[0].source)
        }
    }

    /// Sets field `a` of an operation's first operand word.
    mutating func setA(_ position: Int, _ slot: Int) {
        words[position + 1] = words[position + 1] & ~0xFFFF | UInt64(slot)
    }

    /// A move between slots; up to four in a row become one operation.
    mutating func emitMove(to target: Int, from source: Int) {
        let move = Self.word(a: target, b: source)
        guard last >= 0, lastOperation == ~WASM_OP_move, !stretch.last.isSecondOfPair else {
            emit(~WASM_OP_move, move)
            return
        }
        let before = words[last + 1] & 0xFFFF_FFFF
        removeLast()
        let both = before | move << 32
        guard last >= 0, lastOperation == ~WASM_OP_move2, !stretch.last.isSecondOfPair else {
            emit(~WASM_OP_move2, both)
            return
        }
        let earlier = words[last + 1]
        removeLast()
        emit(~WASM_OP_move4, earlier, both)
    }

    // MARK: Operand words

    @inline(__always)
    static func word(a: Int = 0, b: Int = 0, immediate: Int32 = 0) -> UInt64 {
        UInt64(UInt16(truncatingIfNeeded: a)) | UInt64(UInt16(truncatingIfNeeded: b)) << 16
            | UInt64(UInt32(bitPattern: immediate)) << 32
    }

    @inline(__always)
    static func word(a: Int, b: Int, c: Int, d: Int = 0) -> UInt64 {
        UInt64(UInt16(truncatingIfNeeded: a)) | UInt64(UInt16(truncatingIfNeeded: b)) << 16
            | UInt64(UInt16(truncatingIfNeeded: c)) << 32 | UInt64(UInt16(truncatingIfNeeded: d)) << 48
    }

    static func a(_ word: UInt64) -> Int { Int(word & 0xFFFF) }
    static func b(_ word: UInt64) -> Int { Int(word >> 16 & 0xFFFF) }
    static func c(_ word: UInt64) -> Int { Int(word >> 32 & 0xFFFF) }
    static func immediate(_ word: UInt64) -> Int32 { Int32(truncatingIfNeeded: word >> 32) }
}
