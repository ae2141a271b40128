import WasmRuntime

/// What a guest's call of a host function costs, there and back.
enum HostCalls {
    /// - Parameter file: `micro/hostcall.c`.
    static func report(_ file: String) throws {
        let store = Store()
        var imports = Imports()
        let add = HostFunction(FunctionType([.i32, .i32], [.i32])) { call in
            call.setResult(u32: call.u32(0) &+ call.u32(1))
        }
        imports.define("host", "add", .function(store.add(add)))
        let instance = try Instance(Module(FileHandle.contents(of: file)), imports: imports, store: store)
        let count: Int32 = 2_000_000
        func nanoseconds(_ name: String) throws -> Double {
            guard let function = instance.function(name) else { throw MissingExport(name: name) }
            return try Stopwatch.median(of: 9) { _ = try Execution(calling: function, [.i32(count)]).run() }
                / Double(count)
        }
        let both = try nanoseconds("calls")
        Report.line("host call, two integers", both - (try nanoseconds("loops")), "ns", bound: 100, aim: 40)
    }
}
