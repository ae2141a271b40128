import WasmComparison
import WasmGenerator

@testable import WasmRuntime

/// Arbitrary bytes as a snapshot, behind a byte that says of which module: what is restored goes on with little fuel. Length
/// and digest are made right first, or nearly every input would end there.
public enum RestoreTarget {
    private static let fuel: UInt64 = 5_000
    private static let modules = (0..<8).map { RandomModule.make(seed: UInt64(1_000 + $0), style: .standard) }

    /// - Returns: whether the bytes were restored.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let module = try? Module(modules[Int(first) % modules.count].bytes) else {
            return false
        }
        let store = Store(limits: Comparison.limits)
        guard let instance = try? Instance(restoring: sealed(bytes.dropFirst()), of: module, store: store) else {
            return false
        }
        for call in instance.restoredCalls {
            for _ in 0..<4 { guard case .outOfFuel = call.run(slice: fuel) else { break } }
        }
        for export in module.exports.prefix(4) {
            guard let function = instance.function(export.name), function.type.parameters.isEmpty else { continue }
            _ = try? Execution(calling: function, [], fuel: fuel).run()
        }
        return true
    }

    private static func sealed(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array(body)
        guard bytes.count >= SnapshotFormat.headerBytes else { return bytes }
        let total = UInt64(bytes.count + SHA256.digestBytes)
        for index in 0..<8 {
            bytes[SnapshotFormat.headerBytes - 8 + index] = UInt8(truncatingIfNeeded: total >> UInt64(8 * index))
        }
        return bytes + bytes.withUnsafeBytes(SHA256.digest)
    }

    /// Inputs to begin with: each module's calls, stopped at several places.
    public static func seeds() throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for (index, generated) in modules.enumerated() {
            let module = try Module(generated.bytes)
            let instance = try Instance(module, store: Store(limits: Comparison.limits))
            for export in module.exports where export.name.hasPrefix("t") {
                guard let function = instance.function(export.name) else { continue }
                let call = try Execution(calling: function, [], fuel: 100_000)
                seeds.append(try input(index, instance, call))
                while case .outOfFuel = call.run(slice: 40), seeds.count < 40 * (index + 1) {
                    seeds.append(try input(index, instance, call))
                }
            }
        }
        return seeds
    }

    private static func input(_ module: Int, _ instance: Instance, _ call: Execution) throws -> [UInt8] {
        [UInt8(module)] + (try instance.snapshot(of: [call])).dropLast(SHA256.digestBytes)
    }
}
