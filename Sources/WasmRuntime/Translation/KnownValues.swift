/// What is known at a point of the program about where values stand besides their own places. Every local is in its slot,
/// whatever is known; this only says where else it can be read sooner.
struct KnownValues: BitwiseCopyable {
    /// A local that was set to another one's value, and neither has been written since.
    private struct Copy: BitwiseCopyable, Equatable {
        var local: Int32
        var source: Int32

        static let none = Copy(local: -1, source: -1)
    }

    /// Whose value the accumulator also holds: a local's (its index), that of a slot (its operand's `bits`, below -1),
    /// or nobody's (-1).
    var accumulator = -1
    /// The same for floats.
    var float = -1
    /// The last two.
    private var newer = Copy.none
    private var older = Copy.none

    // MARK: Copies

    /// The local to read instead: its value was there before it was copied.
    @inline(__always)
    func source(of local: Int) -> Int {
        if Int(newer.local) == local { return Int(newer.source) }
        return Int(older.local) == local ? Int(older.source) : local
    }

    /// - Parameter source: not itself a copy.
    mutating func copy(_ source: Int, to local: Int) {
        older = newer
        newer = Copy(local: Int32(local), source: Int32(source))
    }

    /// A local gets a new value.
    mutating func write(_ local: Int) {
        if newer.local == local || newer.source == local { newer = .none }
        if older.local == local || older.source == local { older = .none }
    }

    // MARK: Accumulators

    /// Whether an accumulator that mirrors `mirror` has the value of a local.
    @inline(__always)
    func mirrors(_ mirror: Int, _ local: Int) -> Bool { mirror >= 0 && source(of: local) == source(of: mirror) }

    mutating func forgetAccumulators() {
        accumulator = -1
        float = -1
    }

    /// What holds on this way and on the other one.
    func met(_ other: KnownValues) -> KnownValues {
        var both = KnownValues()
        // What a slot of the operand stack holds means nothing where operands have been carried to other slots.
        if accumulator >= 0, accumulator == other.accumulator { both.accumulator = accumulator }
        if float >= 0, float == other.float { both.float = float }
        if newer == other.newer || newer == other.older { both.newer = newer }
        if older == other.older || older == other.newer { both.older = older }
        return both
    }
}
