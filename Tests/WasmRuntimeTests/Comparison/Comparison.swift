import Glibc
import WasmRuntime

/// The same module translated with and without fusions, run whole, in slices of fuel, and moved in the middle from the one
/// translation to the other by a snapshot: results, traps with their places, memory, globals and fuel must be the same.
public enum Comparison {
    /// Fuel of one call.
    private static let fuel: UInt64 = 200_000
    private static let callsMax = 16

    public static let limits: InstanceLimits = {
        var limits = InstanceLimits()
        limits.memoryPagesMax = 16
        limits.tableElementsMax = 1_000
        limits.stackBytesMax = 256 << 10
        limits.startFuel = fuel
        return limits
    }()

    /// What can be seen of a module that has run.
    private struct Observation: Equatable {
        var calls: [String] = []
        var fuel: [UInt64] = []
        var memory = MemoryImage()
        var globals: [Value?] = []
    }

    /// Compared as a whole: an instrumented build would take each byte for a branch worth exploring.
    private struct MemoryImage: Equatable {
        var bytes: [UInt8] = []

        static func == (left: MemoryImage, right: MemoryImage) -> Bool {
            left.bytes.count == right.bytes.count && memcmp(left.bytes, right.bytes, left.bytes.count) == 0
        }
    }

    /// - Parameter seed: decides sizes of slices and the smaller budget.
    /// - Returns: what differs, and nil for nothing.
    /// - Throws: if it is no module, or cannot be instantiated.
    public static func difference(of bytes: [UInt8], seed: UInt64) throws -> String? {
        let fused = try Module(bytes)
        let plain = try Module(bytes, translation: TranslationOptions(fuses: false))
        let whole = try observe(fused, budget: fuel, slice: .max)
        let measure = try observe(plain, budget: fuel, slice: .max)
        if whole != measure { return describe("fused", whole, "unfused", measure) }
        let sliced = try observe(fused, budget: fuel, slice: 1 + seed % 200)
        if whole != sliced { return describe("whole", whole, "in slices of \(1 + seed % 200)", sliced) }
        let slice = 1 + seed % 60
        for (from, to) in [(fused, plain), (plain, fused)] {
            let moved = try observe(from, budget: fuel, slice: slice, moving: Move(to: to, stop: seed % 7))
            if whole != moved { return describe("whole", whole, "moved by a snapshot", moved) }
        }
        let less = 1 + seed % max(1, whole.fuel.max() ?? 1)
        let starved = try observe(fused, budget: less, slice: .max)
        let measureStarved = try observe(plain, budget: less, slice: .max)
        if starved != measureStarved { return describe("fused, \(less) fuel", starved, "unfused", measureStarved) }
        return nil
    }

    /// A change of the translation in the middle of a call.
    private struct Move {
        let to: Module
        /// Which stop of the first call that stops so often, counted from 0.
        let stop: UInt64

        /// - Returns: the instance and the call, as they go on in a new store.
        func carry(_ instance: Instance, _ call: Execution) throws -> (Instance, Execution) {
            let snapshot = try instance.snapshot(of: [call])
            let store = Store(limits: Comparison.limits)
            let imports = AnyImports.make(for: to, store: store) ?? Imports()
            let restored = try Instance(restoring: snapshot, of: to, imports: imports, store: store)
            return (restored, restored.restoredCalls[0])
        }
    }

    private static func observe(
        _ module: Module, budget: UInt64, slice: UInt64, moving move: Move? = nil
    ) throws -> Observation {
        let store = Store(limits: limits)
        guard let imports = AnyImports.make(for: module, store: store) else { return Observation() }
        var instance = try Instance(module, imports: imports, store: store)
        var move = move
        var seen = Observation()
        for export in module.exports where !export.name.hasPrefix("c") && seen.calls.count < callsMax {
            guard case .function(let type) = export.type, let function = instance.function(export.name) else {
                continue
            }
            let arguments = type.parameters.compactMap(AnyImports.zero)
            guard arguments.count == type.parameters.count else { continue }
            var execution = try Execution(calling: function, arguments, fuel: budget)
            var stops: UInt64 = 0
            var outcome = execution.run(slice: slice)
            while case .outOfFuel = outcome {
                if let next = move, stops == next.stop {
                    (instance, execution) = try next.carry(instance, execution)
                    move = nil
                }
                stops += 1
                outcome = execution.run(slice: slice)
            }
            seen.calls.append("\(export.name): \(describe(outcome))")
            seen.fuel.append(execution.fuelUsed)
        }
        seen.globals = module.exports.map { instance.global($0.name)?.value }
        for export in module.exports {
            guard case .memory(let memory) = instance[export: export.name] else { continue }
            seen.memory.bytes += memory.read(0, memory.bytesCount) ?? []
        }
        return seen
    }

    private static func describe(_ outcome: Execution.Outcome) -> String {
        switch outcome {
        // References are indices into the store, the same in every run.
        case .finished(let values): "\(values.map { "\($0.type):\($0.bits):\($0.upperBits)" })"
        case .trapped(let trap): describe(trap)
        case let other: "\(other)"
        }
    }

    /// Fuel ends where the first operation of a loop's round stands, which depends on how instructions were joined.
    private static func describe(_ trap: Trap) -> String {
        guard case .fuel = trap.reason, let first = trap.frames.first else { return "\(trap)" }
        return "\(trap.reason) in function \(first.function), called from \(trap.frames.dropFirst())"
    }

    private static func describe(_ nameA: String, _ a: Observation, _ nameB: String, _ b: Observation) -> String {
        var lines = ["\(nameA) differs from \(nameB)"]
        for (index, pair) in zip(a.calls, b.calls).enumerated() where pair.0 != pair.1 || a.fuel[index] != b.fuel[index]
        {
            lines.append("  \(pair.0) (fuel \(a.fuel[index]))")
            lines.append("  \(pair.1) (fuel \(b.fuel[index]))")
        }
        if let place = zip(a.memory.bytes, b.memory.bytes).enumerated().first(where: { $1.0 != $1.1 }) {
            lines.append("  memory at \(place.offset): \(place.element.0), \(place.element.1)")
        }
        let (sizeA, sizeB) = (a.memory.bytes.count, b.memory.bytes.count)
        if sizeA != sizeB { lines.append("  memory of \(sizeA), \(sizeB) bytes") }
        if a.globals != b.globals { lines.append("  globals \(a.globals), \(b.globals)") }
        return lines.joined(separator: "\n")
    }
}
