import LatticeBus
import LatticeIdentity
import Testing

@testable import LatticeProtocol

@Suite("names and subjects")
struct NameTests {
    @Test(
        "lattice and link names",
        arguments: [
            ("default", true), ("A-z_0", true), (String(repeating: "x", count: 64), true), ("", false),
            (String(repeating: "x", count: 65), false), ("a.b", false), ("a b", false), ("a*", false), (">", false),
            ("é", false), ("a\n", false), ("a/b", false), ("a:b", false),
        ])
    func plain(text: String, isGood: Bool) {
        if isGood {
            #expect(throws: Never.self) { try LatticeName(text).description == LinkName(text).description }
        } else {
            #expect(throws: NameError(kind: .lattice, text: text)) { try LatticeName(text) }
            #expect(throws: NameError(kind: .link, text: text)) { try LinkName(text) }
        }
    }

    @Test(
        "contract ids",
        arguments: [
            ("wasmcloud:keyvalue", true), (":", true), ("a:b:c", true), ("é:x", true),
            ("a:" + String(repeating: "x", count: 254), true), ("a:" + String(repeating: "x", count: 255), false),
            ("keyvalue", false), ("", false), ("a: b", false), ("a:b,c", false), ("a:\u{2003}b", false),
            ("a:\u{7F}", false), ("a:\t", false),
        ])
    func contracts(text: String, isGood: Bool) {
        if isGood {
            #expect(throws: Never.self) { try ContractID(text) }
        } else {
            #expect(throws: NameError(kind: .contract, text: text)) { try ContractID(text) }
        }
    }

    @Test("builtins are the two of the protocol")
    func builtins() throws {
        #expect(ContractID.logging.isBuiltin && ContractID.numbergen.isBuiltin)
        #expect(try !ContractID("wasmcloud:builtin:other").isBuiltin)
        #expect(try ContractID("wasmcloud:builtin:logging") == .logging)
    }

    @Test("subjects are the protocol's")
    func subjects() throws {
        let subjects = LatticeSubjects(try LatticeName("prod"))
        let (actor, provider, host) = (try Vectors.module(), try Vectors.provider(), try Vectors.host())
        #expect(subjects.calls(of: actor).text == "wasmbus.rpc.prod.\(actor)")
        #expect(subjects.callGroup(of: actor).text == "wasmbus.rpc.prod.\(actor)")
        #expect(subjects.calls(of: provider, .default).text == "wasmbus.rpc.prod.\(provider).default")
        #expect(LatticeSubjects.providerGroup.text == "rpc")
        #expect(subjects.linkPut(provider, .default).text == "wasmbus.rpc.prod.\(provider).default.linkdefs.put")
        #expect(subjects.linkDelete(provider, .default).text == "wasmbus.rpc.prod.\(provider).default.linkdefs.del")
        #expect(subjects.health(provider, .default).text == "wasmbus.rpc.prod.\(provider).default.health")
        #expect(subjects.shutdown(provider, .default).text == "wasmbus.rpc.prod.\(provider).default.shutdown")
        #expect(subjects.events.text == "wasmbus.evt.prod")
        #expect(subjects.events(.linkSet).text == "wasmbus.evt.prod.linkdef_set")
        #expect(subjects.control(.pingHosts).text == "wasmbus.ctl.prod.ping.hosts")
        #expect(subjects.control(.startActor, host).text == "wasmbus.ctl.prod.cmd.\(host).la")
        #expect(subjects.control(.inventory, host).text == "wasmbus.ctl.prod.get.\(host).inv")
        #expect(subjects.control(.putLabel, host).text == "wasmbus.ctl.prod.labels.\(host).put")
        #expect(subjects.controlGroup.text == "wasmbus.ctl.prod")
        #expect(subjects.metadataBucket.text == "LATTICEDATA_prod" && subjects.trustBucket.text == "LATTICETRUST_prod")
        #expect(subjects.moduleBucket.text == "LATTICEMODULES_prod" && subjects.payloadBucket.text == "prod")
        let other = LatticeSubjects(.default, controlPrefix: try ControlPrefix("acme.ctl"))
        #expect(other.control(.getLinks).text == "acme.ctl.default.get.links")
    }

    @Test("control prefixes are subjects of limited length", arguments: ["", "a..b", "a.*", "a b", "é \n"])
    func prefixes(text: String) {
        #expect(throws: SubjectError.self) { try ControlPrefix(text) }
        #expect(throws: Never.self) { try ControlPrefix(String(repeating: "x", count: 128)) }
        #expect(throws: SubjectError.self) { try ControlPrefix(String(repeating: "x", count: 129)) }
    }

    @Test("every topic is caught by exactly one subscription and found again", arguments: ControlTopic.allCases)
    func topics(topic: ControlTopic) throws {
        let subjects = LatticeSubjects(.default)
        let subject = subjects.control(topic)
        #expect(ControlSubscription.allCases.count { subjects.pattern($0).matches(subject) } == 1)
        #expect(subjects.topic(of: subject) == topic)
        #expect(subjects.topic(of: try subject.appending("x")) == nil)
        #expect(LatticeSubjects(try LatticeName("other")).topic(of: subject) == nil)
    }

    @Test("every topic of a host is caught by exactly one of its subscriptions", arguments: HostTopic.allCases)
    func hostTopics(topic: HostTopic) throws {
        let subjects = LatticeSubjects(.default)
        let host = try Vectors.host()
        let subject = subjects.control(topic, host)
        #expect(HostSubscription.allCases.count { subjects.pattern($0, host).matches(subject) } == 1)
        #expect(ControlSubscription.allCases.count { subjects.pattern($0).matches(subject) } == 0)
        #expect(subjects.topic(of: subject, host) == topic)
        #expect(subjects.topic(of: subject, HostKeyPair.generate().publicKey) == nil)
    }
}
