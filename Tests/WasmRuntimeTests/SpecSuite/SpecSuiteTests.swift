import FoundationEssentials
import Synchronization
import Testing
import WasmRuntime

/// WebAssembly's own test suite. Its data is not part of the repository: `$WASM_TESTSUITE`, or `../shared/wasm-testsuite`.
enum SpecSuite {
    static let root: URL? = {
        let environment = ProcessInfo.processInfo.environment
        let package = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../..").standardized
        let candidates = [
            environment["WASM_TESTSUITE"].map { URL(filePath: $0) },
            package.appending(path: "../shared/wasm-testsuite").standardized,
        ]
        return candidates.compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "sets").path())
        }
    }()

    static let isRequired = ProcessInfo.processInfo.environment["CI"] == "true"

    /// The files of a set.
    static func files(_ set: String) -> [String] {
        guard let root, let data = try? Data(contentsOf: root.appending(path: "sets/\(set).txt")) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// Sums up the reports of a set and prints them once all files have been run.
final class SpecTotals: Sendable {
    static let version2 = SpecTotals("wasm-2.0")

    private let name: String
    private let sum = Mutex((files: 0, report: SpecRunner.Report()))

    private init(_ name: String) { self.name = name }

    func add(_ report: SpecRunner.Report, of filesCount: Int) {
        sum.withLock { sum in
            sum.files += 1
            sum.report.passed += report.passed
            sum.report.skippedText += report.skippedText
            sum.report.refusedFeature += report.refusedFeature
            sum.report.failures += report.failures
            guard sum.files == filesCount else { return }
            print(
                "spec \(name): \(sum.files) files, \(sum.report.passed) passed"
                    + " (\(sum.report.refusedFeature) of them refused because a feature is off),"
                    + " \(sum.report.skippedText) skipped (text), \(sum.report.failures.count) failed")
        }
    }
}

@Suite("WebAssembly test suite")
struct SpecSuiteTests {
    @Test("the suite's data is there where it must be")
    func dataIsPresent() {
        #expect(SpecSuite.root != nil || !SpecSuite.isRequired, "no test suite at ../shared/wasm-testsuite")
    }

    @Test("WebAssembly 2.0, later features off", arguments: SpecSuite.files("wasm-2.0"))
    func version2(_ file: String) throws {
        let report = try run(file, features: .version2)
        SpecTotals.version2.add(report, of: SpecSuite.files("wasm-2.0").count)
    }

    private func run(_ file: String, features: WasmFeatures) throws -> SpecRunner.Report {
        let root = try #require(SpecSuite.root)
        let report = try SpecRunner.run(root.appending(path: file), features: features)
        #expect(report.failures.isEmpty, "\(report.failures.prefix(8).joined(separator: "\n"))")
        #expect(report.passed + report.modules + report.skippedText > 0, "the script asserted nothing")
        return report
    }
}
