import CWasmCore

@testable import WasmRuntime

/// Records one instance and the calls made of it: what each gave, what it cost, and what the host answered in between.
struct CallRecorder {
    private enum End: UInt64 { case finished, trapped, outOfFuel, endedByHost }

    private let instance: Instance
    /// What the module's imported functions do, by the names that the store knows them by.
    private let bodies: [String: HostFunction]
    private let image: WordStream
    private var calls = WordStream()
    private(set) var callCount = 0

    /// - Parameter bodies: of the imported functions, which must be `suspending` in `instance`.
    init(_ instance: Instance, bodies: [String: HostFunction]) {
        self.instance = instance
        self.bodies = bodies
        var stream = WordStream()
        stream.put(0x3143_4552_5441_4C00)  // "\0LATREC1"
        InstanceImage(instance: instance).write(to: &stream)
        image = stream
    }

    /// - Returns: false for a call that cannot be recorded.
    @discardableResult
    mutating func call(_ function: Function, _ arguments: [Value], fuel: UInt64? = nil) throws -> Bool {
        guard instance.store.hosts[function.reference] == nil else { return false }
        let execution = try Execution(calling: function, arguments, fuel: fuel)
        var answers = WordStream()
        var answerCount = 0
        var slots = [UInt64](repeating: 0, count: arguments.map(\.type).slot(of: arguments.count))
        slots.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { arguments.write(to: base) } }
        calls.put(function.reference)
        calls.put(min(fuel ?? .max, Execution.fuelMax))
        calls.put(list: slots)
        while true {
            let outcome = execution.run()
            if case .suspended(let call) = outcome {
                answerCount += 1
                guard let results = answer(call, &answers) else {
                    finish(.endedByHost, [], execution, answers, answerCount)
                    return true
                }
                execution.resume(returning: results)
                continue
            }
            record(outcome, execution, answers, answerCount)
            return true
        }
    }

    /// The whole recording; what the instance has become stands at its end.
    func recording() -> [UInt8] {
        var stream = image
        stream.put(callCount)
        for word in calls.words { stream.put(word) }
        stream.put(list: globals())
        for memory in instance.storage.memories {
            stream.put(memory.bytesCount)
            stream.put(Self.checksum(memory.read(0, memory.bytesCount) ?? []))
        }
        return stream.bytes
    }

    /// The own globals' slots, without what stands above values of 32 bits: that means nothing.
    private func globals() -> [UInt64] {
        let contents = instance.storage.code.contents
        return contents.globals.dropFirst(contents.importedGlobalCount).enumerated().flatMap { index, type in
            let value = Value(type: type.value, at: instance.storage.ownGlobal(index))
            return type.value.slots == 2 ? [value.bits, value.upperBits] : [value.bits]
        }
    }

    /// - Parameter bytes: a multiple of eight.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            var sum: UInt64 = 0
            for word in buffer.bindMemory(to: UInt64.self) {
                sum = (sum << 5 | sum >> 59) ^ word &* 0x9E37_79B9_7F4A_7C15
            }
            return sum
        }
    }

    // MARK: One call

    private mutating func record(
        _ outcome: Execution.Outcome, _ execution: Execution, _ answers: WordStream, _ answerCount: Int
    ) {
        switch outcome {
        case .finished(let values):
            var slots = [UInt64](repeating: 0, count: values.map(\.type).slot(of: values.count))
            slots.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { values.write(to: base) } }
            finish(.finished, slots, execution, answers, answerCount)
        case .trapped(let trap):
            let words = Self.words(trap.reason)
            finish(words.isEmpty ? .outOfFuel : .trapped, words, execution, answers, answerCount)
        default: preconditionFailure("no call that is recorded ends so: \(outcome)")
        }
    }

    private mutating func finish(
        _ end: End, _ words: [UInt64], _ execution: Execution, _ answers: WordStream, _ answerCount: Int
    ) {
        callCount += 1
        calls.put(end.rawValue)
        calls.put(list: words)
        calls.put(execution.fuelUsed)
        calls.put(answerCount)
        for word in answers.words { calls.put(word) }
    }

    /// The trap's number in the core and what the core tells of it; empty for fuel, which is no trap there.
    private static func words(_ reason: Trap.Reason) -> [UInt64] {
        func words(_ trap: WasmTrap, _ operands: UInt64...) -> [UInt64] { [UInt64(trap.rawValue)] + operands }
        return switch reason {
        case .unreachable: words(WASM_TRAP_UNREACHABLE)
        case .divisionByZero: words(WASM_TRAP_DIVISION_BY_ZERO)
        case .integerOverflow: words(WASM_TRAP_INTEGER_OVERFLOW)
        case .invalidConversion: words(WASM_TRAP_INVALID_CONVERSION)
        case .memoryBounds(let address, let count, _): words(WASM_TRAP_MEMORY_BOUNDS, address, count)
        case .tableBounds(let index, let count): words(WASM_TRAP_TABLE_BOUNDS, index, count)
        case .undefinedElement(let index, let size): words(WASM_TRAP_UNDEFINED_ELEMENT, index, size)
        case .uninitializedElement(let index): words(WASM_TRAP_UNINITIALIZED_ELEMENT, index)
        case .indirectCallTypeMismatch(let index): words(WASM_TRAP_TYPE_MISMATCH, index)
        case .stackExhausted: words(WASM_TRAP_STACK_EXHAUSTED)
        case .fuel: []
        case .nullReference, .expiredExceptionReference, .exceptionsExhausted, .uncaughtException:
            preconditionFailure("a module with exceptions is not recorded")
        }
    }

    // MARK: The host

    /// Lets the host answer, and writes down its results and what it changed in the memory.
    /// - Returns: nil if it ends the call.
    private func answer(_ call: Execution.SuspendedCall, _ stream: inout WordStream) -> [Value]? {
        guard let function = bodies[call.name], case .immediate(let body) = function.behavior else { return nil }
        let before = call.memory.flatMap { $0.read(0, $0.bytesCount) } ?? []
        let types = call.type
        let count = max(types.parameters.slot(of: types.parameters.count), types.results.slot(of: types.results.count))
        let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, count))
        defer { slots.deallocate() }
        call.arguments.write(to: slots)
        var hostCall = HostCall(slots: slots, function.definition, memory: call.memory?.raw)
        do { try body(&hostCall) } catch {
            stream.put(1)
            return nil
        }
        stream.put(0)
        let results = Value.list(types.results, at: slots)
        stream.put(list: UnsafeBufferPointer(start: slots, count: types.results.slot(of: types.results.count)))
        writeChanges(before, call.memory.flatMap { $0.read(0, $0.bytesCount) } ?? [], to: &stream)
        return results
    }

    private func writeChanges(_ before: [UInt8], _ after: [UInt8], to stream: inout WordStream) {
        var ranges: [Range<Int>] = []
        for index in after.indices where index >= before.count || before[index] != after[index] {
            if let last = ranges.last, index - last.upperBound < 16 {
                ranges[ranges.count - 1] = last.lowerBound..<(index + 1)
            } else {
                ranges.append(index..<(index + 1))
            }
        }
        stream.put(ranges.count)
        for range in ranges {
            stream.put(range.lowerBound)
            stream.put(bytes: after[range])
        }
    }
}
