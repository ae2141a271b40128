import WasmRuntime

/// The host of guests that snapshots are taken of: its functions answer the same in every process.
public enum SnapshotHost {
    /// Defines `host.ask` and `host.mix`, which suspend, `host.add`, which answers at once, and two globals.
    public static func define(in imports: inout Imports, _ store: Store) {
        let ask = HostFunction.suspending(FunctionType([.i32, .f64], [.i64]))
        imports.define("host", "ask", .function(store.add(ask, name: "ask")))
        let add = HostFunction(FunctionType([.i64, .i64], [.i64])) { $0.setResult(.i64($0[0].i64 &+ $0[1].i64)) }
        imports.define("host", "add", .function(store.add(add, name: "add")))
        let mix = HostFunction.suspending(FunctionType([.i32, .v128, .i64], [.v128]))
        imports.define("host", "mix", .function(store.add(mix, name: "mix")))
        imports.define("host", "counter", .global(Global(.i64(1000), isMutable: true)))
        imports.define("host", "step", .global(Global(.f64(0.25))))
    }

    /// The results of a suspended call.
    public static func answer(_ call: Execution.SuspendedCall) -> [Value] {
        if call.name == "mix" {
            let vector = call.arguments[1]
            return [.v128(lower: vector.upperBits &+ call.arguments[2].bits, upper: vector.bits &* 3)]
        }
        return [.i64(Int64(call.arguments[0].i32) * 10 + Int64(call.arguments[1].f64))]
    }
}
