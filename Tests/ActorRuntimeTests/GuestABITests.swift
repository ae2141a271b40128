import ActorRuntime
import Testing
import WasmTestSupport

@Suite("Guest ABI")
struct GuestABITests {
    @Test("a call hands over operation and payload, and returns the response", arguments: [0, 1, 70_000])
    func echo(size: Int) async throws {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try await TestActor.pool(TestActor.echo).call(payload) == payload)
    }

    @Test("guests of the time before import the same functions from 'wapc'")
    func wapc() async throws {
        let source = TestActor.echo.replacing("\"wasmbus\"", with: "\"wapc\"")
        #expect(try await TestActor.pool(source).call([1, 2, 3]) == [1, 2, 3])
    }

    @Test("a host call carries its four arguments, and the guest gets the answer")
    func hostCall() async throws {
        let host = RecordingHost { $1(.success([9, 8, 7])) }
        #expect(try await TestActor.pool(TestActor.caller).call([5, 6], host: host) == [9, 8, 7])
        let call = try #require(host.calls.first)
        #expect(call.binding == "default")
        #expect(call.namespace == "wasmcloud:keyvalue")
        #expect(call.operation == "KeyValue.Increment")
        #expect(call.payload == [5, 6])
    }

    @Test("an answer that comes later, from another thread, resumes the guest")
    func laterAnswer() async throws {
        let host = RecordingHost { _, completion in
            Task.detached {
                try await Task.sleep(for: .milliseconds(20))
                completion(.success([42]))
            }
        }
        #expect(try await TestActor.pool(TestActor.caller).call([], host: host) == [42])
    }

    @Test("a host call's error reaches the guest, and what the guest makes of it the caller")
    func hostError() async throws {
        let host = RecordingHost { $1(.failure("denied: no link [no-link, call 1]")) }
        let pool = try TestActor.pool(TestActor.caller)
        let error = await #expect(throws: GuestError.self) { try await pool.call([], host: host) }
        #expect(error?.description == "denied: no link [no-link, call 1]")
    }

    @Test("code 0 without any words is still a failure with words")
    func silentFailure() async throws {
        let pool = try TestActor.pool(TestActor.module("i32.const 0"))
        let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
        #expect(error?.description == "the actor failed without saying why (code 0)")
    }

    @Test("a success without a response is an empty one")
    func emptyResponse() async throws {
        #expect(try await TestActor.pool(TestActor.module("i32.const 1")).call([1]) == [])
    }

    @Test("log lines reach the host, cut at their limit")
    func log() async throws {
        var limits = ActorLimits()
        limits.logBytesMax = 4
        let host = RecordingHost()
        let pool = try TestActor.pool(
            TestActor.module("(call $log (i32.const 0) (i32.const 7)) i32.const 1"), limits: limits)
        _ = try await pool.call([], host: host)
        #expect(host.lines == ["defa"])
    }

    @Test(
        "pointers outside of the memory end the call, never the host",
        arguments: [
            "(call $request (i32.const -1) (i32.const 0))", "(call $respond (i32.const 131070) (i32.const 4))",
            "(call $respond (i32.const -1) (i32.const 1))", "(call $fail (i32.const 0) (i32.const -1))",
            "(call $log (i32.const 131072) (i32.const 1))", "(call $error (i32.const 0))",
            "(drop (call $host_call (i32.const -4) (i32.const 7) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)))",
            "(drop (call $host_call (i32.const 0) (i32.const 7) (i32.const 0) (i32.const 7) (i32.const 0) (i32.const 7) (i32.const 131000) (i32.const 500)))",
        ])
    func hostilePointers(code: String) async throws {
        let pool = try TestActor.pool(TestActor.module(code + " i32.const 1"))
        if code.contains("$error (") {
            // Nothing to copy: harmless.
            _ = try await pool.call([])
        } else {
            let error = await #expect(throws: GuestError.self) { try await pool.call([]) }
            #expect(error?.description.contains("outside of the actor's memory") == true)
        }
    }

    @Test("initialisers run once, in the documented order, before the first call")
    func initialisers() async throws {
        let extra = """
            (func $note (param i32)
              (global.set $count (i32.add (i32.mul (global.get $count) (i32.const 10)) (local.get 0))))
            (func (export "_start") (call $note (i32.const 3)))
            (func (export "wapc_init") (call $note (i32.const 2)))
            (func (export "start") (call $note (i32.const 1)))
            """
        let handler =
            "(i32.store (i32.const 9000) (global.get $count)) (call $respond (i32.const 9000) (i32.const 4)) i32.const 1"
        let pool = try TestActor.pool(TestActor.module(handler, extra: extra))
        for _ in 0..<3 { #expect(try await pool.call([]) == [123, 0, 0, 0]) }
    }

    @Test("a memory that is imported is provided")
    func importedMemory() async throws {
        let source = TestActor.module(
            "(call $respond (i32.const 4096) (local.get $payload)) i32.const 1",
            memory: "(import \"\" \"memory\" (memory 4))")
        #expect(try await TestActor.pool(source).call([7]) == [7])
    }

    @Test(
        "what is no actor is refused with the reason",
        arguments: [
            ("(module (memory 1))", "it does not export __guest_call"),
            ("(module (memory 1) (func (export \"__guest_call\")))", "not func (i32, i32) -> (i32)"),
            ("(module (func (export \"__guest_call\") (param i32 i32) (result i32) i32.const 1))", "it has no memory"),
            (
                "(module (import \"env\" \"x\" (func)) (memory 1) (func (export \"__guest_call\") (param i32 i32) (result i32) i32.const 1))",
                "env.x"
            ),
        ])
    func refusals(source: String, reason: String) throws {
        let error = #expect(throws: ActorLoadError.self) { try TestActor.load(source) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("the ABI's version is reported")
    func version() throws {
        let extra = "(func (export \"__wasmbus_rpc_version\") (result i32) i32.const 1)"
        #expect(try TestActor.load(TestActor.module("i32.const 1", extra: extra)).apiVersion == 1)
        #expect(try TestActor.load(TestActor.echo).apiVersion == 0)
    }
}
