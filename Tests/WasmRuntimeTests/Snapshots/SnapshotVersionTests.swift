import Testing
import WasmTestSupport

@testable import WasmRuntime

/// Bytes that were written once, as docs/snapshots.md describes them. Should this fail, the format has changed: that needs
/// a new version.
@Suite("The snapshot format, version 1")
struct SnapshotVersionTests {
    /// Imports `host.ask` as function 0. Function 1, `run`, sets its f32 local to -0.5, pushes its argument and an i64 7,
    /// and calls `ask` (5, 2.5) at offset 0x7d. A memory of 1 to 2 pages, a table of two with function 1 as its second,
    /// a mutable v128 of 1, 2, 3, 4, and a passive data segment.
    private static let module = """
        0061736d01000000010c0260027f7c017e60017f017e020c0104686f73740361736b0000030201010404017000020504010101020616
        017b01fd0c010000000200000003000000040000000b0707010372756e00010907010041010b01010a36013402017d017e43000000bf
        210120004207410544000000000000044010000340200041016a22004109490d000b7e2102ad20027c0b0b050101026162
        """

    /// Suspended in `ask`, after `run` of 3.
    private static let parts = [
        ("magic, version, bytes in all", "006c6174736e6170010000007601000000000000"),
        (
            "one instance: SHA-256 and size of its module",
            "010000006cbe142dffbd69dca73f513e3f63e831cabbe9d90cdd4892ad09f3bc4e0079d79d00000000000000"
        ),
        (
            "its memory, its table, its global, no tags; no data segment dropped, the element segment dropped",
            "0100000000000000010000000000000001000000000000000000000001000000000100000001"
        ),
        ("no exceptions", "00000000"),
        (
            "one memory: 1 to 2 pages, 1 page now, all zero",
            "01000000000101000000000000000200000000000000010000000000000000000000"
        ),
        (
            "one table of functions: 2 and more, 2 now; one reference at 1, to function 1 of instance 0",
            "0100000070000002000000000000000000000000000000020000000000000001000000010000000000000001000000000000"
                + "000100000001000000"
        ),
        ("one global: mutable v128", "01000000017b01000000020000000300000004000000"),
        (
            "one call: of function 1 of instance 0, budget 1000, used 7",
            "01000000010000000100000001e8030000000000000700000000000000"
        ),
        ("one frame: instance 0, function 1, offset", "0100000000000000010000007d00000000000000"),
        ("its locals: i32 3, f32 -0.5, i64 0", "030000007f030000007d000000bf7e0000000000000000"),
        ("its operands: i32 3, i64 7", "020000007f030000007e0700000000000000"),
        (
            "suspended in a function that instance 0 called: function 0 of instance 0, with i32 5, f64 2.5",
            "02000000000000000001000000020000007f050000007c0000000000000440"
        ),
        ("SHA-256 of all before", "5f4aee75712c64a77b4b387fb9013415be4f5663055315f33bd48a26edd2d5e7"),
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static let snapshot = bytes(parts.map(\.1).joined())

    private func link() throws -> (module: Module, imports: Imports, store: Store) {
        let store = Store()
        var imports = Imports()
        SnapshotHost.define(in: &imports, store)
        return (try Module(Self.bytes(Self.module)), imports, store)
    }

    @Test("what is written is what was written")
    func writing() throws {
        let (module, imports, store) = try link()
        let instance = try Instance(module, imports: imports, store: store)
        let call = try Execution(calling: try #require(instance.function("run")), [.i32(3)], fuel: 1000)
        _ = call.run()
        let written = try instance.snapshot(of: [call])
        #expect(written == Self.snapshot)
    }

    @Test("what was written can be restored")
    func reading() throws {
        let (module, imports, store) = try link()
        let instance = try Instance(restoring: Self.snapshot, of: module, imports: imports, store: store)
        let call = try #require(instance.restoredCalls.first)
        #expect(call.pendingCall?.arguments == [.i32(5), .f64(2.5)])
        call.resume(returning: [.i64(100)])
        guard case .finished(let values) = call.run() else { return #expect(Bool(false), "did not finish") }
        #expect(values == [.i64(703)])
    }
}
