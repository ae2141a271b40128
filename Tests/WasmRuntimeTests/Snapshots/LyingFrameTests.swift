import Testing
import WasmTestSupport

@testable import WasmRuntime

/// Well-formed snapshots whose frames tell what the module's code cannot have done.
@Suite("Frames that lie")
struct LyingFrameTests {
    /// A change to the only call of a snapshot, and words of the refusal.
    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: String
        let change: @Sendable (inout Draft) -> Void

        init(_ description: String, _ refusal: String, _ change: @escaping @Sendable (inout Draft) -> Void) {
            testDescription = description
            self.refusal = refusal
            self.change = change
        }
    }

    /// A stored call, to be changed.
    struct Draft {
        struct Frame {
            var instance: Int
            var function: Int
            var offset: Int
            var locals: [Value]
            var operands: [Value]
        }

        var function: UInt64
        var budget: UInt64?
        var fuelUsed: UInt64
        var frames: [Frame]
        var stop: SnapshotFormat.Stop
        var hostInstance: Int
        var hostFunction: UInt64
        var hostValues: [Value]

        init(_ call: StoredCall) {
            function = call.function
            budget = call.budget
            fuelUsed = call.fuelUsed
            frames = call.frames.map {
                Frame(
                    instance: $0.instance, function: $0.function, offset: $0.offset, locals: $0.locals,
                    operands: $0.operands)
            }
            stop = call.stop
            hostInstance = call.host?.instance ?? 0
            hostFunction = call.host?.reference ?? 0
            hostValues = call.host?.values ?? []
        }

        var call: StoredCall {
            StoredCall(
                function: function, budget: budget, fuelUsed: fuelUsed,
                frames: frames.map {
                    StoredFrame(
                        instance: $0.instance, function: $0.function, offset: $0.offset, locals: $0.locals,
                        operands: $0.operands)
                }, stop: stop,
                host: stop == .inFrame
                    ? nil : .init(instance: hostInstance, reference: hostFunction, values: hostValues))
        }
    }

    /// Suspended in `ask`, called directly, below five frames of `deep`.
    private func suspended() throws -> (Instance, Execution) {
        let (instance, call) = try SnapshotGuest.asking.start()
        while case .suspended(let pending) = call.run(), pending.arguments[0].i32 != 5 {
            call.resume(returning: SnapshotHost.answer(pending))
        }
        try #require(call.pendingCall != nil)
        return (instance, call)
    }

    /// At the start of the inner loop, which has a constant, a local's old value and computed ones below it.
    private func looping() throws -> (Instance, Execution) {
        let (instance, call) = try SnapshotGuest.loops.start()
        _ = call.run(slice: 0)
        _ = call.run(slice: 0)
        return (instance, call)
    }

    private func rewrite(_ instance: Instance, _ call: Execution, _ lie: Lie) throws -> [UInt8] {
        let references = ReferenceMap(instance.store)
        var reader = StackReader(instance.store, references)
        var draft = Draft(try reader.read([call])[0])
        lie.change(&draft)
        let objects = StoreObjects(instance.store)
        var writer = SnapshotWriter(references, try StoredExceptions(instance.store, objects, []))
        try writer.store(instance.store, objects)
        try writer.calls([draft.call])
        return writer.seal()
    }

    private func check(_ guest: SnapshotGuest, _ instance: Instance, _ call: Execution, _ lie: Lie) throws {
        let bytes = try rewrite(instance, call, lie)
        do {
            let (_, call) = try guest.restore(bytes)
            _ = try? SnapshotGuest.finish(call)
            #expect(lie.refusal.isEmpty, "it was restored")
        } catch let error as SnapshotError {
            #expect("\(error)".contains(lie.refusal) && !lie.refusal.isEmpty, "\(error)")
        }
    }

    @Test(
        "about a call that waits for the host",
        arguments: [
            Lie("the truth", "") { _ in },
            Lie("a place beside the call", "is no call of function") { $0.frames[1].offset += 1 },
            Lie("the function's entry instead of a call", "is no call of function") {
                $0.frames[1].offset = 0x62
            },
            Lie("a frame twice", "its caller does not call this function") { $0.frames.insert($0.frames[0], at: 0) },
            Lie("the innermost frame left out", "its caller does not call this function") { $0.frames.removeLast() },
            Lie("the outermost frame left out", "not of the function that was called") { $0.frames.removeFirst() },
            Lie("another function called", "not of the function that was called") { $0.function -= 1 },
            Lie("a frame of an import", "a frame of no function") { $0.frames[1].function = 0 },
            Lie("a frame beyond the functions", "a frame of no function") { $0.frames[1].function = 99 },
            Lie("a frame of no instance", "a frame of no function") { $0.frames[1].instance = 1 },
            Lie("a frame of another function", "not its function's locals") {
                $0.frames[1].function = $0.frames[0].function
            },
            Lie("a local less", "not its function's locals") { $0.frames[1].locals.removeLast() },
            Lie("a local of another type", "not its function's locals") {
                $0.frames[1].locals[1] = Value(type: .i32, bits: 0)
            },
            Lie("an operand more", "operands at") { $0.frames[1].operands.append(Value(type: .i64, bits: 0)) },
            Lie("an operand less", "operands at") { $0.frames[1].operands.removeLast() },
            Lie("an operand of another type", "operands of other types") {
                $0.frames[1].operands[0] = Value(type: .f64, bits: 0)
            },
            Lie("another constant", "differs from the code's constant") {
                $0.frames[0].operands[0] = Value(type: .i64, bits: 1)
            },
            Lie("no host function, so that the innermost frame is at a call", "is no stop point of function") {
                $0.stop = .inFrame
            },
            Lie("another host function", "its caller does not call this function") { $0.hostFunction += 1 },
            Lie("a host function called by no instance", "a call by no instance") { $0.hostInstance = 1 },
            Lie("a guest's function as the host's", "it calls the host in a guest's function") {
                $0.hostFunction = $0.function
            },
            Lie("an argument less", "not the values of the host function") { $0.hostValues.removeLast() },
            Lie("arguments of other types", "not the values of the host function") {
                $0.hostValues[0] = Value(type: .f32, bits: 0)
            },
            Lie("arguments where results are due", "not the values of the host function") {
                $0.stop = .afterHostFunction
            },
            Lie("results instead of arguments", "") {
                $0.stop = .afterHostFunction
                $0.hostValues = [Value(type: .i64, bits: 5)]
            },
            Lie("more fuel used than there was", "more fuel than its budget") { $0.fuelUsed = 1_000_001 },
            Lie("more fuel used than there is time for", "has used 9223372036854775807 fuel") {
                $0.budget = nil
                $0.fuelUsed = UInt64(Int64.max)
            },
            Lie("all the fuel in the world used", "") {
                $0.budget = nil
                $0.fuelUsed = 1 << 62
            },
            Lie("a budget without end", "") { $0.budget = .max },
            Lie("no frames", "not of the function that was called") { $0.frames = [] },
            Lie("frames beyond the stack", "a stack of more than 8388608 bytes") {
                $0.frames.insert(contentsOf: repeatElement($0.frames[1], count: 200_000), at: 1)
            },
        ])
    func host(lie: Lie) throws {
        let (instance, call) = try suspended()
        try check(.asking, instance, call, lie)
    }

    @Test(
        "about a call that stopped for fuel",
        arguments: [
            Lie("the truth", "") { _ in },
            Lie("other values", "") {
                $0.frames[0].locals[0] = Value(type: .i32, bits: 77)
                $0.frames[0].operands[4] = Value(type: .i32, bits: 1)
            },
            Lie("the function's entry", "operands at the function's entry") { $0.frames[0].offset = 0x21 },
            Lie("no frames", "a call without frames") { $0.frames = [] },
            Lie("another instruction", "is no stop point of function") { $0.frames[0].offset += 2 },
            Lie("beyond the module", "is no stop point of function") { $0.frames[0].offset = 1 << 40 },
            Lie("another constant", "differs from the code's constant") {
                $0.frames[0].operands[0] = Value(type: .i64, bits: 8)
            },
            Lie("the outer loop", "operands at") { $0.frames[0].offset = 0x35 },
            Lie("a host function", "is no call of function") {
                $0.stop = .beforeHostFunction
                $0.hostFunction = $0.function
            },
        ])
    func fuel(lie: Lie) throws {
        let (instance, call) = try looping()
        try check(.loops, instance, call, lie)
    }
}
