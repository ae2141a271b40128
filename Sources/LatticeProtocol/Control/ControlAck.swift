import LatticeIdentity

/// The answer to a command. Classic clients look at `accepted` and `error`; classic hosts send nothing else.
/// - Source: lattice protocol §7; the rest is ours.
public struct ControlAck: JSONBody, Hashable {
    /// What has become true, where the host waited for it.
    public enum Outcome: String, Hashable, Sendable {
        case started
        /// It was so before.
        case unchanged
        case stopped
        case scaled
        case updated
        /// Every instance of the provider has taken the link.
        case applied
        /// The link is stored; no provider runs that could take it.
        case pending
        /// The link was sent to a provider that can't answer.
        case unconfirmed
        case deleted
    }

    /// How one host or provider instance took a command that several had to take.
    public struct Part: JSONBody, Hashable {
        public var host: HostKey
        /// Nil when it said yes.
        public var error: String?

        public init(host: HostKey, error: String? = nil) {
            self.host = host
            self.error = error
        }

        public init(_ fields: JSONFields) throws(MessageError) {
            host = try fields.required("host_id", fields.key("host_id"))
            error = try fields.string("error")
        }

        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("host_id", host)
                writer.member("error", ifPresent: error)
            }
        }
    }

    public var accepted: Bool
    /// Empty when accepted.
    public var error: String
    /// Nil when the host did not wait, and of words that are not known here.
    public var outcome: Outcome?
    public var refusal: RefusalReport?
    /// `details`
    public var parts: [Part]

    public init(
        accepted: Bool, error: String = "", outcome: Outcome? = nil, refusal: RefusalReport? = nil, parts: [Part] = []
    ) {
        self.accepted = accepted
        self.error = error
        self.outcome = outcome
        self.refusal = refusal
        self.parts = parts
    }

    public static let accepted = ControlAck(accepted: true)

    public static func done(_ outcome: Outcome, parts: [Part] = []) -> ControlAck {
        ControlAck(accepted: true, outcome: outcome, parts: parts)
    }

    public static func failed(_ error: String, parts: [Part] = []) -> ControlAck {
        ControlAck(accepted: false, error: error, parts: parts)
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        accepted = try fields.bool("accepted") ?? false
        error = try fields.string("error") ?? ""
        outcome = try fields.string("outcome").flatMap(Outcome.init(rawValue:))
        refusal = try fields.fields("refusal").map(RefusalReport.init)
        parts = try fields.bodies("details") ?? []
    }

    /// Also takes the failing acks of classic hosts that paste a text in unescaped, which then is not JSON: what stands
    /// between the known beginning and end is the error.
    public init(lenient bytes: [UInt8]) throws(MessageError) {
        do { try self.init(json: bytes) } catch {
            guard case .json = error, let text = Self.unescapedError(in: bytes) else { throw error }
            self.init(accepted: false, error: text)
        }
    }

    private static func unescapedError(in bytes: [UInt8]) -> String? {
        let start = Array(#"{"accepted":false,"error":""#.utf8)
        let end = Array(#""}"#.utf8)
        let packed = bytes.drop { $0 <= 0x20 }
        guard packed.starts(with: start), packed.count >= start.count + end.count, packed.suffix(2).elementsEqual(end)
        else { return nil }
        return String(decoding: packed.dropFirst(start.count).dropLast(end.count), as: UTF8.self)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("accepted", accepted)
            writer.member("error", error)
            writer.member("outcome", ifPresent: outcome?.rawValue)
            writer.member("refusal", ifPresent: refusal)
            if !parts.isEmpty { writer.member("details", parts) }
        }
    }
}
