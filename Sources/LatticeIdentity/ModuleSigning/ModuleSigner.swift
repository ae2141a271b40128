/// Puts claims into modules.
/// - Source: lattice protocol §2.4.
public struct ModuleSigner: Sendable {
    private let issuer: AccountKeyPair

    public init(issuer: AccountKeyPair) { self.issuer = issuer }

    /// The module with its claims appended. Claims that it carried before are taken out; all other bytes stay.
    /// - Parameter claims: their hash is set here, whatever it was; the subject has to be a module's key.
    /// - Throws: when the bytes are no module, damaged, or nested too deeply.
    public func sign(
        _ module: [UInt8], _ claims: TokenClaims<ActorClaims>
    ) throws(ModuleStructureError) -> [UInt8] {
        let layout = try ModuleLayout(module)
        var claims = claims
        claims.payload.hash = "\(try layout.canonicalHash())"
        return layout.stripped() + Self.section(token: claims.signed(by: issuer))
    }

    private static func section(token: String) -> [UInt8] {
        let name = Array("wasmcloud_jwt".utf8)
        let payload = [UInt8(name.count)] + name + Array(token.utf8)
        return [ModuleSection.custom] + LEB128.minimal(payload.count) + payload
    }
}
