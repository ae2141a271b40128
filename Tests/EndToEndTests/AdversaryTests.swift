import Glibc
import LatticeBus
import LatticeIdentity
import LatticeTestSupport
import LatticeTrust
import Testing
import WasmTestSupport

@testable import LatticeProtocol

/// What somebody does who can write to the bus, to the buckets and to the HTTP port, and holds keys that nobody trusts.
@Suite("an adversary and a real host", .timeLimit(.minutes(3)))
struct AdversaryTests {
    // MARK: Invocations

    @Test(
        "invocations of strangers, altered, replayed or made for elsewhere are refused by name, the neighbours answered"
    )
    func invocations() async throws {
        let prey = try await Prey()
        let echo = try prey.actor("echo")
        let subject = prey.subjects.calls(of: echo)
        let strict = InvocationSigner.Form.strict(subject: subject.text, timeout: .seconds(5))
        let good = prey.client(AnyKeyPair(try prey.account()))
        func sign(_ signer: InvocationSigner, from origin: Entity = .client, form: InvocationSigner.Form? = nil)
            -> Invocation
        { signer.sign(prey.draft(signer, from: origin, to: echo), form ?? strict, at: .now()) }

        let first = sign(good)
        #expect(try await prey.outcome(first, on: subject) == nil)
        #expect(try await prey.outcome(first, on: subject) == .replayed)

        let cluster = try prey.cluster()
        let host = try prey.hostKey()
        let enrolled = InvocationSigner(key: cluster, host: host, lattice: prey.lattice)
        let stranger = InvocationSigner(key: .generate(), host: host, lattice: prey.lattice)
        let liar = InvocationSigner(key: cluster, host: HostKeyPair.generate().publicKey, lattice: prey.lattice)
        let counter = Entity.actor(try prey.actor("counter"))
        let elsewhere = InvocationSigner(key: cluster, host: host, lattice: try LatticeName("elsewhere"))
        let late = InvocationSigner.Form.strict(subject: subject.text, timeout: .seconds(300))
        let otherSubject = InvocationSigner.Form.strict(subject: "\(subject)x", timeout: .seconds(5))
        func with(payload: [UInt8]? = nil, length: UInt64? = nil) -> Invocation {
            let good = sign(good)
            return Invocation(
                origin: good.origin, target: good.target, operation: good.operation, payload: payload ?? good.payload,
                id: good.id, token: good.token, host: good.host,
                contentLength: length ?? UInt64(payload?.count ?? good.payload.count), certificate: good.certificate)
        }
        let cases: [(String, Invocation, RefusalCode?)] = [
            ("an enrolled host for an actor", sign(enrolled, from: counter), nil),
            ("a stranger", sign(stranger, from: counter), .wrongCluster),
            (
                "a client that nobody vouches for", sign(prey.client(AnyKeyPair(AccountKeyPair.generate()))),
                .wrongCluster
            ),
            ("a client that says it is an actor", sign(good, from: counter), .wrongCluster),
            ("an enrolled host's key under another host's name", sign(liar, from: counter), .forged),
            ("for another lattice", sign(elsewhere, from: counter), .forged),
            ("for another subject", sign(good, form: otherSubject), .forged),
            ("that expires in minutes", sign(good, form: late), .clock),
            ("as the classic protocol has it", sign(enrolled, from: counter, form: .classic), .forged),
            (
                "of a provider without a link",
                sign(enrolled, from: .provider(try prey.provider("httpserver"), .httpServer, .default)), .noLink
            ),
            ("with another argument", with(payload: [0x80]), .forged),
            ("that is longer than it is", with(length: .max), .forged),
        ]
        for (what, invocation, expected) in cases {
            #expect(try await prey.outcome(invocation, on: subject) == expected, "\(what)")
        }
        let keyValue = try prey.provider("keyvalue-local")
        let toProvider = prey.subjects.calls(of: keyValue, .default)
        let draft = InvocationSigner.Draft(
            from: counter, to: .provider(keyValue, .keyValue, .default), operation: "KeyValue.Get",
            argument: [0xA1, 0x61],
            id: enrolled.nextID())
        let form = InvocationSigner.Form.strict(subject: toProvider.text, timeout: .seconds(5))
        #expect(try await prey.outcome(enrolled.sign(draft, form, at: .now()), on: toProvider) == .noLink)
        #expect(await prey.end())
    }

