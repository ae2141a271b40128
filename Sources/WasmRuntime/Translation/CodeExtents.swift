/// Where the internal code of a function lies.
// Safety: the words are never written after translation, and freed by the module's `deinit` only.
struct CodeExtent: @unchecked Sendable {
    let words: UnsafeMutableBufferPointer<UInt64>
    let entry: Int
    let function: Int
    let handlers: ExceptionHandlers?

    var start: UnsafePointer<UInt64> { UnsafePointer(words.baseAddress!) }
    /// Slots in front of the frame's header.
    var header: Int { CodeBuffer.a(words[entry - 1]) }
    var frameSlots: Int { Int(CodeBuffer.immediate(words[entry - 1])) }
}

/// The code of a module's functions as they were translated, found by address.
struct CodeExtents {
    private(set) var list: [CodeExtent] = []
    /// How many from the start are in order of their addresses. The few others are looked at one by one.
    private var sortedCount = 0
    private static let unsortedMax = 64

    mutating func append(_ extent: CodeExtent) { list.append(extent) }

    /// - Parameter pc: in the words of an extent, or right behind them.
    mutating func find(_ pc: UnsafePointer<UInt64>) -> CodeExtent? {
        if list.count - sortedCount > Self.unsortedMax {
            list.sort { $0.start < $1.start }
            sortedCount = list.count
        }
        var (low, high) = (0, sortedCount)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].start <= pc { low = middle + 1 } else { high = middle }
        }
        if low > 0, pc - list[low - 1].start <= list[low - 1].words.count { return list[low - 1] }
        return list[sortedCount...].first { pc >= $0.start && pc - $0.start <= $0.words.count }
    }
}
