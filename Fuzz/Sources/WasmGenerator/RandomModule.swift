/// Modules from pseudo-random decisions: the same seed gives the same module everywhere.
public enum RandomModule {
    private static let decisionsMax: UInt64 = 1_200

    public static func make(seed: UInt64, style: GeneratorStyle) -> GeneratedModule {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for _ in 0..<8 { _ = next() }
        let count = Int(100 + next() % decisionsMax)
        let decisions = (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
        return decisions.withUnsafeBytes { bytes in
            var source = ByteSource(bytes)
            return GeneratedModule(&source, style: style)
        }
    }
}
