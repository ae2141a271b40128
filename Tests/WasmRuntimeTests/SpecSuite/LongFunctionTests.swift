import FoundationEssentials
import Testing
import WasmRuntime

/// Instructions far from a function's end are judged by a loop of their own, which the short functions of the test suite
/// never reach: here each of them is made longer.
@Suite("Validation of long functions")
struct LongFunctionTests {
    @Test(
        "a long function gets the verdict of a short one",
        arguments: SpecSuite.files("wasm-2.0") + SpecSet.version3.flatMap(\.files).map(\.path))
    func samePrefixSameVerdict(_ file: String) throws {
        let root = try #require(SpecSuite.root)
        let folder = root.appending(path: file).deletingLastPathComponent()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        for name in names where name.hasSuffix(".wasm") {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let verdict = verdict(of: bytes)
            guard verdict.kind != .malformed, let longer = lengthened(bytes) else { continue }
            #expect(self.verdict(of: longer) == verdict, "\(name)")
        }
    }

    private struct Verdict: Equatable {
        var kind: ModuleError.Kind?
        var message: String?
    }

    private func verdict(of bytes: [UInt8]) -> Verdict {
        do throws(ModuleError) {
            _ = try Module(bytes)
            return Verdict()
        } catch {
            return Verdict(kind: error.kind, message: error.message)
        }
    }

    /// The module with 24 instructions that do nothing before the end of each function.
    /// - Returns: nil if it is not made of sections.
    private func lengthened(_ bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes.dropFirst(8)
        var longer = Array(bytes.prefix(8))
        while let id = rest.popFirst() {
            guard let size = number(&rest), size <= rest.count else { return nil }
            var section = rest.prefix(size)
            rest = rest.dropFirst(size)
            var content: [UInt8] = Array(section)
            if id == 10 {
                guard let count = number(&section) else { return nil }
                content = leb(count)
                for _ in 0..<count {
                    guard let size = number(&section), size > 0, size <= section.count else { return nil }
                    let body = section.prefix(size)
                    section = section.dropFirst(size)
                    content += leb(size + 24) + body.dropLast() + [UInt8](repeating: 0x01, count: 24) + [body.last!]
                }
                guard section.isEmpty else { return nil }
            }
            longer += [id] + leb(content.count) + content
        }
        return longer
    }

    private func number(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private func leb(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + leb(value >> 7)
    }
}
