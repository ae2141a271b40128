import Synchronization

/// Linear memory that many stores may have together. What they reserve counts, whether they have written it or not.
public final class MemoryBudget: Sendable {
    public let bytesMax: Int
    private let taken = Atomic<Int>(0)

    public init(bytesMax: Int) { self.bytesMax = max(0, bytesMax) }

    public var bytesTaken: Int { taken.load(ordering: .relaxed) }

    /// - Returns: false, with nothing taken, where that would be more than there is.
    func take(_ count: Int) -> Bool {
        let (total, overflow) = taken.load(ordering: .relaxed).addingReportingOverflow(count)
        guard !overflow, total <= bytesMax else { return false }
        guard taken.wrappingAdd(count, ordering: .relaxed).newValue <= bytesMax else {
            giveBack(count)
            return false
        }
        return true
    }

    func giveBack(_ count: Int) { taken.wrappingSubtract(count, ordering: .relaxed) }
}
