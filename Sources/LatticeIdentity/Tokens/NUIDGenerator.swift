import Synchronization

/// Makes token ids: 12 random characters that stay, then 10 that count up in random steps, all in base 62. Cheap enough
/// for every invocation, and two generators do not meet. Not a secret: the next id can be guessed from the last.
public final class NUIDGenerator: Sendable {
    private struct State {
        var prefix: [UInt8] = []
        var sequence: UInt64 = 0
        var step: UInt64 = 0
    }

    private let state = Mutex(State())

    static let length = 22
    private static let prefixLength = 12
    private static let sequenceEnd: UInt64 = 839_299_365_868_340_224  // 62 to the tenth
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    public init() {}

    public func next() -> String {
        state.withLock { state in
            if state.prefix.isEmpty || state.sequence >= Self.sequenceEnd - state.step { Self.restart(&state) }
            state.sequence += state.step
            var characters = state.prefix
            characters.reserveCapacity(Self.length)
            var rest = state.sequence
            for _ in Self.prefixLength..<Self.length {
                characters.insert(Self.alphabet[Int(rest % 62)], at: Self.prefixLength)
                rest /= 62
            }
            return String(decoding: characters, as: UTF8.self)
        }
    }

    private static func restart(_ state: inout State) {
        var random = SystemRandomNumberGenerator()
        state.prefix = (0..<prefixLength).map { _ in alphabet.randomElement(using: &random)! }
        state.step = .random(in: 33...333, using: &random)
        state.sequence = .random(in: 0..<sequenceEnd / 2, using: &random)
    }
}
