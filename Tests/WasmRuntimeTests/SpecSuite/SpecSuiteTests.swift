import FoundationEssentials
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

@Suite("WebAssembly test suite")
struct SpecSuiteTests {
    @Test("the suite's data is there where it must be")
    func dataIsPresent() {
        #expect(SpecSuite.root != nil || !SpecSuite.isRequired, "no test suite at ../shared/wasm-testsuite")
    }

    @Test("WebAssembly 2.0, later features off", arguments: SpecSuite.files("wasm-2.0"))
    func version2(_ file: String) throws {
        let report = try run(file, features: .version2)
        SpecTotals.add(report, to: "wasm-2.0", of: SpecSuite.files("wasm-2.0").count)
    }

    @Test("one feature of WebAssembly 3.0", arguments: SpecSet.version3.flatMap(\.files))
    func feature(_ file: SpecSet.File) throws {
        let report = try run(file.path, features: .all, gaps: SpecGaps.lines(file.path))
        SpecTotals.add(report, to: file.set, of: file.count)
    }

    /// - Parameter gaps: lines whose commands may fail, and of which the first does.
    private func run(
        _ file: String, features: WasmFeatures, gaps: [ClosedRange<Int>] = []
    ) throws -> SpecRunner.Report {
        let root = try #require(SpecSuite.root)
        let report = try SpecRunner.run(root.appending(path: file), features: features)
        let unexpected = report.failures.filter { failure in !gaps.contains { $0.contains(failure.line) } }
        #expect(unexpected.isEmpty, "\(unexpected.prefix(8).map(\.description).joined(separator: "\n"))")
        let passing = gaps.filter { lines in !report.failures.contains { $0.line == lines.lowerBound } }
        #expect(passing.isEmpty, "these lines pass now: take them off the list")
        let count = report.passed + report.modules + report.skippedText
        #expect(count > 0 || !gaps.isEmpty, "the script asserted nothing")
        return report
    }
}
