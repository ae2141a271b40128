/// One catch clause of a `try_table`, as the internal code needs it.
struct CatchClause: BitwiseCopyable {
    static let anyTag: Int32 = -1

    /// In the tag index space of the module, or `anyTag`.
    let tag: Int32
    let takesReference: Bool
    /// Whether the target is a loop's start, where fuel is checked.
    let isLoop: Bool
    /// Where the values go, then the reference.
    let slot: UInt16
    /// The word to go on at.
    var target: Int32
    /// Fuel of the edge.
    var cost: Int32
}

/// Who catches what in a function's code. Written once, when the function is translated.
struct ExceptionHandlers: Sendable {
    /// A `try_table` and the one around it, -1 for none.
    struct Region {
        let parent: Int32
        var clauses: Range<Int32>
    }

    /// The innermost region from a word on, -1 for none.
    struct Segment {
        let word: Int32
        let region: Int32
    }

    fileprivate(set) var regions: [Region] = []
    /// In order of their words; of several that start at one word, the last one counts.
    fileprivate(set) var segments: [Segment] = []
    fileprivate(set) var clauses: [CatchClause] = []

    /// The clause that catches an exception which is thrown at a word.
    /// - Parameters:
    ///   - tags: those of the instance, by the numbers that clauses have.
    ///   - refused: grows by the clauses that do not match.
    func clause(guarding word: Int, for tag: ExceptionTag, of tags: [ExceptionTag], refused: inout Int) -> CatchClause?
    {
        var region = innermost(word)
        while region >= 0 {
            for index in regions[region].clauses {
                let clause = clauses[Int(index)]
                if clause.tag == CatchClause.anyTag || tags[Int(clause.tag)] === tag { return clause }
                refused += 1
            }
            region = Int(regions[region].parent)
        }
        return nil
    }

    private func innermost(_ word: Int) -> Int {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(segments[middle].word) <= word { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? -1 : Int(segments[low - 1].region)
    }
}

/// Builds the handlers of one function.
struct HandlerRecorder {
    private var handlers = ExceptionHandlers()
    private var current: Int32 = -1

    mutating func reset() {
        guard !handlers.regions.isEmpty else { return }
        handlers = ExceptionHandlers()
        current = -1
    }

    mutating func open(at word: Int) {
        let first = Int32(handlers.clauses.count)
        handlers.regions.append(ExceptionHandlers.Region(parent: current, clauses: first..<first))
        current = Int32(handlers.regions.count - 1)
        handlers.segments.append(ExceptionHandlers.Segment(word: Int32(word), region: current))
    }

    /// Adds a clause to the region opened last.
    /// - Returns: its index.
    mutating func append(_ clause: CatchClause) -> Int {
        let first = handlers.regions[Int(current)].clauses.lowerBound
        handlers.clauses.append(clause)
        handlers.regions[Int(current)].clauses = first..<Int32(handlers.clauses.count)
        return handlers.clauses.count - 1
    }

    mutating func close(at word: Int) {
        current = handlers.regions[Int(current)].parent
        handlers.segments.append(ExceptionHandlers.Segment(word: Int32(word), region: current))
    }

    /// Gives the clauses of a chain their target.
    mutating func bind(_ chain: Int, to word: Int, cost: Int) {
        var index = chain
        while index >= 0 {
            let next = Int(handlers.clauses[index].target)
            handlers.clauses[index].target = Int32(word)
            handlers.clauses[index].cost = Int32(cost)
            index = next
        }
    }

    /// - Returns: nil if nothing is caught.
    func finish() -> ExceptionHandlers? { handlers.clauses.isEmpty ? nil : handlers }
}
