import Glibc
import LatticeIdentity
import Testing

@Suite("keys, sign, verify, claims")
struct SigningTests {
    static let emptyModule: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0]

    @Test("from nothing to a verified module")
    func wholeWay() throws {
        let lattice = try LatticeProgram()
        try lattice.write(Self.emptyModule, to: "counter.wasm")

        let unsigned = try lattice.run("verify", "counter.wasm")
        #expect(unsigned.status == 1 && unsigned.output.isEmpty)
        #expect(
            unsigned.error == """
                lattice: counter.wasm: the module is unsigned: it carries no claims [unsigned]
                fix: lattice sign counter.wasm --name counter

                """)

        let noAccount = try lattice.run("sign", "counter.wasm", "--name", "counter")
        #expect(noAccount.status == 1 && noAccount.error.hasSuffix("fix: lattice keys new account\n"))

        let account = try lattice.run("keys", "new", "account", "-o", "json")
        #expect(account.status == 0 && account.error.isEmpty)
        let accountKey = try #require(try account.json?.string("key"))
        #expect(lattice.mode(of: "home") == 0o700 && lattice.mode(of: "home/keys") == 0o700)
        #expect(lattice.mode(of: "home/keys/default.account.nk") == 0o600)

        let signed = try lattice.run(
            "sign", "counter.wasm", "--name", "counter", "--cap", "http-server", "--cap", "keyvalue", "--alias",
            "My Counter", "--version", "1.0", "--revision", "4", "--tag", "demo", "--expires", "30d", "-o", "json")
        #expect(signed.status == 0)
        let claims = try #require(signed.json)
        #expect(try claims.string("file") == "counter_s.wasm")
        #expect(try claims.string("issuer") == accountKey)
        #expect(try claims.strings("capabilities") == ["wasmcloud:httpserver", "wasmcloud:keyvalue"])
        #expect(try claims.string("call_alias") == "my_counter")
        #expect(try claims.integer("revision") == 4)
        #expect(try claims.string("version") == "1.0")

        let verified = try lattice.run("verify", "counter_s.wasm")
        #expect(verified.status == 0 && verified.error.isEmpty)
        #expect(verified.output.hasPrefix("counter_s.wasm is valid\n"))
        let module = try SignedModule(try lattice.read("counter_s.wasm")).verified(at: .now())
        #expect("\(module.issuer)" == accountKey)

        // Under the same name the module keeps its address.
        let again = try lattice.run(
            "sign", "--name", "counter", "counter.wasm", "--output", "again.wasm", "-o", "json")
        #expect(try again.json?.string("subject") == "\(module.key)")
    }

    @Test("a tampered, an expired and a damaged module are refused, each in its words")
    func refusals() throws {
        let lattice = try LatticeProgram()
        try lattice.write(Self.emptyModule, to: "a.wasm")
        _ = try lattice.run("keys", "new", "account")
        #expect(try lattice.run("sign", "a.wasm", "--name", "a", "--expires", "1s").status == 0)
        let good = try lattice.read("a_s.wasm")

        try lattice.write(good + [1, 1, 0], to: "tampered.wasm")
        let tampered = try lattice.run("verify", "tampered.wasm", "-o", "json")
        #expect(tampered.status == 1)
        #expect(try tampered.json?.string("code") == "tampered")
        #expect(try tampered.json?.bool("valid") == false)
        #expect(tampered.error.contains("hash") && tampered.error.contains("[tampered]"))

        try lattice.write(Array(good.dropLast()), to: "cut.wasm")
        #expect(try lattice.run("verify", "cut.wasm").error.contains("[tampered]"))

        let account = try KeyFile.read("\(lattice.folder)/home/keys/default.account.nk")
        let past = TokenClaims(
            id: "x", subject: "\(ModuleKeyPair.generate().publicKey)", issuedAt: UnixTime(seconds: 1),
            expires: UnixTime(seconds: 2), payload: ActorClaims(name: "a"))
        let expired = try UnsignedModule(Self.emptyModule).signed(past, by: AccountKeyPair(account))
        try lattice.write(expired, to: "expired.wasm")
        let refusal = try lattice.run("verify", "expired.wasm")
        #expect(refusal.status == 1 && refusal.error.contains("[expired]"))
        #expect(refusal.error.contains("fix: lattice sign expired.wasm --name a\n"))
        // Shown all the same.
        let shown = try lattice.run("claims", "show", "expired.wasm", "-o", "json")
        #expect(shown.status == 0)
        #expect(try shown.json?.bool("expired") == true)
        #expect(try shown.json?.bool("hash_valid") == true)

        try lattice.write(Array("hello".utf8), to: "text")
        let notSigned = try lattice.run("sign", "text", "--name", "text")
        #expect(
            notSigned.status == 1
                && notSigned.error == "lattice: text can't be signed: it is not a WebAssembly module\n")
        #expect(try lattice.run("keys", "show", "text").status == 1, "no key is made for what can't be signed")
        #expect(try lattice.run("verify", "text").error.contains("neither a WebAssembly module nor a token"))
    }

    @Test("operators, accounts and providers get tokens that verify")
    func tokens() throws {
        let lattice = try LatticeProgram()
        try lattice.write([1, 2, 3], to: "binary")
        _ = try lattice.run("keys", "new", "operator")
        _ = try lattice.run("keys", "new", "account", "--name", "team")
        #expect(try lattice.run("sign", "operator", "--name", "acme", "--output", "o.jwt").output == "signed: o.jwt\n")
        #expect(try lattice.run("sign", "account", "--name", "team", "--output", "a.jwt").status == 0)
        let provider = try lattice.run(
            "sign", "provider", "--name", "redis", "--contract", "keyvalue", "--vendor", "acme", "--target",
            "x86_64-linux=binary")
        let token = try ReceivedToken<ProviderClaims>(String(provider.output.dropLast())).verified(at: .now())
        #expect(token.claims.payload.contract == "wasmcloud:keyvalue")
        #expect(token.claims.payload.targetHashes.map(\.hash) == ["\(SHA256Digest(of: [1, 2, 3]))"])
        for file in ["o.jwt", "a.jwt"] { #expect(try lattice.run("verify", file).status == 0) }
        let account = try lattice.run("claims", "show", "a.jwt", "-o", "json")
        #expect(try account.json?.string("kind") == "account")
        let text = String(decoding: try lattice.read("a.jwt"), as: UTF8.self).split(separator: "\n")[0]
        #expect(try lattice.run("claims", "show", String(text)).status == 0)
        #expect(try lattice.run("verify", String(text)).status == 1)
    }

    @Test("keys are listed, shown and imported, and never printed")
    func keys() throws {
        let lattice = try LatticeProgram()
        #expect(try lattice.run("keys", "list", "-o", "json").output == "[]\n")
        let pair = AnyKeyPair.generate(.account)
        try pair.withSeedText { try lattice.write($0, to: "old.nk") }
        chmod("\(lattice.folder)/old.nk", 0o644)
        let imported = try lattice.run("keys", "import", "old.nk", "--name", "old")
        #expect(imported.status == 0 && imported.error.contains("can be read or changed by others"))
        let again = try lattice.run("keys", "import", "old.nk", "--name", "old")
        #expect(again.status == 1 && again.error.contains("fix: lattice keys import old.nk --name NAME"))
        let shown = try lattice.run("keys", "show", "old")
        #expect(shown.output.contains("\(pair.publicKey)"))
        #expect(try lattice.run("keys", "show", String("\(pair.publicKey)".prefix(5))).output == shown.output)

        chmod("\(lattice.folder)/home/keys/old.account.nk", 0o640)
        let exposed = try lattice.run("keys", "list")
        #expect(exposed.status == 1)
        #expect(exposed.error.hasSuffix("fix: chmod 600 \(lattice.folder)/home/keys/old.account.nk\n"))
        let seed = pair.withSeedText { String(decoding: $0, as: UTF8.self) }
        for result in [imported, again, shown, exposed] { #expect(!(result.output + result.error).contains(seed)) }
    }

    @Test("usage errors are exit 2, help is exit 0 and on standard output")
    func usage() throws {
        let lattice = try LatticeProgram()
        #expect(try lattice.run().output.contains("USAGE: lattice"))
        let wrong = try lattice.run("keys", "new", "banana")
        #expect(wrong.status == 2 && wrong.output.isEmpty)
        #expect(wrong.error.hasPrefix("lattice: the value 'banana' is invalid"))
        #expect(wrong.error.hasSuffix("fix: lattice keys new --help\n"))
        let group = try lattice.run("keys")
        #expect(group.status == 2 && group.error.contains("new, list, show, import"))
        let help = try lattice.run("sign", "--help")
        #expect(help.status == 0 && help.error.isEmpty && help.output.contains("EXAMPLES:"))
        #expect(try lattice.run("--version").output.hasPrefix("lattice "))
        #expect(try lattice.run("completions", "bash").output.contains("lattice"))
    }
}
