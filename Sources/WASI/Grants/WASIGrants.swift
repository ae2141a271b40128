/// What a guest gets from its host. Nothing is granted by default: the functions are all there, and say so.
public struct WASIGrants {
    /// The first is by convention the program's name. None of them may hold a zero byte.
    public var arguments: [String] = []
    /// `NAME=value` each; nothing is inherited from the host.
    public var environment: [String] = []

    /// Descriptor 0; without it there is none.
    public var standardInput: StandardInput?
    /// Descriptor 1.
    public var standardOutput: StandardOutput?
    /// Descriptor 2.
    public var standardError: StandardOutput?

    /// Without a grant, a clock answers `notcapable`.
    public var clocks = ClockGrant.none
    /// Without a grant, `random_get` answers `notcapable`.
    public var randomness: RandomGrant?

    /// Descriptors from 3 on, in this order.
    public var directories: [PreopenedDirectory] = []
    /// Sockets of the host's, connected or listening; descriptors behind those of `directories`. They stay the host's:
    /// closing them is its business.
    public var sockets: [Int32] = []

    /// Descriptors that may be open at once; beyond them `mfile`.
    public var descriptorsMax = 1_024

    public init() {}
}

extension WASIGrants {
    /// What every actor gets: its words go line by line to `log`; it may ask for the time and for randomness. No
    /// directories, no environment, no arguments, no input.
    /// - Parameters:
    ///   - lineBytesMax: longer lines arrive in pieces.
    ///   - log: is called on the thread that runs the guest, with a line without its end.
    public static func actor(
        lineBytesMax: Int = 4_096, log: @escaping (_ stream: OutputStream, _ line: String) -> Void
    ) -> WASIGrants {
        var grants = WASIGrants()
        grants.standardInput = .bytes([])
        grants.standardOutput = .sink(LineSink(lineBytesMax: lineBytesMax) { log(.standardOutput, $0) })
        grants.standardError = .sink(LineSink(lineBytesMax: lineBytesMax) { log(.standardError, $0) })
        grants.clocks = .system([.realtime, .monotonic])
        grants.randomness = .system
        return grants
    }

    public enum OutputStream: Sendable {
        case standardOutput
        case standardError
    }
}
