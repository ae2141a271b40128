import LatticeIdentity
import Testing

@Suite("claims")
struct ClaimsTests {
    @Test("an actor's claims are written in the reference order, whole or bare")
    func actors() throws {
        let whole = ActorClaims(
            name: "Echo", hash: "AB", tags: ["a"], capabilities: ["wasmcloud:httpserver", ""], revision: -4,
            version: "0.3.4", callAlias: CallAlias(normalizing: "wasmcloud/Echo"))
        try Self.check(
            whole,
            #"{"name":"Echo","hash":"AB","tags":["a"],"caps":["wasmcloud:httpserver",""],"rev":-4,"ver":"0.3.4","#
                + #""call_alias":"wasmcloud/echo","prov":false}"#)
        try Self.check(ActorClaims(name: nil, hash: "AB"), #"{"hash":"AB","prov":false}"#)
    }

    @Test("a provider's claims keep target hashes in order and any configuration schema")
    func providers() throws {
        let claims = ProviderClaims(
            name: "Redis", contract: "wasmcloud:keyvalue", vendor: "Acme", revision: 2, version: "1.0",
            targetHashes: [.init(target: "x86_64-linux", hash: "AA"), .init(target: "aarch64-linux", hash: "BB")],
            configurationSchema: ["type": "object", "maximum": .number(JSONNumber(1.50)!)])
        try Self.check(
            claims,
            #"{"name":"Redis","capid":"wasmcloud:keyvalue","vendor":"Acme","rev":2,"ver":"1.0","#
                + #""target_hashes":{"x86_64-linux":"AA","aarch64-linux":"BB"},"#
                + #""config_schema":{"type":"object","maximum":1.5}}"#)
    }

    @Test("the claims of those who sign others")
    func signers() throws {
        try Self.check(SignerClaims(name: "Ops", validSigners: ["A1"]), #"{"name":"Ops","valid_signers":["A1"]}"#)
        try Self.check(SignerClaims(name: nil), "{}")
    }

    @Test("null and unknown keys count as absent")
    func tolerance() throws {
        let text = #"{"name":null,"tags":null,"caps":null,"hash":"AB","rev":null,"call_alias":"","prov":null,"x":{}}"#
        #expect(try ActorClaims(Self.object(text)) == ActorClaims(name: nil, hash: "AB"))
        let provider = try ProviderClaims(Self.object(#"{"capid":"c","config_schema":null}"#))
        #expect(provider == ProviderClaims(name: nil, contract: "c", vendor: "", targetHashes: []))
    }

    @Test(
        "claims of the wrong shape are refused",
        arguments: [
            "{}", #"{"hash":null}"#, #"{"hash":1}"#, #"{"hash":"","caps":"a"}"#, #"{"hash":"","caps":[1]}"#,
            #"{"hash":"","rev":2147483648}"#, #"{"hash":"","rev":"1"}"#, #"{"hash":"","prov":0}"#,
            #"{"hash":"","name":[]}"#, #"{"hash":"","tags":{}}"#,
        ])
    func wrongShape(text: String) {
        #expect(throws: JSONFieldError.self) { try ActorClaims(Self.object(text)) }
    }

    private static func object(_ text: String) throws -> JSONObject {
        guard case .object(let object) = try JSONValue(parsing: Array(text.utf8)) else { return JSONObject() }
        return object
    }

    private static func check<Claims: TokenPayload & Equatable>(_ claims: Claims, _ expected: String) throws {
        var writer = JSONWriter()
        writer.object { claims.writeMembers(to: &$0) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        #expect(try Claims(object(expected)) == claims)
    }
}
