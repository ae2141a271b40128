import CSodium

/// The library behind every key, signature and hash of this target.
enum Sodium {
    private static let started: Bool = sodium_init() >= 0

    /// Has to come before any other call of the library; costs one atomic load after the first time.
    /// It fails only where the system has no source of randomness, and then nothing here can be trusted to run.
    static func start() { precondition(started, "libsodium finds no source of randomness") }
}
