/// A module to put claims into, without those that it may have carried before.
/// - Source: lattice protocol §2.4.
public struct UnsignedModule: Sendable {
    public let encoding: ModuleEncoding
    /// The canonical hash, which the claims will carry.
    public let hash: SHA256Digest
    private let bytes: [UInt8]

    /// - Throws: when the bytes are no module, damaged, or nested too deeply.
    public init(_ bytes: [UInt8]) throws(ModuleStructureError) {
        let layout = try ModuleLayout(bytes)
        encoding = layout.encoding
        hash = try layout.canonicalHash()
        self.bytes = layout.stripped()
    }

    /// The module with claims appended; all other bytes stay as they were.
    /// - Parameter claims: their hash is set here, whatever it was; the subject has to be a module's key.
    public func signed(_ claims: TokenClaims<ActorClaims>, by issuer: AccountKeyPair) -> [UInt8] {
        var claims = claims
        claims.payload.hash = "\(hash)"
        return bytes + Self.section(token: claims.signed(by: issuer))
    }

    private static func section(token: String) -> [UInt8] {
        let name = Array("wasmcloud_jwt".utf8)
        let payload = [UInt8(name.count)] + name + Array(token.utf8)
        return [ModuleSection.custom] + LEB128.minimal(payload.count) + payload
    }
}
