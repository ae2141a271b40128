import Testing

@testable import LatticeHost

@Suite("What others may write into the log")
struct LineBudgetTests {
    @Test("so many lines in a second for each source; the first one after tells how many were left out")
    func budget() {
        let budget = LineBudget<String>(linesMax: 2)
        let start = ContinuousClock.now
        let spent = (0..<5).map { _ in budget.spend("loud", at: start) }
        #expect(spent == [.shown, .shown, .omitted, .omitted, .omitted])
        #expect(budget.spend("quiet", at: start) == .shown)
        #expect(budget.spend("loud", at: start + .milliseconds(999)) == .omitted)
        #expect(budget.spend("loud", at: start + .milliseconds(1_000)) == .shownAfter(omitted: 4))
        #expect(budget.spend("loud", at: start + .milliseconds(1_001)) == .shown)
        #expect(budget.spend("loud", at: start + .milliseconds(1_002)) == .omitted)
    }
}
