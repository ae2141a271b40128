import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Suspension")
struct ResumeTests {
    private static let source = """
        (module
          (import "host" "ask" (func $ask (param i32 i64) (result i32)))
          (memory (export "memory") 1)
          (func $deep (param i32) (result i32)
            local.get 0 i32.eqz
            if (result i32) i32.const 3 i64.const -4 call $ask
            else local.get 0 i32.const 1 i32.sub call $deep i32.const 1 i32.add end)
          (func (export "run") (param i32) (result i32)
            (i32.store (i32.const 16) (i32.const 99))
            local.get 0 call $deep
            i32.const 100 i32.mul
            (i32.load offset=16 (i32.const 0)) i32.add))
        """

    @Test("a call suspends at a host call without a thread and goes on with its results")
    func suspendAndResume() throws {
        let store = Store()
        var imports = Imports()
        let ask = HostFunction.suspending(FunctionType([.i32, .i64], [.i32]))
        imports.define("host", "ask", .function(store.add(ask, name: "ask")))
        let instance = try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
        let function = try #require(instance.function("run"))
        // Two calls of one instance, interleaved: each has frames of its own.
        let first = try Execution(calling: function, [.i32(5)])
        let second = try Execution(calling: function, [.i32(7)])
        for execution in [first, second] {
            guard case .suspended(let call) = execution.run() else { return #expect(Bool(false), "not suspended") }
            #expect(call.name == "ask")
            #expect(call.arguments == [.i32(3), .i64(-4)])
        }
        second.resume(returning: [.i32(20)])
        first.resume(returning: [.i32(10)])
        guard case .finished(let a) = first.run(), case .finished(let b) = second.run() else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(a == [.i32(1599)])
        #expect(b == [.i32(2799)])
    }

    @Test("what a host function throws ends the call, and the instance can be called again")
    func hostError() throws {
        struct Refusal: Error {}
        let store = Store()
        var imports = Imports()
        var refuses = true
        let ask = HostFunction(FunctionType([.i32, .i64], [.i32])) { call in
            if refuses { throw Refusal() }
            call.setResult(.i32(1))
        }
        imports.define("host", "ask", .function(store.add(ask)))
        let instance = try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
        let function = try #require(instance.function("run"))
        guard case .failed(let error) = try Execution(calling: function, [.i32(2)]).run(), error is Refusal else {
            return #expect(Bool(false), "the error was lost")
        }
        refuses = false
        guard case .finished(let values) = try Execution(calling: function, [.i32(2)]).run() else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(values == [.i32(399)])
    }

    @Test("a host function can answer one call and leave the next to whoever runs the guest")
    func hostSuspension() throws {
        let store = Store()
        var imports = Imports()
        var answers = true
        let ask = HostFunction(FunctionType([.i32, .i64], [.i32])) { call in
            guard answers else { throw HostSuspension() }
            call.setResult(.i32(1))
        }
        imports.define("host", "ask", .function(store.add(ask, name: "ask")))
        let instance = try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
        let function = try #require(instance.function("run"))
        for isAnswered in [true, false] {
            answers = isAnswered
            let execution = try Execution(calling: function, [.i32(2)])
            var outcome = execution.run()
            if case .suspended(let call) = outcome {
                #expect(!isAnswered && call.name == "ask" && call.arguments == [.i32(3), .i64(-4)])
                execution.resume(returning: [.i32(1)])
                outcome = execution.run()
            } else {
                #expect(isAnswered)
            }
            guard case .finished(let values) = outcome else { return #expect(Bool(false), "did not finish") }
            #expect(values == [.i32(399)])
        }
        // With nobody to suspend, it is an error like others.
        let direct = try Execution(calling: store.add(ask), [.i32(3), .i64(-4)])
        guard case .failed(let error) = direct.run(), error is HostSuspension else {
            return #expect(Bool(false), "the host's own call must fail")
        }
    }
}
