import CWasmCore

/// The words of a function while it is translated, and what is known about its last two operations.
struct CodeBuffer: ~Copyable {
    /// Where an operation came from, kept only when somebody wants to know (`Translator.trace`).
    struct TraceEntry {
        let position: Int
        var operation: UInt16
        /// Bytes from the start of the module.
        let source: Int
    }

    private var words = GrowableBuffer<UInt64>(capacity: 256)
    /// The last operation, if it may still be changed or fused with: -1 behind every label.
    private(set) var last = -1
    private(set) var lastOperation: UInt16 = 0
    private(set) var previous = -1
    private(set) var previousOperation: UInt16 = 0

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
        last = -1
        previous = -1
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
        previous = last
        previousOperation = lastOperation
        last = words.count
        lastOperation = operation
        words.append(OperationTable.handlers[Int(operation)])
        if isTracing { trace.append(TraceEntry(position: last, operation: operation, source: source)) }
        return last
    }

    /// Takes the last operation back.
    mutating func removeLast() {
        words.truncate(to: last)
        if isTracing { trace.removeLast() }
        last = previous
        lastOperation = previousOperation
        previous = -1
    }

    /// Changes what an operation does, not how long it is.
    mutating func change(_ position: Int, to operation: UInt16) {
        words[position] = OperationTable.handlers[Int(operation)]
        if position == last { lastOperation = operation }
        if position == previous { previousOperation = operation }
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
        guard last >= 0, lastOperation == ~WASM_OP_move else {
            emit(~WASM_OP_move, Self.word(a: target, b: source))
            return
        }
        words[last + 1] |= UInt64(target) << 32 | UInt64(source) << 48
        change(last, to: ~WASM_OP_move2)
        guard previous >= 0, previousOperation == ~WASM_OP_move2 else { return }
        let pair = words[last + 1]
        removeLast()
        words.append(pair)
        change(last, to: ~WASM_OP_move4)
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
