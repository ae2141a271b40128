/// Why bytes are not a module that can run, and where in them.
public struct ModuleError: Error, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Not the binary format.
        case malformed
        /// The binary format, but against the rules of validation.
        case invalid
        /// Needs an extension that is switched off or not implemented.
        case unsupported
        /// Beyond one of `ModuleLimits`.
        case tooLarge
    }

    public let kind: Kind
    public let message: String
    /// Bytes from the start of the module.
    public let offset: Int

    init(_ kind: Kind, _ message: String, at offset: Int) {
        self.kind = kind
        self.message = message
        self.offset = offset
    }

    public var description: String { "\(kind) module at offset 0x\(String(offset, radix: 16)): \(message)" }
}