    // MARK: The buckets

    @Test("what is written past the CLI opens nothing and closes nothing")
    func buckets() async throws {
        let prey = try await Prey()
        let (data, trust) = (prey.subjects.metadataBucket, prey.subjects.trustBucket)
        let counter = try prey.actor("counter")
        let keyValue = try prey.provider("keyvalue-local")
        let id = LinkID(actor: counter, contract: .keyValue, link: .default)
        let linkKey = try LatticeDataKey.link(id).metadataKey()
        func link(_ values: [String: String] = [:], grant: String? = nil) -> [UInt8] {
            var link = LinkDefinition(actor: counter, provider: keyValue, contract: .keyValue, values: values)
            link.grant = grant
            return link.json
        }
        func becomes(_ status: Int, _ what: String) throws {
            try eventually("\(status) after \(what)", within: 10) { prey.visit() == status }
        }
        try becomes(403, "nothing")
        let foreign = LinkDefinition(actor: counter, provider: keyValue, contract: .keyValue, values: [:])
        let forged = Grant.signed(
            for: foreign, by: AnyKeyPair(AccountKeyPair.generate()), lattice: prey.lattice, at: .now(),
            ids: NUIDGenerator())
        for (what, entry) in [("no grant", link()), ("a stranger's grant", link(grant: forged))] {
            try await prey.put(linkKey, entry, in: data)
            try eventually("\(what) is shown as refused") {
                try prey.lattice("get", "links", "-o", "json").jsonList?.contains { $0["state"] == "refused" } ?? false
            }
            #expect(prey.visit() == 403, "\(what)")
        }
        try prey.lattice("link", "put", "counter", "keyvalue-local", "keyvalue", "--replace")
        #expect(prey.visit() == 200)
        let granted = try #require(try await prey.value(linkKey, in: data))

        // The claims of an actor that runs stay its own, and what was there comes back.
        let claimsKey = try TrustBucketKey.claims(counter).metadataKey()
        let own = try #require(try await prey.value(claimsKey, in: trust))
        for bad in [prey.claims(of: counter, by: .generate(), []), [0xFF]] {
            try await prey.put(claimsKey, bad, in: trust)
            #expect(prey.visit() == 200)
        }
        try await prey.delete(claimsKey, in: trust)
        #expect(prey.visit() == 200)
        // So does the trust document.
        let documentKey = try TrustBucketKey.document.metadataKey()
        let document = try #require(try await prey.value(documentKey, in: trust))
        try await prey.put(documentKey, Array("no document".utf8), in: trust)
        var returned = false
        for _ in 0..<500 where !returned {
            usleep(20_000)
            let claims = try await prey.value(claimsKey, in: trust)
            returned = try await prey.value(documentKey, in: trust) == document && claims == own
        }
        #expect(returned)

        // A grant holds for its values only, and not after it was taken back.
        let token = try LinkDefinition(json: granted).grant
        try await prey.put(linkKey, link(["x": "y"], grant: token), in: data)
        try becomes(403, "other values")
        try await prey.put(linkKey, granted, in: data)
        try becomes(200, "the granted values")
        let definition = try LinkDefinition(json: granted)
        let grant = try Grant(verifying: try #require(token), for: definition, lattice: prey.lattice)
        let revoked = try TrustBucketKey.revoked(grant.signer).metadataKey()
        try await prey.put(revoked, prey.revocations(1_000, [grant.id]), in: trust)
        try becomes(403, "the revocation")
        // What the bucket says of it later changes nothing.
        try await prey.put(revoked, prey.revocations(999, []), in: trust)
        try await prey.delete(revoked, in: trust)
        try prey.lattice("link", "delete", "counter", "keyvalue")
        try await prey.put(linkKey, granted, in: data)
        try eventually("the old grant is told as revoked") {
            try prey.lattice("get", "links", "-o", "json").jsonList?.contains { row in
                if case .string(let reason)? = row["reason"] { reason.contains("revoked") } else { false }
            } ?? false
        }
        #expect(prey.visit() == 403)
        #expect(await prey.end())
    }

    // MARK: The control interface and other subjects

    @Test("nothing that is sent to any subject ends the host or goes without an answer, thousands at once neither")
    func subjects() async throws {
        let prey = try await Prey()
        let host = try prey.hostKey()
        let junk: [[UInt8]] = [
            [], [0xFF], Array("{}".utf8), Array("[]".utf8), Array(#"{"host_id":1}"#.utf8),
            Array(repeating: UInt8(ascii: "["), count: 500_000), Array(repeating: 0x91, count: 500_000),
            [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], Array(#"{"host_id":"\ud800"}"#.utf8),
        ]
        var listeners = HostTopic.allCases.map { prey.subjects.control($0, host) }
        listeners += ControlTopic.allCases.map { prey.subjects.control($0) }
        listeners += [
            prey.subjects.calls(of: try prey.actor("echo")),
            prey.subjects.calls(of: try prey.provider("keyvalue-local"), .default),
            prey.subjects.linkPut(try prey.provider("keyvalue-local"), .default),
            prey.subjects.linkDelete(try prey.provider("keyvalue-local"), .default),
        ]
        for subject in listeners {
            for body in junk {
                _ = try await prey.ask(subject, body)
            }
        }
        // Another host's name in a command to this one.
        let stop = Array(#"{"host_id":"\#(HostKeyPair.generate().publicKey)"}"#.utf8)
        let ack = try ControlAck(json: try await prey.ask(prey.subjects.control(.stopHost, host), stop))
        #expect(!ack.accepted)

        let (bus, subjects) = (prey.bus, prey.subjects)
        let answered = await withTaskGroup(of: Bool.self) { group in
            for topic in [ControlTopic.pingHosts, .getClaims, .getLinks, .refusals] {
                for _ in 0..<1_000 {
                    group.addTask {
                        (try? await bus.request(
                            BusMessage(to: subjects.control(topic), payload: []), timeout: .seconds(30))) != nil
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answered == 4_000)
        #expect(try prey.lattice("get", "hosts", "-o", "json").jsonList?.count == 1)
        #expect(prey.visit() == 403)
        #expect(await prey.end())
    }

    // MARK: Actors

    @Test("an actor that loops, traps, reaches outside or talks without end harms only its own call")
    func actors() async throws {
        let prey = try await Prey()
        try prey.lattice("link", "put", "counter", "keyvalue-local", "keyvalue")
        let handlers: [(String, String, Int32)] = [
            ("loops", "(loop (br 0)) i32.const 1", 4), ("traps", "unreachable", 1),
            ("reaches", "(i32.store (i32.const -16) (i32.const 1)) i32.const 1", 1),
            ("asks", "(call $request (i32.const -1) (i32.const -1)) i32.const 1", 1),
            ("recurs", "(call $handle (local.get $o) (local.get $p))", 1),
            (
                "talks",
                "(local.set $p (i32.const 5000)) (loop (call $log (i32.const 0) (i32.const 1000)) "
                    + "(br_if 0 (local.tee $p (i32.sub (local.get $p) (i32.const 1))))) i32.const 1", 0
            ),
        ]
        for (name, handler, status) in handlers {
            let text = """
                (module
                  (import "wasmbus" "__guest_request" (func $request (param i32 i32)))
                  (import "wasmbus" "__console_log" (func $log (param i32 i32)))
                  (memory (export "memory") 1)
                  (func $handle (export "__guest_call") (param $o i32) (param $p i32) (result i32) \(handler)))
                """
            try prey.program.write(try WAT.assemble(text), to: "\(name).wasm")
            try prey.lattice("sign", "\(name).wasm", "--name", name, "--output", "\(name).wasm")
            try prey.lattice("start", "actor", "\(name).wasm")
            try prey.lattice("call", name, "Test.Call", status: status)
            #expect(prey.visit() == 200, "\(name)")
        }
        #expect(prey.host.error.utf8.count < 600_000, "the log is no place for megabytes")
        #expect(await prey.end())
    }

    @Test("a module that was tampered with does not start, and what runs goes on")
    func tampered() async throws {
        let prey = try await Prey()
        let bytes = try prey.program.read("state/demo/echo.wasm")
        for (name, change) in [("flipped", bytes.count / 2), ("header", 4), ("token", bytes.count - 20)] {
            var changed = bytes
            changed[change] ^= 1
            try prey.program.write(changed, to: "\(name).wasm")
            try prey.lattice("start", "actor", "\(name).wasm", status: 1)
        }
        try prey.program.write(bytes.dropLast(), to: "short.wasm")
        try prey.lattice("start", "actor", "short.wasm", status: 1)
        try prey.lattice("start", "actor", "state/demo/echo.wasm")
        #expect(prey.visit() == 403)
        #expect(await prey.end())
    }

    // MARK: HTTP

    @Test("HTTP that can be read in two ways is refused")
    func smuggling() async throws {
        let prey = try await Prey()
        let head = "POST /counter HTTP/1.1\r\nHost: x\r\n"
        let smuggled = "0\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n"
        for (request, status) in [
            ("\(head)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\(smuggled)", 400),
            ("\(head)Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
            ("\(head)Content-Length: +4\r\n\r\nabcd", 400),
            ("\(head)Transfer-Encoding: xchunked\r\n\r\n\(smuggled)", 400),
            ("\(head)Transfer-Encoding : chunked\r\n\r\n\(smuggled)", 400),
            ("\(head)Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", 400),
            ("\(head)Content-Length: 1000000000\r\n\r\n", 413),
            ("GET /counter HTTP/1.1\r\n\r\n", 400), ("GET /counter HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 431),
            ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
        ] {
            #expect(HTTPQuestion(port: prey.port).send(request)?.status == status, "\(request.prefix(120))")
        }
        #expect(prey.visit() == 403)
        #expect(await prey.end())
    }

    // MARK: The server

    @Test("with the server frozen, gone or robbed of what it stored, what needs none of it goes on, and nobody hangs")
    func serverFails() async throws {
        let prey = try await Prey()
        try prey.lattice("link", "put", "counter", "keyvalue-local", "keyvalue")
        #expect(prey.visit() == 200)
        prey.server.freeze()
        #expect(prey.visit() == 200)
        try prey.lattice("get", "hosts", status: 3)
        prey.server.resume()
        prey.server.kill()
        #expect(prey.visit() == 200)
        try prey.lattice("get", "hosts", status: 3)
        try prey.server.removeStore()
        try prey.server.start()
        try eventually("it trusts and is trusted as before") {
            try prey.program.run(
                ["trust", "list"], environment: ["LATTICE_NATS=\(prey.server.url)", "LATTICE_NAME=prey"]
            )
            .status == 0
        }
        try prey.lattice("get", "hosts")
        try prey.lattice("start", "actor", "state/demo/echo.wasm")
        #expect(await prey.end())
    }

    @Test("a host that starts while its server stands still waits for it")
    func frozenAtStart() throws {
        let server = try NATSServer()
        let program = try LatticeProgram()
        server.freeze()
        let host = try program.start(
            "host", ["host"],
            environment: [
                "LATTICE_NATS=\(server.url)", "LATTICE_NAME=\(uniqueName())",
                "LATTICE_TRUST_OPERATOR=\(OperatorKeyPair.generate().publicKey)",
            ])
        try eventually("it says what it waits for") { host.error.contains("asking again until it speaks") }
        server.resume()
        try eventually("it serves") { host.error.contains("serves") }
        #expect(host.stop() == 0, "\(host.error)")
        server.stop()
    }
}
