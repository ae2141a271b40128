import Testing
import WasmRuntime
import WasmTestSupport

/// What a module with vectors may not do.
@Suite("Vectors refused")
struct VectorLimitTests {
    /// A module with one function of type `(v128) -> v128` and a memory.
    private static func module(_ code: [UInt8]) -> [UInt8] {
        let body = [0x00] + code + [0x0B]
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7B, 1, 0x7B, 3, 2, 1, 0, 5, 3, 1, 0, 1, 10]
            + [UInt8(body.count + 2), 1, UInt8(body.count)] + body
    }

    private static let codeOffset = 30
    private static let local: [UInt8] = [0x20, 0x00]
    private static let number: [UInt8] = [0x41, 0x00]

    private func error(_ bytes: [UInt8], _ features: WasmFeatures = .all) -> ModuleError? {
        do throws(ModuleError) {
            _ = try Module(bytes, features: features)
            return nil
        } catch { return error }
    }

    @Test(
        "a lane index must be one of the lanes",
        arguments: [
            ([0xFD, 0x15], 16), ([0xFD, 0x16], 16), ([0xFD, 0x18], 8), ([0xFD, 0x19], 8), ([0xFD, 0x1B], 4),
            ([0xFD, 0x1D], 2), ([0xFD, 0x1F], 4), ([0xFD, 0x21], 2),
        ] as [([UInt8], UInt8)])
    func extract(opcode: [UInt8], lanes: UInt8) throws {
        func code(_ lane: UInt8) -> [UInt8] { Self.local + opcode + [lane, 0x1A] + Self.local }
        #expect(error(Self.module(code(lanes - 1))) == nil)
        let refused = try #require(error(Self.module(code(lanes))))
        #expect(refused.kind == .invalid && refused.offset == Self.codeOffset + 2)
        #expect(refused.message == "invalid lane index \(lanes), there are \(lanes)")
    }

    @Test(
        "so must that of a lane to be replaced, loaded or stored",
        arguments: [
            ([0xFD, 0x17], [0x41, 0x00], 16), ([0xFD, 0x1A], [0x41, 0x00], 8), ([0xFD, 0x1C], [0x41, 0x00], 4),
            ([0xFD, 0x1E], [0x42, 0x00], 2), ([0xFD, 0x20], [0x43, 0, 0, 0, 0], 4),
            ([0xFD, 0x22], [0x44, 0, 0, 0, 0, 0, 0, 0, 0], 2),
        ] as [([UInt8], [UInt8], UInt8)])
    func replace(opcode: [UInt8], number: [UInt8], lanes: UInt8) {
        #expect(error(Self.module(Self.local + number + opcode + [lanes - 1])) == nil)
        #expect(error(Self.module(Self.local + number + opcode + [lanes]))?.kind == .invalid)
    }

    @Test(
        "loads and stores of lanes know their lanes and their alignment",
        arguments: [(0x54, 16, 0), (0x55, 8, 1), (0x56, 4, 2), (0x57, 2, 3)] as [(UInt8, UInt8, UInt8)])
    func memoryLanes(load: UInt8, lanes: UInt8, alignment: UInt8) {
        func loaded(_ alignment: UInt8, _ lane: UInt8) -> [UInt8] {
            Self.module(Self.number + Self.local + [0xFD, load, alignment, 0, lane])
        }
        func stored(_ alignment: UInt8, _ lane: UInt8) -> [UInt8] {
            Self.module(Self.number + Self.local + [0xFD, load + 4, alignment, 0, lane] + Self.local)
        }
        for make in [loaded, stored] {
            #expect(error(make(alignment, lanes - 1)) == nil)
            #expect(error(make(alignment, lanes))?.message == "invalid lane index \(lanes), there are \(lanes)")
            #expect(error(make(alignment + 1, 0))?.message == "alignment must not be larger than natural")
        }
    }

    @Test("a shuffle has 32 lanes to choose from, and sixteen choices")
    func shuffle() {
        let choices = [UInt8](repeating: 31, count: 16)
        func code(_ lanes: [UInt8]) -> [UInt8] { Self.module(Self.local + Self.local + [0xFD, 0x0D] + lanes) }
        #expect(error(code(choices)) == nil)
        #expect(error(code([32] + choices.dropFirst()))?.message == "invalid lane index 32, there are 32")
        #expect(error(code(choices.dropLast()))?.kind == .malformed)
        #expect(error(Self.module([0xFD, 0x0C] + choices)) == nil)
        #expect(error(Self.module([0xFD, 0x0C] + choices.dropLast()))?.kind == .malformed)
    }

    @Test("sub-opcodes that mean nothing are malformed", arguments: [0x9A, 0xA2, 0xBB, 0x114, 0xFFFF] as [UInt32])
    func illegal(sub: UInt32) throws {
        var leb: [UInt8] = []
        var rest = sub
        repeat {
            leb.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        let refused = try #require(error(Self.module(Self.local + [0xFD] + leb)))
        #expect(refused.kind == .malformed && refused.message == "illegal opcode 0xfd \(sub)")
    }

    @Test("without SIMD, types and instructions are refused by name and offset")
    func featureOff() throws {
        let off = WasmFeatures.all.subtracting([.simd, .relaxedSIMD])
        let type = try #require(error(Self.module(Self.local), off))
        #expect(type.kind == .unsupported && type.offset == 13 && type.message == "v128: SIMD is off")
        // (func (drop (i8x16.bitmask (v128.const …))))
        let head: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10]
        let zeros = [UInt8](repeating: 0, count: 16)
        let function = head + [0x19, 1, 0x17, 0, 0xFD, 0x0C] + zeros + [0xFD, 0x64, 0x1A, 0x0B]
        #expect(error(function) == nil)
        let instruction = try #require(error(function, off))
        #expect(instruction.kind == .unsupported && instruction.offset == 23)
        #expect(instruction.message == "v128.const: SIMD is off")
        let local = head + [6, 1, 4, 1, 1, 0x7B, 0x0B]
        #expect(error(local) == nil)
        #expect(error(local, off)?.message == "v128: SIMD is off")
        #expect(error(local, off)?.offset == 24)
        let global: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2, 8, 1, 1, 0x61, 1, 0x62, 3, 0x7B, 0]
        #expect(error(global) == nil)
        #expect(error(global, off)?.message == "v128: SIMD is off")
    }

    @Test("without relaxed SIMD, only the strict instructions are there")
    func relaxedOff() throws {
        let relaxed = Self.module(Self.local + Self.local + [0xFD, 0x8D, 0x02])
        #expect(error(relaxed) == nil)
        let refused = try #require(error(relaxed, .version2))
        #expect(refused.kind == .unsupported && refused.offset == Self.codeOffset + 4)
        #expect(refused.message == "f32x4.relaxed_min: relaxed SIMD is off")
        #expect(error(Self.module(Self.local + Self.local + [0xFD, 0xE8, 0x01]), .version2) == nil)
    }

    @Test("vectors count twice in a frame")
    func frames() throws {
        func function(_ count: Int) -> String { "(func (local \(String(repeating: "v128 ", count: count))))" }
        var limits = ModuleLimits()
        limits.frameSlotsMax = 512
        // 251 vectors in 502 slots, two of the header, and eight of room.
        _ = try Module(WAT.assemble("(module \(function(251)))"), limits: limits)
        #expect(throws: ModuleError.self) { try Module(WAT.assemble("(module \(function(252)))"), limits: limits) }
        // So do operands.
        func operands(_ count: Int) -> String {
            let push = String(repeating: "(v128.const i64x2 0 0)", count: count)
            let drop = String(repeating: "drop ", count: count)
            return "(module (func \(push) \(drop)))"
        }
        // 400 slots, 64 of constants, and the ten above.
        limits.frameSlotsMax = 474
        _ = try Module(WAT.assemble(operands(200)), limits: limits)
        #expect(throws: ModuleError.self) { try Module(WAT.assemble(operands(201)), limits: limits) }
    }

    @Test("no change of one byte crashes the decoder, the validator or the translator")
    func byteChanges() throws {
        let source = """
            (module (memory 1) (global $g (mut v128) (v128.const i64x2 1 2))
              (func (export "f") (param v128 i32) (result v128) (local v128 i64 v128)
                (local.set 2 (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get 0) (global.get $g)))
                (block (result v128)
                  (loop (result v128)
                    (v128.bitselect (local.get 0) (local.tee 4 (i32x4.splat (local.get 1))) (local.get 2))
                    (br_if 1 (i32.eqz (local.get 1)))
                    (local.set 1 (i32.shr_u (local.get 1) (i32.const 1)))
                    (v128.store8_lane 5 (local.get 1) (local.get 2)) (global.set $g) (br 0)))
                (i16x8.replace_lane 3 (i32x4.extract_lane 2 (local.get 4)))
                (select (v128.load32_splat (i32.const 8)) (v128.any_true (local.get 2)))))
            """
        let bytes = try WAT.assemble(source)
        for index in bytes.indices {
            for value: UInt8 in [0, 1, 0x0B, 0x20, 0x7B, 0x7F, 0x80, 0xFD, 0xFF, bytes[index] ^ 1] {
                var changed = bytes
                changed[index] = value
                guard let module = try? Module(changed), let instance = try? Instance(module),
                    let function = instance.function("f"), function.type.parameters == [.v128, .i32]
                else { continue }
                let arguments: [Value] = [.v128(lower: 1, upper: 2), .i32(100)]
                _ = try Execution(calling: function, arguments, fuel: 10_000).run()
            }
        }
    }

    @Test("accesses beyond the memory trap with their width")
    func bounds() throws {
        let source = """
            (module (memory 1)
              (func (export "load") (param i32) (result v128) (v128.load offset=1 (local.get 0)))
              (func (export "narrow") (param i32) (result v128) (v128.load8x8_s (local.get 0)))
              (func (export "splat") (param i32) (result v128) (v128.load16_splat (i32.add (local.get 0) (i32.const 1))))
              (func (export "lane") (param i32) (result v128)
                (v128.load32_lane 1 (local.get 0) (v128.const i64x2 0 0)))
              (func (export "store") (param i32) (result v128)
                (v128.store (local.get 0) (v128.const i64x2 0 0)) (v128.const i64x2 0 0))
              (func (export "storeLane") (param i32) (result v128)
                (v128.store64_lane 1 (local.get 0) (v128.const i64x2 0 0)) (v128.const i64x2 0 0)))
            """
        let instance = try Instance(Module(WAT.assemble(source)))
        for (name, width, before) in [
            ("load", 16, 1), ("narrow", 8, 0), ("splat", 2, 1), ("lane", 4, 0), ("store", 16, 0), ("storeLane", 8, 0),
        ] {
            let function = try #require(instance.function(name))
            let last = Int32(65_536 - width - before)
            guard case .finished = try Execution(calling: function, [.i32(last)]).run() else {
                Issue.record("\(name) does not reach the end")
                continue
            }
            guard case .trapped(let trap) = try Execution(calling: function, [.i32(last + 1)]).run() else {
                Issue.record("\(name) reaches beyond the end")
                continue
            }
            #expect(
                trap.reason == .memoryBounds(address: UInt64(65_537 - width), count: UInt64(width), size: 65_536))
        }
    }
}
