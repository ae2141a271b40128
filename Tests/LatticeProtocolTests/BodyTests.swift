import LatticeIdentity
import Testing

@testable import LatticeProtocol

/// Keys of the vectors stand as `M…`, `V…`, `N…` and `C…` in the texts below.
private func filled(_ json: String) throws -> String {
    var text = json
    for key in [
        "\(try Vectors.module())", "\(try Vectors.provider())", "\(try Vectors.host())",
        "\(try Vectors.cluster().publicKey)",
    ] {
        text = text.split(separator: "\"\(key.prefix(1))…", omittingEmptySubsequences: false)
            .joined(separator: "\"\(key)")
    }
    return text
}

/// Reads the first text, writes it, and expects the second.
private func expectForm<Body: JSONBody>(_ type: Body.Type, _ json: String, writtenAs form: String? = nil) throws {
    let body = try Body(json: Array(filled(json).utf8))
    #expect(String(decoding: body.json, as: UTF8.self) == (try filled(form ?? json)), "\(type)")
}

@Suite("control bodies")
struct BodyTests {
    @Test("full bodies are written as they were read")
    func full() throws {
        let options = #""wait_ms":5000,"claims":"j","certificate":"k"}"#
        try expectForm(
            StartActorCommand.self,
            #"{"actor_ref":"r","host_id":"N…","count":3,"annotations":{"a":"b"},"max_instances":7,"# + options)
        try expectForm(
            StopActorCommand.self, #"{"actor_ref":"M…","host_id":"N…","count":2,"annotations":{},"# + options)
        try expectForm(
            ScaleActorCommand.self,
            #"{"actor_ref":"r","actor_id":"M…","host_id":"N…","count":2,"annotations":{},"# + options)
        try expectForm(
            UpdateActorCommand.self,
            #"{"actor_id":"M…","new_actor_ref":"r","host_id":"N…","annotations":{},"# + options)
        try expectForm(
            StartProviderCommand.self,
            #"{"provider_ref":"r","link_name":"l","host_id":"N…","annotations":{},"configuration":"{}","#
                + #""isolation":"process","# + options)
        try expectForm(
            StopProviderCommand.self,
            #"{"provider_ref":"V…","link_name":"l","contract_id":"a:b","host_id":"N…","annotations":{},"# + options)
        try expectForm(StopHostCommand.self, #"{"host_id":"N…","timeout":5,"# + options)
        try expectForm(LabelChange.self, #"{"key":"k","value":"v","# + options)
        try expectForm(
            LinkDeleteRequest.self, #"{"actor_id":"M…","contract_id":"a:b","link_name":"l","# + options)
        try expectForm(ActorBid.self, #"{"actor_ref":"r","constraints":{"a":"b"},"host_id":"N…"}"#)
        try expectForm(
            ProviderBid.self, #"{"provider_ref":"r","link_name":"l","constraints":{},"host_id":"N…"}"#)
        try expectForm(RefusalsRequest.self, #"{"call":"x","count_max":7}"#)
        try expectForm(
            RefusalsReply.self,
            #"{"host_id":"N…","refusals":[{"code":"no-link","sentence":"s","call":"x","facts":{"actor":"M"},"#
                + #""time":"2023-05-01T10:00:00.000Z","host_id":"N…"}]}"#)
        try expectForm(
            ControlAck.self,
            #"{"accepted":false,"error":"a\"b\n","outcome":"pending","refusal":{"code":"c","sentence":"","facts":{}},"#
                + #""details":[{"host_id":"N…","error":"no"},{"host_id":"N…"}]}"#)
        try expectForm(
            RegistryCredentials.self,
            #"{"a":{"registryType":"oci","token":"t"},"b":{"registryType":"oci","username":"u","password":"p"}}"#)
        try expectForm(ShutdownRequest.self, #"{"host_id":"N…","claims":"j"}"#)
        try expectForm(
            LinkAnswer.self, #"{"host_id":"N…","error":"no","refusal":{"code":"c","sentence":"","facts":{}}}"#)
        try expectForm(ReferenceEntry.self, #"{"oci_url":"r","public_key":"M…"}"#)
    }

    @Test("a link put carries the link and what is ours")
    func linkPut() throws {
        let request = LinkPutRequest(
            try LinkTests.link(), options: ControlOptions(waitMilliseconds: 5_000), pending: true, replace: true)
        #expect(try LinkPutRequest(json: request.json) == request)
        #expect(try LinkDefinition(json: request.json) == request.link)
        let classic = try LinkPutRequest(json: LinkTests.link().json)
        #expect(classic == LinkPutRequest(try LinkTests.link()))
    }

    @Test("classic bodies are read with counts missing, zero and null, and without an actor's id")
    func tolerance() throws {
        func start(_ count: String) throws -> UInt32 {
            let command = try StartActorCommand(json: Array(filled(#"{"actor_ref":"r","host_id":"N…"\#(count)}"#).utf8))
            return command.count
        }
        #expect(try [start(""), start(#","count":0"#), start(#","count":null"#)] == [1, 1, 1])
        #expect(try start(#","count":3"#) == 3)
        func stop(_ count: String) throws -> UInt32? {
            let command = try StopActorCommand(json: Array(filled(#"{"actor_ref":"M…","host_id":"N…"\#(count)}"#).utf8))
            return command.count
        }
        #expect(try [stop(""), stop(#","count":0"#), stop(#","count":null"#)] == [nil, nil, nil])
        #expect(try stop(#","count":3"#) == 3)
        func scale(_ rest: String) throws -> ScaleActorCommand {
            try ScaleActorCommand(json: Array(filled(#"{"actor_ref":"r","host_id":"N…"\#(rest)}"#).utf8))
        }
        let targets = ["", #","count":null"#, #","count":0"#, #","count":9"#]
        #expect(try targets.map { try scale($0).target } == [.unbounded, .unbounded, .stopped, .instances(9)])
        #expect(try scale(#","actor_id":"""#).actor == nil)
        #expect(try scale(#","actor_id":null"#).actor == nil)
        try expectForm(
            StopProviderCommand.self,
            #"{"provider_ref":"V…","contract_id":"","host_id":"N…","annotations":null,"new":{}}"#,
            writtenAs: #"{"provider_ref":"V…","link_name":"default","contract_id":"","host_id":"N…","annotations":{}}"#)
        try expectForm(
            StopHostCommand.self, #"{"host_id":"N…","timeout":null}"#, writtenAs: #"{"host_id":"N…"}"#)
        try expectForm(RefusalsRequest.self, "{}", writtenAs: #"{"count_max":1}"#)
    }

    @Test(
        "bodies that can't be used are refused with the field's name",
        arguments: [
            (#"{"host_id":"N…"}"#, MessageError.field(.missing(key: "actor_ref"))),
            (#"{"actor_ref":"r"}"#, .field(.missing(key: "host_id"))),
            (#"{"actor_ref":"","host_id":"N…"}"#, .name(field: "actor_ref", NameError(kind: .reference, text: ""))),
            (
                #"{"actor_ref":"r","host_id":"M…"}"#,
                .key(field: "host_id", .wrongKind(found: .module, expected: .host))
            ),
            (
                #"{"actor_ref":"r","host_id":"N…","count":-1}"#,
                .field(
                    .wrongType(key: "count", found: "the number -1", expected: "an integer from 0 to 4294967295"))
            ),
            (
                #"{"actor_ref":"r","host_id":"N…","annotations":{"a":1}}"#,
                .field(
                    .wrongType(key: "annotations", found: "an object with a number", expected: "an object of strings"))
            ),
            ("[]", .notAnObject(found: "an array")),
        ])
    func refused(json: String, error: MessageError) throws {
        let bytes = Array(try filled(json).utf8)
        #expect(throws: error) { try StartActorCommand(json: bytes) }
    }

    @Test("waiting has a limit")
    func waiting() throws {
        let json = #"{"host_id":"N…","wait_ms":18446744073709551615}"#
        let command = try StopHostCommand(json: Array(filled(json).utf8))
        #expect(command.options.waitMilliseconds == ControlOptions.waitMillisecondsMax)
    }

    @Test("acks of classic hosts are read, unescaped errors included")
    func acks() throws {
        #expect(try ControlAck(lenient: Array(#"{"accepted":true,"error":""}"#.utf8)) == .accepted)
        let broken = Array(#"{"accepted":false,"error":"no "such" thing"}"#.utf8)
        #expect(try ControlAck(lenient: broken) == .failed(#"no "such" thing"#))
        for bad in ["", "{", #"{"accepted":false,"error":""#, #"{"accepted":true,"error":"a"b"}"#, "[]"] {
            #expect(throws: MessageError.self, "\(bad)") { try ControlAck(lenient: Array(bad.utf8)) }
        }
        #expect(try ControlAck(json: Array(#"{"accepted":true,"outcome":"dreamt"}"#.utf8)).outcome == nil)
    }

    @Test("a host's reply: everything, and the little that the oldest hosts say")
    func hostReply() throws {
        try expectForm(
            HostReply.self,
            #"{"id":"N…","issuer":"C…","labels":{"hostcore.os":"linux"},"friendly_name":"n","uptime_seconds":125,"#
                + #""uptime_human":"2 minutes, 5 seconds","version":"0.1.0","cluster_issuers":"C…","js_domain":null,"#
                + #""ctl_host":"h","prov_rpc_host":"h","rpc_host":"h","lattice_prefix":"default","lattice":"default","#
                + #""enrolled":true,"enrolment":"j","trust_version":3}"#)
        let oldest = try HostReply(
            json: Array(filled(#"{"id":"N…","friendly_name":"n","uptime_seconds":1,"issuer":""}"#).utf8))
        #expect(oldest.cluster == nil && oldest.isEnrolled == nil && oldest.trustVersion == nil)
        #expect(throws: MessageError.field(.missing(key: "id"))) { try HostReply(json: Array("{}".utf8)) }
    }

    @Test(
        "uptimes in words",
        arguments: [
            (0, "0 seconds"), (1, "1 second"), (125, "2 minutes, 5 seconds"), (3_600, "1 hour"),
            (90_061, "1 day, 1 hour, 1 minute, 1 second"),
        ] as [(UInt64, String)])
    func uptimes(seconds: UInt64, words: String) { #expect(Uptime.words(seconds: seconds) == words) }

    @Test("inventories: ours, and those of every age of classic hosts")
    func inventories() throws {
        try expectForm(
            HostInventory.self,
            #"{"host_id":"N…","issuer":"C…","labels":{},"friendly_name":"n","actors":[{"id":"M…","image_ref":"r","name":"E","#
                + #""instances":[{"instance_id":"i","revision":4,"annotations":{},"image_ref":"r","max_instances":1}],"#
                + #""busy_instances":1,"max_instances":8,"calls":7,"issuer":"A","capabilities":["a:b"],"call_alias":"e","#
                + #""hash":"FF"}],"providers":[{"id":"V…","image_ref":"r","contract_id":"a:b","link_name":"l","name":"p","#
                + #""revision":0,"annotations":{},"instance_id":"u","isolation":"process","state":"failed","restarts":2,"#
                + #""last_error":"x"}],"version":"1","uptime_seconds":1,"uptime_human":"1 second"}"#)
        let classic = try HostInventory(
            json: Array(
                filled(
                    #"{"host_id":"N…","labels":null,"actors":[{"id":"M…","instances":[{"instance_id":"i","revision":0,"#
                        + #""max_concurrent":5}]}],"providers":[{"id":"V…","link_name":"default","contract_id":"","revision":1}]}"#
                ).utf8))
        #expect(classic.actors.first?.instances.first?.instancesMax == 5)
        #expect(classic.actors.first?.capabilities == nil && classic.providers.first?.state == nil)
    }

    @Test("reported links may be malformed; well-formed ones are definitions")
    func linkReports() throws {
        let link = try LinkTests.link()
        let report = LinkReport(link, state: .applied, grantedBy: AnyKey(try Vectors.account().publicKey))
        let reply = LinksReply([
            report, LinkReport(actor: "Mbob", provider: "", contract: "x", link: "a.b", values: [:], state: .refused),
        ])
        #expect(try LinksReply(json: reply.json) == reply)
        #expect(try report.definition() == link)
        #expect(throws: MessageError.self) { try reply.links[1].definition() }
    }

    @Test("host data comes back, secrets included, and its description shows none")
    func hostData() throws {
        let login = AnyKeyPair.generate(.user)
        let data = HostData(
            host: try Vectors.host(), lattice: .default, link: .default, provider: try Vectors.provider(),
            busURL: "h:1",
            busLogin: .init(token: "jwt", key: login), key: try Vectors.cluster(), environment: ["A": "b"],
            instanceID: "i", links: [try LinkTests.link()], clusterIssuers: [try Vectors.cluster().publicKey],
            configuration: "{}", callTimeoutMilliseconds: 3, logsStructured: true, logLevel: "debug",
            jetStreamDomain: "d", tracesExporter: "otlp", tracesEndpoint: "e",
            trust: .init(
                operatorKey: nil, document: "j", settings: ["links": "signed"], certificate: "c", stateFolder: "s",
                secretsFolder: "t"))
        let line = data.line()
        #expect(line.last == UInt8(ascii: "\n"))
        for text in [line, Array(line.dropLast()), line.dropLast() + Array("\r\n".utf8)] {
            let read = try HostData(line: text)
            #expect(read.json == data.json)
            #expect(read.key.publicKey == data.key.publicKey && read.busLogin?.key.publicKey == login.publicKey)
            #expect(read.trust == data.trust && read.links == data.links)
        }
        for text in ["\(data)", String(reflecting: data.key)] { #expect(!text.contains("SC")) }
    }

    @Test("host data of classic hosts is read; broken lines are refused")
    func classicHostData() throws {
        let json =
            #"{"host_id":"N…","lattice_rpc_prefix":"default","link_name":"default","lattice_rpc_user_jwt":"","#
            + #""lattice_rpc_user_seed":"","lattice_rpc_url":"nats://127.0.0.1:4222","lattice_rpc_tls":0,"provider_key":"V…","#
            + #""invocation_seed":"SCAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYO7Q","env_values":{},"#
            + #""instance_id":"u","link_definitions":[],"cluster_issuers":["C…"],"config_json":"","#
            + #""enable_structured_logging":true,"otel_config":{"traces_exporter":null}}"#
        let data = try HostData(line: Array(Base64.standard.encode(Array(filled(json).utf8)).utf8))
        #expect(data.busLogin == nil && data.configuration == nil && data.logsStructured && !data.busUsesTLS)
        #expect(data.clusterIssuers == [try Vectors.cluster().publicKey] && data.trust == nil)
        for line in ["", "\n", "e30", "e30=\u{20}e", "?"] {
            #expect(throws: MessageError.base64, "\(line)") { try HostData(line: Array(line.utf8)) }
        }
        #expect(throws: MessageError.field(.missing(key: "host_id"))) { try HostData(line: Array("e30=".utf8)) }
    }

    @Test("health replies")
    func health() throws {
        #expect(HealthReply(isHealthy: true).messagePack == hex("81 a7 6865616c746879 c3"))
        let sick = HealthReply(isHealthy: false, message: "no disk")
        #expect(try HealthReply(messagePack: sick.messagePack) == sick)
        #expect(throws: MessagePackError(.missing(field: "healthy"), at: 0)) { try HealthReply(messagePack: [0x80]) }
        for count in sick.messagePack.indices {
            #expect(throws: MessagePackError.self) { try HealthReply(messagePack: Array(sick.messagePack[..<count])) }
        }
    }
}

@Suite("metadata")
struct MetadataTests {
    static let allStrings =
        #"{"sub":"M…","iss":"A","name":"Echo","rev":"4","version":"0.3.4","caps":"a:b,c:d","tags":"","#
        + #""call_alias":"","contract_id":""}"#

    @Test(
        "claims of every form are read, and written as all strings",
        arguments: [
            allStrings,
            #"{"call_alias":"","capabilities":["a:b","c:d"],"issuer":"A","name":"Echo","revision":"4","subject":"M…","tags":[],"version":"0.3.4"}"#,
            #"{"sub":"M…","iss":"A","name":"Echo","rev":4,"version":"0.3.4","caps":["a:b","c:d"],"tags":null,"call_alias":null}"#,
        ])
    func claims(json: String) throws { try expectForm(ClaimsEntry.self, json, writtenAs: Self.allStrings) }

    @Test("a provider is told by its key")
    func provider() throws {
        try expectForm(
            ClaimsEntry.self,
            #"{"contract_id":"a:b","issuer":"A","name":"P","revision":"1","subject":"V…","version":"2","config_schema":"{}"}"#,
            writtenAs: #"{"sub":"V…","iss":"A","name":"P","rev":"1","version":"2","caps":"","tags":"","call_alias":"","#
                + #""contract_id":"a:b","config_schema":"{}"}"#)
    }

    @Test("entries without a usable subject are refused, and passed over in lists")
    func unusable() throws {
        for json in ["{}", #"{"sub":""}"#, #"{"sub":"N…"}"#, #"{"sub":"Mbob"}"#, #"{"sub":"M…","caps":[1]}"#] {
            #expect(throws: MessageError.self, "\(json)") { try ClaimsEntry(json: Array(filled(json).utf8)) }
        }
        let reply = try ClaimsReply(json: Array(filled(#"{"claims":[{},\#(Self.allStrings)]}"#).utf8))
        #expect(reply.claims.map(\.name) == ["Echo"])
    }

    @Test("keys are the protocol's and are read back")
    func keys() throws {
        let keys: [(LatticeDataKey, String)] = [
            (
                .link(try LinkTests.link().id),
                "LINKDEF_EACD1A76A9B5A61358F1D5AF13FCCD05B456FA1BB4EAE6C0766215BA7BA47126"
            ),
            (.claims(AnyKey(try Vectors.module())), "CLAIMS_\(try Vectors.module())"),
            (.reference("wasmcloud.azurecr.io/echo:0.3.4"), "REFMAP_d2FzbWNsb3VkLmF6dXJlY3IuaW8vZWNobzowLjMuNA"),
        ]
        for (key, text) in keys {
            #expect(try key.metadataKey().text == text)
            #expect(LatticeDataKey(try key.metadataKey()) == key)
        }
        for foreign in ["LINKDEF_", "LINKDEF_x", "CLAIMS_Mbob", "REFMAP_=", "claims.x", "X"] {
            #expect(LatticeDataKey(try .init(foreign)) == nil)
        }
        #expect(throws: (any Error).self) {
            try LatticeDataKey.reference(String(repeating: "x", count: 400)).metadataKey()
        }
    }
}

@Suite("events")
struct EventTests {
    @Test("an event goes to two subjects, in the envelope of the protocol")
    func envelope() throws {
        let event = LatticeEvent.hostStopped(labels: ["a": "b"])
        let messages = event.messages(
            id: "e1", source: try Vectors.host(), time: WallTime(milliseconds: 1_682_935_200_123),
            in: LatticeSubjects(.default))
        #expect(messages.map(\.subject.text) == ["wasmbus.evt.default", "wasmbus.evt.default.host_stopped"])
        #expect(messages[0].payload == messages[1].payload)
        let text =
            #"{"specversion":"1.0","id":"e1","source":"N…","type":"com.wasmcloud.lattice.host_stopped","#
            + #""time":"2023-05-01T10:00:00.123Z","datacontenttype":"application/json","data":{"labels":{"a":"b"}}}"#
        #expect(String(decoding: messages[0].payload, as: UTF8.self) == (try filled(text)))
        let read = try CloudEvent(json: messages[0].payload)
        #expect(read.name == .hostStopped && read.json == messages[0].payload)
    }

    @Test("data of every event")
    func data() throws {
        let (actorKey, providerKey, host) = (try Vectors.module(), try Vectors.provider(), try Vectors.host())
        let claims = EventClaims(
            .actor(callAlias: nil, capabilities: ["a:b"]), issuer: "A", name: "n", version: nil, revision: 1)
        let actor = ActorFacts(key: actorKey, host: host, imageReference: "r", annotations: ["a": "b"], claims: claims)
        let failed = ActorFacts(key: actorKey, host: host, imageReference: "r")
        let provider = ProviderFacts(
            key: providerKey, host: host, imageReference: "r", link: .default, contract: try ContractID("a:b"),
            instance: "i", claims: EventClaims(.provider, issuer: "A", name: nil, version: "1", revision: nil))
        let actorText =
            #""public_key":"M…","image_ref":"r","annotations":{"a":"b"},"host_id":"N…","claims":{"call_alias":null,"#
            + #""caps":["a:b"],"issuer":"A","tags":[],"name":"n","version":null,"revision":1,"#
            + #""not_before_human":"immediately","expires_human":"never"}"#
        let failedText = #""public_key":"M…","image_ref":"r","annotations":{},"host_id":"N…""#
        let address = #""public_key":"V…","link_name":"default","contract_id":"a:b""#
        let providerText =
            address + #","image_ref":"r","instance_id":"i","annotations":{},"host_id":"N…","#
            + #""claims":{"issuer":"A","tags":[],"name":null,"version":"1","#
            + #""not_before_human":"immediately","expires_human":"never"}"#
        let link = try LinkTests.link()
        let linkText = String(String(decoding: link.json, as: UTF8.self).dropFirst().dropLast())
        let report = RefusalReport(code: "no-link", sentence: "s", call: "x")
        let reportText = #""code":"no-link","sentence":"s","call":"x","facts":{}"#
        let cases: [(LatticeEvent, String, String)] = [
            (
                .hostStarted(HostFacts(labels: [:], name: "n", uptimeSeconds: 1, version: "v")), "host_started",
                #""labels":{},"friendly_name":"n","uptime_seconds":1,"version":"v""#
            ),
            (
                .actorStarted(actor, instance: "i", apiVersion: 1), "actor_started",
                actorText + #","instance_id":"i","api_version":1"#
            ),
            (.actorStartFailed(reference: "r", error: "e"), "actor_start_failed", #""actor_ref":"r","error":"e""#),
            (
                .actorStopped(actorKey, instance: "i", annotations: [:]), "actor_stopped",
                #""public_key":"M…","instance_id":"i","annotations":{}"#
            ),
            (.actorsStarted(actor, count: 2), "actors_started", actorText + #","count":2"#),
            (.actorsStartFailed(failed, error: "e"), "actors_start_failed", failedText + #","error":"e""#),
            (
                .actorsStopped(failed, count: 2, remaining: 1), "actors_stopped",
                failedText + #","count":2,"remaining":1"#
            ),
            (.actorScaled(actor, instancesMax: 5), "actor_scaled", actorText + #","max_instances":5"#),
            (
                .actorScaleFailed(failed, instancesMax: 5, error: "e"), "actor_scale_failed",
                failedText + #","max_instances":5,"error":"e""#
            ),
            (
                .actorUpdated(actorKey, revision: 2, instance: "i"), "actor_updated",
                #""public_key":"M…","revision":2,"instance_id":"i""#
            ),
            (
                .actorUpdateFailed(actorKey, revision: 2, instance: "i", reason: "e"), "actor_update_failed",
                #""public_key":"M…","revision":2,"instance_id":"i","reason":"e""#
            ),
            (.providerStarted(provider), "provider_started", providerText),
            (
                .providerStartFailed(reference: "r", .default, error: "e"), "provider_start_failed",
                #""provider_ref":"r","link_name":"default","error":"e""#
            ),
            (.providerStopped(provider, reason: "stop"), "provider_stopped", providerText + #","reason":"stop""#),
            (.healthChecked(.passed, provider), "health_check_passed", address),
            (.healthChecked(.failed, provider), "health_check_failed", address),
            (.healthChecked(.unchanged, provider), "health_check_status", address),
            (.linkSet(link), "linkdef_set", linkText), (.linkDeleted(link), "linkdef_deleted", linkText),
            (.callRefused(report), "call_refused", reportText), (.startRefused(report), "start_refused", reportText),
            (.linkRefused(report), "link_refused", reportText),
        ]
        for (event, name, text) in cases {
            #expect(event.name.rawValue == name)
            #expect(
                String(decoding: JSONWriter.bytes(of: event), as: UTF8.self) == (try filled("{\(text)}")), "\(name)")
        }
        #expect(Set(cases.map(\.0.name)).union([.hostStopped, .hostHeartbeat]) == Set(EventName.allCases))
    }

    @Test(
        "heartbeats of every age are read",
        arguments: [
            #"{"actors":{"M…":2},"providers":[{"public_key":"V…","link_name":"default","contract_id":"a:b"}],"#,
            #"{"actors":[{"public_key":"M…","instance_id":"1"},{"public_key":"M…","instance_id":"2"}],"#
                + #""providers":[{"public_key":"V…","link_name":"default","contract_id":"a:b","instance_id":"x"}],"#,
            #"{"actors":[{"id":"M…","instances":[{"instance_id":"1"},{"instance_id":"2"}]}],"#
                + #""providers":[{"id":"V…","link_name":"default","contract_id":"a:b"}],"#,
        ])
    func heartbeats(start: String) throws {
        let rest = #""labels":{},"friendly_name":"n","version":"v","uptime_seconds":60,"uptime_human":"1 minute"}"#
        let map = #"{"actors":{"M…":2},"providers":[{"public_key":"V…","link_name":"default","contract_id":"a:b"}],"#
        try expectForm(HostHeartbeat.self, start + rest, writtenAs: map + rest)
    }

    @Test(
        "heartbeats that can't be read are refused",
        arguments: [
            #"{"actors":{"Mbob":1}}"#, #"{"actors":{"M…":-1}}"#, #"{"actors":[1]}"#, #"{"actors":[{}]}"#,
            #"{"providers":[{}]}"#, #"{"actors":{"M…":"1"}}"#,
        ])
    func badHeartbeats(json: String) throws {
        let bytes = Array(try filled(json).utf8)
        #expect(throws: MessageError.self) { try HostHeartbeat(json: bytes) }
    }
}
