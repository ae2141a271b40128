/// An exception on its way, or kept by a reference.
struct ThrownException {
    let tag: ExceptionTag
    /// As in a frame: one slot for each value, two for a vector.
    let values: [UInt64]
    /// 0 for as long as nobody has asked for one.
    var reference: UInt64 = 0
}

/// The exceptions of a store that guests have references to. One gets here when a clause catches it with its reference,
/// and stays while that may still be somewhere: on the stack of an execution, in a global, in a table, or in another
/// exception that stays. What else there is of it is released when an execution ends, and when the table is full. A
/// stack is searched for anything that looks like a reference.
///
/// A reference is never given out twice: one that the host has kept for too long names nothing.
struct ExceptionTable {
    private struct Entry {
        /// Counts how often the entry has been used.
        var generation: UInt32 = 1
        var exception: ThrownException?
    }

    private var entries: [Entry] = []
    private var free: [Int] = []
    private let countMax: Int
    /// How many there may be before it is worth looking which are still needed.
    private var threshold: Int

    private static let thresholdMin = 1024

    init(countMax: Int) {
        self.countMax = min(countMax, Int(UInt32.max) - 1)
        threshold = min(Self.thresholdMin, self.countMax)
    }

    var count: Int { entries.count - free.count }
    var isFull: Bool { count >= threshold }

    subscript(reference: UInt64) -> ThrownException? {
        guard let index = index(reference) else { return nil }
        return entries[index].exception
    }

    private func index(_ reference: UInt64) -> Int? {
        let index = Int(reference & 0xFFFF_FFFF) - 1
        guard index >= 0, index < entries.count, entries[index].generation == UInt32(reference >> 32),
            entries[index].exception != nil
        else { return nil }
        return index
    }

    /// - Returns: its reference; nil if there are as many as there may be.
    mutating func add(_ exception: ThrownException) -> UInt64? {
        guard count < countMax else { return nil }
        let index = free.popLast() ?? entries.count
        if index == entries.count { entries.append(Entry()) }
        let reference = UInt64(entries[index].generation) << 32 | UInt64(index + 1)
        entries[index].exception = exception
        entries[index].exception?.reference = reference
        return reference
    }

    /// Completes an exception that was added before the references in it were known.
    mutating func setValues(of reference: UInt64, _ values: [UInt64]) {
        guard let index = index(reference), let exception = entries[index].exception else { return }
        entries[index].exception = ThrownException(tag: exception.tag, values: values, reference: reference)
    }

    /// Releases all exceptions but those that are reached from `roots`.
    /// - Parameter roots: calls what it is given for everything that may be a reference.
    mutating func release(except roots: ((UInt64) -> Void) -> Void) {
        var isKept = [Bool](repeating: false, count: entries.count)
        var pending: [Int] = []
        func keep(_ bits: UInt64) {
            guard let index = index(bits), !isKept[index] else { return }
            isKept[index] = true
            pending.append(index)
        }
        roots(keep)
        while let index = pending.popLast() { entries[index].exception?.values.forEach(keep) }
        for index in entries.indices where !isKept[index] && entries[index].exception != nil {
            entries[index].exception = nil
            // An entry whose numbers are used up is not used again.
            guard entries[index].generation < .max else { continue }
            entries[index].generation += 1
            free.append(index)
        }
        threshold = min(max(Self.thresholdMin, 2 * count), countMax)
    }
}
