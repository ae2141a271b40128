import LatticeIdentity
import Testing

@testable import LatticeProtocol

@Suite("links")
struct LinkTests {
    static func link() throws -> LinkDefinition {
        LinkDefinition(
            actor: try Vectors.module(), provider: try Vectors.provider(),
            contract: try ContractID("wasmcloud:keyvalue"),
            values: ["URL": "redis://x", "A": "@secret:a"], grant: "g")
    }

    @Test("ids are the protocol's")
    func ids() throws {
        #expect(
            "\(LinkID(hashing: "Mbob", "wasmcloud:testy", "default"))"
                == "B40411AD09B70A2C83D59923584F66BA2C5A3C274DC4F19416DA49CCD6531F9C")
        let id = "EACD1A76A9B5A61358F1D5AF13FCCD05B456FA1BB4EAE6C0766215BA7BA47126"
        #expect("\(try Self.link().id)" == id)
        #expect(try LinkID(id) == Self.link().id)
        for bad in ["", String(id.dropLast()), id + "0", id.lowercased(), String(id.dropLast()) + "G"] {
            #expect(throws: NameError(kind: .linkID, text: bad)) { try LinkID(bad) }
        }
    }

    @Test("a link comes back from both encodings")
    func roundTrips() throws {
        var link = try Self.link()
        #expect(try LinkDefinition(json: link.json) == link)
        #expect(try LinkDefinition(messagePack: link.messagePack) == link)
        link.grant = nil
        #expect(try LinkDefinition(json: link.json) == link)
        #expect(try LinkDefinition(messagePack: link.messagePack) == link)
        for count in link.messagePack.indices {
            #expect(throws: MessagePackError.self) {
                try LinkDefinition(messagePack: Array(link.messagePack[..<count]))
            }
        }
    }

    @Test("JSON is what classic hosts write")
    func json() throws {
        var link = try Self.link()
        link.grant = nil
        #expect(
            String(decoding: link.json, as: UTF8.self)
                == #"{"id":"\#(link.id)","actor_id":"\#(link.actor)","provider_id":"\#(link.provider)","#
                + #""link_name":"default","contract_id":"wasmcloud:keyvalue","#
                + #""values":{"A":"@secret:a","URL":"redis://x"}}"#)
    }

    @Test("the positional form is read")
    func positional() throws {
        let link = try Self.link()
        let value = MessagePackValue.array([
            .string("\(link.actor)"), .string("\(link.provider)"), .string("x"), .string("a:b"), .map([]),
        ])
        let read = try LinkDefinition(messagePack: value.bytes)
        #expect(read.link.text == "x" && read.contract.text == "a:b" && read.values.isEmpty && read.grant == nil)
    }

    @Test("without values, id or link name it is read; the id that stands there is not believed")
    func tolerance() throws {
        let link = try Self.link()
        let json =
            #"{"actor_id":"\#(link.actor)","provider_id":"\#(link.provider)","contract_id":"a:b","id":"lie","x":[]}"#
        let read = try LinkDefinition(json: Array(json.utf8))
        #expect(read.link == .default && read.values.isEmpty)
        #expect(read.id == LinkID(actor: link.actor, contract: try ContractID("a:b"), link: .default))
    }

    @Test(
        "what is no link is refused, in both encodings",
        arguments: [
            ("actor_id", nil), ("provider_id", nil), ("contract_id", nil), ("actor_id", "Mbob"), ("actor_id", "V"),
            ("provider_id", "M"), ("contract_id", "keyvalue"), ("contract_id", ""), ("link_name", "a.b"),
            ("link_name", "a>"),
        ] as [(String, String?)])
    func refused(field: String, text: String?) throws {
        let link = try Self.link()
        var object = JSONObject([
            ("actor_id", .string("\(link.actor)")), ("provider_id", .string("\(link.provider)")),
            ("contract_id", "a:b"), ("link_name", "default"), ("values", .object([:])),
        ])
        #expect(throws: Never.self) { try LinkDefinition(json: JSONWriter.bytes(of: object)) }
        object[field] = text.map { JSONValue.string($0) }
        #expect(throws: MessageError.self) { try LinkDefinition(json: JSONWriter.bytes(of: object)) }
        let packed = try MessagePackValue(JSONValue.object(object)).bytes
        #expect(throws: MessagePackError.self) { try LinkDefinition(messagePack: packed) }
    }

    @Test("values have to be strings", arguments: ["1", "null", "[]", #"{"a":1}"#])
    func values(values: String) throws {
        let link = try Self.link()
        let json =
            #"{"actor_id":"\#(link.actor)","provider_id":"\#(link.provider)","contract_id":"a:b","values":{"k":\#(values)}}"#
        #expect(throws: MessageError.self) { try LinkDefinition(json: Array(json.utf8)) }
    }
}
