import LatticeBus
import Testing

@testable import NATSTransport

@Suite("Metadata of objects")
struct ObjectMetadataTests {
    @Test("what is written has every key that any reader demands")
    func written() throws {
        let metadata = ObjectMetadata(
            name: "0a1b-r", bucket: "default", nuid: "8zab58ta3CV1UOIe57WcpN", bytesCount: 1_048_576, chunksCount: 8,
            modified: UnixTime(milliseconds: 1_682_935_200_000), digest: "SHA-256=abc=", isDeleted: false, isLink: false
        )
        let text = String(decoding: metadata.json, as: UTF8.self)
        for part in [
            #""name":"0a1b-r""#, #""description":null"#, #""link":null"#, #""options":null"#, #""bucket":"default""#,
            #""nuid":"8zab58ta3CV1UOIe57WcpN""#, #""size":1048576"#, #""chunks":8"#, #""deleted":false"#,
            #""modified":"2023-05-01T10:00:00.000Z""#, #""mtime":"2023-05-01T10:00:00.000Z""#,
            #""digest":"SHA-256=abc=""#,
        ] {
            #expect(text.contains(part))
        }
        #expect(try ObjectMetadata(json: metadata.json) == metadata)
    }

    @Test(
        "whatever the client libraries wrote can be read",
        arguments: [
            (
                #"{"name":"n","nuid":"x","size":3,"chunks":1,"#
                    + #""modified":"2023-05-01T10:00:00.123456Z","digest":"","deleted":false}"#,
                false
            ),
            (
                #"{"name":"n","description":null,"link":null,"bucket":"b","nuid":"x","size":3,"chunks":1,"#
                    + #""mtime":"2023-05-01T10:00:00.123Z","digest":"SHA-256=a"}"#,
                false
            ),
            (
                #"{"name":"n","nuid":"x","size":3,"chunks":1,"#
                    + #""mtime":"2023-05-01T10:00:00.123Z","deleted":true,"future":{"a":[1]}}"#,
                true
            ),
        ])
    func read(json: String, isDeleted: Bool) throws {
        let metadata = try ObjectMetadata(json: Array(json.utf8))
        #expect(metadata.name == "n" && metadata.nuid == "x" && metadata.bytesCount == 3)
        #expect(metadata.modified == UnixTime(milliseconds: 1_682_935_200_123))
        #expect(metadata.isDeleted == isDeleted)
        #expect(!metadata.isLink)
    }

    @Test("a link is known as one")
    func links() throws {
        let json = #"{"name":"n","nuid":"x","size":0,"chunks":0,"link":{"bucket":"other","name":"m"}}"#
        #expect(try ObjectMetadata(json: Array(json.utf8)).isLink)
    }

    @Test(
        "what is no metadata is refused",
        arguments: [
            "", "{", "[]", "null", "{}", #"{"name":1}"#, #"{"name":"n","size":"3"}"#, #"{"name":"n","size":-1}"#,
            #"{"name":"n","chunks":-1}"#, #"{"name":"n","size":1e30}"#, #"{"name":"n","size":99999999999999999999}"#,
            String(repeating: "[", count: 100_000),
        ])
    func refused(json: String) {
        #expect(throws: StoreError.self) { try ObjectMetadata(json: Array(json.utf8)) }
    }

    @Test(
        "metadata is looked for under the padded base64url name, then under what old libraries made of it",
        arguments: [
            ("0a1b-r", ["MGExYi1y", "0a1b-r"]), ("a.b c", ["YS5iIGM=", "a_b_c"]), ("a.b", ["YS5i", "a.b", "a_b"]),
            ("*", ["Kg=="]), ("??>>", ["Pz8-Pg=="]), ("ÿÿ", ["w7_Dvw==", "ÿÿ"]),
        ])
    func tokens(name: String, tokens: [String]) throws {
        #expect(try ObjectName(name).metadataTokens == tokens)
    }
}
