import Testing

@testable import LatticeIdentity

@Suite("the walk over a module's sections")
struct ModuleLayoutTests {
    @Test(
        "what can't be walked is refused at its place",
        arguments: [
            ([], ModuleStructureError.notWasm), ([0x00, 0x61, 0x73], .notWasm), (Array("text file".utf8), .notWasm),
            ([0x00, 0x61, 0x73, 0x6D], .truncated(at: 0)), ([0x00, 0x61, 0x73, 0x6D, 1, 0, 0], .truncated(at: 0)),
            ([0x00, 0x61, 0x73, 0x6D, 2, 0, 0, 0], .unsupportedVersion(2)),
            ([0x00, 0x61, 0x73, 0x6D, 1, 0, 2, 0], .unsupportedVersion(0x20001)),
            (Wasm.emptyModule + [1], .truncated(at: 9)), (Wasm.emptyModule + [1, 1], .truncated(at: 8)),
            (Wasm.emptyModule + [1, 2, 0], .truncated(at: 8)), (Wasm.emptyModule + [1, 0x80], .truncated(at: 9)),
            (Wasm.emptyModule + [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .truncated(at: 8)),
            (Wasm.emptyModule + [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F], .badLength(at: 9)),
            (Wasm.emptyModule + [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], .badLength(at: 9)),
            (Wasm.emptyModule + [0, 0], .truncated(at: 10)), (Wasm.emptyModule + [0, 1, 1], .truncated(at: 10)),
            (Wasm.emptyModule + [0, 1, 0x80], .truncated(at: 10)),
            (Wasm.emptyComponent + [1, 0], .nestedKind(at: 10)),
            (Wasm.emptyComponent + Wasm.section(1, Wasm.emptyComponent), .nestedKind(at: 10)),
            (Wasm.emptyComponent + Wasm.section(4, Wasm.emptyModule), .nestedKind(at: 10)),
            (Wasm.emptyComponent + Wasm.section(1, Wasm.emptyModule + [3]), .truncated(at: 19)),
            // A nested section may not reach beyond its module, though the file goes on.
            (Wasm.emptyComponent + Wasm.section(1, Wasm.emptyModule + [3, 1]) + [0, 0], .truncated(at: 18)),
        ] as [([UInt8], ModuleStructureError)])
    func refused(bytes: [UInt8], refusal: ModuleStructureError) {
        #expect(throws: refusal) { try ModuleLayout(bytes) }
    }

    @Test(
        "what can be walked is walked, whatever its sections hold",
        arguments: [
            Wasm.emptyModule, Wasm.emptyModule + [1, 0], Wasm.emptyModule + [0xFF, 1, 0],
            Wasm.emptyModule + [0, 1, 0], Wasm.emptyModule + [1, 0x80, 0x80, 0x80, 0x80, 0x00],
            Wasm.emptyModule + [4, 1, 9], Wasm.emptyComponent, [0x00, 0x61, 0x73, 0x6D, 0x0A, 0, 1, 0],
            Wasm.emptyComponent + [2, 1, 9],
        ])
    func accepted(bytes: [UInt8]) throws { #expect(try ModuleLayout(bytes).claimsSections.isEmpty) }

    @Test("for shortest lengths both hashes are that of the bytes")
    func plainHashes() throws {
        let module = Wasm.emptyModule + Wasm.section(1, [0]) + Wasm.custom("name", Array(repeating: 1, count: 300))
        let component = Wasm.emptyComponent + Wasm.section(1, module)
        let jwt = Wasm.custom("jwt", [1, 2, 3])
        for (bytes, hashed) in [(module, module), (module + jwt, module), (component, component)] {
            let layout = try ModuleLayout(bytes)
            #expect(try layout.canonicalHash() == SHA256Digest(of: hashed))
            #expect(layout.rawHash() == SHA256Digest(of: hashed))
            #expect(layout.stripped() == hashed)
        }
    }

    @Test("nested modules and components are written again from the inside out")
    func nestedHashes() throws {
        // One section with a padded length, in a module in a component in a component, all lengths padded; and a
        // nested `jwt` section, which is dropped, beside a nested `wasmcloud_jwt`, which is not.
        func padded(_ id: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [id, UInt8(payload.count & 0x7F) | 0x80, UInt8(payload.count >> 7) | 0x80, 0x00] + payload
        }
        let kept = Wasm.custom("wasmcloud_jwt", [5])
        let inner = Wasm.emptyModule + padded(1, [0]) + Wasm.custom("jwt", [1, 2]) + kept
        let middle = Wasm.emptyComponent + padded(1, inner) + padded(2, [9])
        let outer = Wasm.emptyComponent + padded(4, middle) + padded(1, Wasm.emptyModule)

        let canonicalInner = Wasm.emptyModule + Wasm.section(1, [0]) + kept
        let canonicalMiddle = Wasm.emptyComponent + Wasm.section(1, canonicalInner) + Wasm.section(2, [9])
        let canonical =
            Wasm.emptyComponent + Wasm.section(4, canonicalMiddle) + Wasm.section(1, Wasm.emptyModule)
        #expect(try ModuleLayout(outer).canonicalHash() == SHA256Digest(of: canonical))
        #expect(try ModuleLayout(outer).rawHash() == SHA256Digest(of: outer))
        #expect(try ModuleLayout(canonical).canonicalHash() == SHA256Digest(of: canonical))
    }

    @Test("a nested module may shrink across the border where its own length takes a byte less")
    func shrinkingNested() throws {
        let payload = [UInt8](repeating: 0, count: 117)
        let inner = Wasm.emptyModule + [0, 0xF5, 0x80, 0x80, 0x00] + payload
        let outer = Wasm.emptyComponent + Wasm.section(1, inner)
        let canonicalInner = Wasm.emptyModule + Wasm.section(0, payload)
        #expect(inner.count == 130 && canonicalInner.count == 127)
        #expect(
            try ModuleLayout(outer).canonicalHash()
                == SHA256Digest(of: Wasm.emptyComponent + Wasm.section(1, canonicalInner)))
    }

    @Test("components nest to a limit and not one deeper")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            (0..<depth).reduce(Wasm.emptyComponent) { inner, _ in Wasm.emptyComponent + Wasm.section(4, inner) }
        }
        #expect(throws: Never.self) { try ModuleLayout(nested(ModuleLayout.depthMax)) }
        #expect(throws: ModuleStructureError.tooDeep(limit: ModuleLayout.depthMax)) {
            try ModuleLayout(nested(ModuleLayout.depthMax + 1))
        }
        #expect(throws: ModuleStructureError.tooDeep(limit: ModuleLayout.depthMax)) { try ModuleLayout(nested(2_000)) }
    }

    @Test("numbers take as few bytes as they can", arguments: [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 1 << 31])
    func shortestNumbers(value: Int) throws {
        let bytes = LEB128.minimal(value)
        #expect(bytes.count == LEB128.minimalCount(value))
        var reader = LEB128.Reader(bytes: bytes, position: 0, end: bytes.count)
        #expect(try reader.readUInt32() == UInt32(value))
        #expect(bytes.last != 0 || value == 0)
    }
}
