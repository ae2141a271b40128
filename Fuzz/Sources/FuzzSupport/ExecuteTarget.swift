import WasmComparison
import WasmGenerator

/// Generated modules, run in several ways that must not differ in anything.
public enum ExecuteTarget {
    /// - Returns: what differs, and nil for nothing.
    public static func run(_ bytes: UnsafeRawBufferPointer) -> String? {
        var source = ByteSource(bytes)
        let module = GeneratedModule(&source, style: .everything)
        do {
            let seed = UInt64(bytes.count) &* 0x9E37_79B9 ^ source.bits(8)
            return try Comparison.difference(of: module.bytes, seed: seed)
        } catch {
            return "refused: \(error)"
        }
    }
}
