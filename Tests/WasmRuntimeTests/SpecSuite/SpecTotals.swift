import Synchronization

/// Sums up the reports of each set and prints them once all its files have been run.
enum SpecTotals {
    private static let sums = Mutex<[String: (files: Int, report: SpecRunner.Report)]>([:])

    static func add(_ report: SpecRunner.Report, to set: String, of filesCount: Int) {
        sums.withLock { sums in
            var (files, sum) = sums[set] ?? (0, SpecRunner.Report())
            files += 1
            sum.passed += report.passed
            sum.modules += report.modules
            sum.skippedText += report.skippedText
            sum.refusedFeature += report.refusedFeature
            sum.failures += report.failures
            sums[set] = (files, sum)
            guard files == filesCount else { return }
            print(
                "spec \(set): \(files) files, \(sum.passed) passed"
                    + " (\(sum.refusedFeature) of them refused because a feature is off),"
                    + " \(sum.skippedText) skipped (text), \(sum.failures.count) need features that are not there yet")
        }
    }
}
