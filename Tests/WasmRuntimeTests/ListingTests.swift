import FoundationEssentials
import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Listings of code")
struct ListingTests {
    private static let source = """
        (module
          (import "a" "b" (func))
          (memory 1)
          (func $sum (export "sum") (param i32 i32) (result i32)
            (loop
              (local.set 1 (i32.add (local.get 1) (i32.load offset=8 (local.get 0))))
              (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
            (local.get 1)))
        """

    @Test("instructions as the text format has them, with their offsets, beside what they became")
    func lines() throws {
        let bytes = try WAT.assemble(Self.source)
        let module = try Module(bytes)
        #expect(module.functionIndex(named: "sum") == 1)
        let listing = try #require(module.listing(ofFunction: 1))
        #expect(listing.name == "sum")
        #expect(
            listing.lines.map(\.instruction) == [
                "loop", "local.get 1", "local.get 0", "i32.load offset=8", "i32.add", "local.set 1", "local.get 0",
                "i32.const 4", "i32.sub", "local.tee 0", "br_if 0", "end", "local.get 1", "end",
            ])
        #expect(listing.lines.map(\.depth) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
        let load = listing.lines[3]
        #expect(bytes[load.offset] == 0x28)
        #expect(load.operations == ["i32_load_S_T  s0 + 8"])
        // The local is the addition's own place, and the handler that loads adds too; `local.get` and constants became
        // nothing.
        #expect(listing.lines[4].operations == ["+ i32_add_AS_B  s1 ← acc, s1"])
        // It goes back to the loop's first operation, which is the load's, and pays for ten instructions of the source.
        let start = String(load.offset, radix: 16)
        #expect(listing.lines[10].operations == ["add_br_if  0 0 -4 → \(start), fuel 10"])
        #expect(listing.lines[1].operations.isEmpty && listing.lines[7].operations.isEmpty)
    }

    @Test("only functions of the module's own have code")
    func imports() throws {
        let module = try Module(WAT.assemble(Self.source))
        #expect(module.listing(ofFunction: 0) == nil)
        #expect(module.listing(ofFunction: 2) == nil)
        #expect(module.listing(ofFunction: -1) == nil)
        #expect(module.functionIndex(named: "nobody") == nil)
    }

    @Test(
        "every instruction of the test suite's modules has its text", arguments: ["address", "simd_lane", "br_table"])
    func suite(_ name: String) throws {
        let root = try #require(SpecSuite.root)
        let folder = root.appending(path: "json-2.0/\(name)")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path()) where file.hasSuffix(".wasm") {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            guard let module = try? Module(bytes) else { continue }
            for index in 0..<1_000 {
                guard let listing = module.listing(ofFunction: index) else { continue }
                #expect(listing.lines.last?.instruction == "end")
                #expect(!listing.lines.contains { $0.instruction.contains("illegal") })
            }
        }
    }
}
