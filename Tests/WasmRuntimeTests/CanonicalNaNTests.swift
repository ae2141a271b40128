import Testing
import WasmRuntime
import WasmTestSupport

/// The suite lets a NaN have any sign; ours have the same bits on every machine.
@Suite("NaNs of arithmetic")
struct CanonicalNaNTests {
    private static let single: UInt64 = 0x7FC0_0000_7FC0_0000
    private static let double: UInt64 = 0x7FF8_0000_0000_0000

    @Test(
        "have the canonical bits, whatever the processor gives",
        arguments: [
            ("i64.extend_i32_u (i32.reinterpret_f32 (f32.sqrt (f32.convert_i32_s (local.get 0))))", single >> 32),
            ("i64.reinterpret_f64 (f64.sqrt (f64.convert_i32_s (local.get 0)))", double),
            ("i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))", double),
            ("i64.reinterpret_f64 (f64.promote_f32 (f32.sqrt (f32.const -1)))", double),
            ("i64x2.extract_lane 1 (f32x4.sqrt (f32x4.convert_i32x4_s (i32x4.splat (local.get 0))))", single),
            ("i64x2.extract_lane 1 (f64x2.sqrt (f64x2.splat (f64.const -1)))", double),
            ("i64x2.extract_lane 1 (f32x4.div (f32x4.splat (f32.const 0)) (f32x4.splat (f32.const 0)))", single),
            ("i64x2.extract_lane 1 (f64x2.sub (f64x2.splat (f64.const inf)) (f64x2.splat (f64.const inf)))", double),
            ("i64x2.extract_lane 1 (f32x4.nearest (f32x4.splat (f32.const -nan:0x7fffff)))", single),
            ("i64x2.extract_lane 0 (f64x2.promote_low_f32x4 (f32x4.splat (f32.const -nan)))", double),
        ])
    func bits(_ expression: String, _ expected: UInt64) throws {
        let bytes = try WAT.assemble("(module (func (export \"f\") (param i32) (result i64) (\(expression))))")
        let instance = try Instance(Module(bytes))
        let function = try #require(instance.function("f"))
        guard case .finished(let values) = try Execution(calling: function, [.i32(-1)]).run() else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(values == [.i64(bits: expected)])
    }
}
