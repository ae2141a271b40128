import ActorRuntime
import Testing

@Suite("Actors that use WASI")
struct WASIActorTests {
    private static let imports = """
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        """

    private func module(_ handler: String, extra: String = "") -> String {
        let memory = #"\#(Self.imports) (memory (export "memory") 2)"#
        return TestActor.module(handler, extra: extra, memory: memory)
    }

    @Test("an initialiser that draws random numbers draws them anew for every call")
    func randomInitialiser() async throws {
        let extra =
            "(func (export \"_start\") (drop (call $random (i32.const 9000) (i32.const 8))) (call $exit (i32.const 0)))"
        let source = module("(call $respond (i32.const 9000) (i32.const 8)) i32.const 1", extra: extra)
        #expect(try TestActor.load(source).initialisesEveryCall)
        let pool = try TestActor.pool(source)
        var draws: Set<[UInt8]> = []
        for _ in 0..<4 { draws.insert(try await pool.call([])) }
        #expect(draws.count == 4)
    }

    @Test("an initialiser that draws none runs once")
    func quietInitialiser() throws {
        let source = module("i32.const 1", extra: "(func (export \"_start\") (call $exit (i32.const 0)))")
        #expect(try !TestActor.load(source).initialisesEveryCall)
    }

    @Test("standard output goes to the log, and a closed descriptor is open again in the next call")
    func output() async throws {
        let handler = """
            (i32.store (i32.const 9000) (i32.const 0))
            (i32.store (i32.const 9004) (i32.const 7))
            (i32.store8 (i32.const 9016) (call $write (i32.const 1) (i32.const 9000) (i32.const 1) (i32.const 9008)))
            (drop (call $close (i32.const 1)))
            (call $respond (i32.const 9016) (i32.const 1))
            i32.const 1
            """
        let pool = try TestActor.pool(module(handler))
        let host = RecordingHost()
        for _ in 0..<2 { #expect(try await pool.call([], host: host) == [0]) }
        #expect(host.lines == ["default", "default"])
    }

    @Test("there is no directory to open")
    func noDirectories() async throws {
        let handler = """
            (i32.store8 (i32.const 9016)
              (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 0) (i64.const -1) (i64.const -1)
                (i32.const 0) (i32.const 9020)))
            (call $respond (i32.const 9016) (i32.const 1))
            i32.const 1
            """
        let badDescriptor: UInt8 = 8
        #expect(try await TestActor.pool(module(handler)).call([]) == [badDescriptor])
    }
}
