import LatticeProtocol

/// A link's value that stands for a secret in the state folder of the provider's host: `@secret:NAME`. Grant, bucket and
/// lists hold the reference; the secret itself never travels.
public struct SecretReference: Hashable, Sendable, CustomStringConvertible {
    static let prefix = "@secret:"

    /// 1–64 of `A–Z a–z 0–9 _ -`.
    public let name: String

    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// It begins like a reference and names nothing that could be a secret.
        case name(String)

        public var description: String {
            switch self {
            case .name(let text): "'\(text.prefix(80))' names no secret: 1 to 64 letters, digits, '_' or '-'"
            }
        }
    }

    /// Nil for a plain value.
    public init?(_ value: String) throws(Failure) {
        guard let name = value.rest(behind: Self.prefix) else { return nil }
        do { self.name = try LinkName(name).text } catch { throw .name(name) }
    }

    public var description: String { Self.prefix + name }
}
