import ActorRuntime
import Synchronization
import WasmTestSupport

/// Actors in the text format, for tests of the guest ABI. The operation's first byte chooses what `__guest_call` does.
enum TestActor {
    /// - Parameter extra: more fields of the module.
    static func module(_ handler: String, extra: String = "", memory: String = "(memory (export \"memory\") 2 100)")
        -> String
    {
        WAT.actor(
            handler,
            fields: """
                (data (i32.const 0) "default")
                (data (i32.const 16) "wasmcloud:keyvalue")
                (data (i32.const 48) "KeyValue.Increment")
                (global $count (mut i32) (i32.const 0))
                \(extra)
                """, memory: memory)
    }

    static let echo = module("(call $respond (i32.const 4096) (local.get $payload)) i32.const 1")

    /// Passes its payload on to the key-value contract and answers what comes back, or fails with the host's error.
    static let caller = module(WAT.passOn(binding: (0, 7), namespace: (16, 18), operation: (48, 18)))

    /// Answers how often this instance has been called, from a global and from memory.
    static let counter = module(
        """
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (i32.const 9000) (i32.add (i32.load8_u (i32.const 9000)) (i32.const 1)))
        (i32.store8 (i32.const 9001) (global.get $count))
        (call $respond (i32.const 9000) (i32.const 2))
        i32.const 1
        """)

    static func load(
        _ source: String, limits: ActorLimits = ActorLimits(), log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ActorModule {
        try ActorModule(WAT.assemble(source), limits: limits, log: log)
    }

    static func pool(_ source: String, limits: ActorLimits = ActorLimits()) throws -> InstancePool {
        InstancePool(try load(source, limits: limits), workers: WorkerPool(threadCount: 2), log: { _ in })
    }
}

/// Records what an actor asks for, and answers as told.
final class RecordingHost: GuestHost {
    private let answer: @Sendable (OutgoingCall, @escaping @Sendable (OutgoingResult) -> Void) -> Void
    private let recorded = Mutex<(calls: [OutgoingCall], lines: [String])>(([], []))

    init(
        _ answer: @escaping @Sendable (OutgoingCall, @escaping @Sendable (OutgoingResult) -> Void) -> Void = {
            $1(.failure("nobody answers"))
        }
    ) {
        self.answer = answer
    }

    var calls: [OutgoingCall] { recorded.withLock(\.calls) }
    var lines: [String] { recorded.withLock(\.lines) }

    func perform(_ call: OutgoingCall, completion: @escaping @Sendable (OutgoingResult) -> Void) {
        recorded.withLock { $0.calls.append(call) }
        answer(call, completion)
    }

    func log(_ line: String) { recorded.withLock { $0.lines.append(line) } }
}

extension InstancePool {
    func call(_ payload: [UInt8], host: RecordingHost = RecordingHost(), within limit: Duration = .seconds(300))
        async throws -> [UInt8]
    {
        try await call("Test.Call", payload, host: host, deadline: .now + limit)
    }
}
