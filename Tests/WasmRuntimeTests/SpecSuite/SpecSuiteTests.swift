import FoundationEssentials
import Testing

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

    /// The files of a set, without those of features that the engine does not have yet.
    static func files(_ set: String, excluding isExcluded: (String) -> Bool) -> [String] {
        guard let root, let data = try? Data(contentsOf: root.appending(path: "sets/\(set).txt")) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !isExcluded($0) }
    }
}

@Suite("WebAssembly test suite")
struct SpecSuiteTests {
    @Test("the suite's data is there where it must be")
    func dataIsPresent() {
        #expect(SpecSuite.root != nil || !SpecSuite.isRequired, "no test suite at ../shared/wasm-testsuite")
    }

    @Test(
        "2.0 features without SIMD",
        arguments: SpecSuite.files("feature-only-2.0-features") { $0.contains("simd_") })
    func script(_ file: String) throws {
        let root = try #require(SpecSuite.root)
        let report = try SpecRunner.run(root.appending(path: file))
        #expect(report.failures.isEmpty, "\(report.failures.prefix(8).joined(separator: "\n"))")
        #expect(report.passed + report.modules + report.skippedText > 0, "the script asserted nothing")
        print(
            "spec \(file): \(report.passed) passed, \(report.skippedText) skipped (text), \(report.refusedFeature) by feature"
        )
    }
}
