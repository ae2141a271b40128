import FoundationEssentials
import LatticeBus

/// The JSON that stands for one object. Written so that every client library in use can read it, read as any of them
/// may have written it (protocol §4.6).
struct ObjectMetadata: Hashable {
    var name: String
    var bucket: String
    /// The last token of the subject of its chunks.
    var nuid: String
    var bytesCount: Int
    var chunksCount: Int
    var modified: UnixTime?
    /// `SHA-256=` and padded base64url; empty when its writer left none.
    var digest: String
    var isDeleted: Bool
    /// Stands for an object elsewhere.
    var isLink: Bool
}

extension ObjectMetadata {
    private struct Wire: Codable {
        var name: String
        var description: String?
        var link: Link?
        var options: Nothing?
        var bucket: String?
        var nuid: String?
        var size: Int?
        var chunks: Int?
        var modified: String?
        var mtime: String?
        var digest: String?
        var deleted: Bool?

        struct Link: Codable {
            init(from decoder: any Decoder) throws {}
            func encode(to encoder: any Encoder) throws {}
        }

        /// Every key, also those without a value: old readers demand them.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encodeNil(forKey: .description)
            try container.encodeNil(forKey: .link)
            try container.encodeNil(forKey: .options)
            try container.encode(bucket, forKey: .bucket)
            try container.encode(nuid, forKey: .nuid)
            try container.encode(size, forKey: .size)
            try container.encode(chunks, forKey: .chunks)
            try container.encode(modified, forKey: .modified)
            try container.encode(mtime, forKey: .mtime)
            try container.encode(digest, forKey: .digest)
            try container.encode(deleted, forKey: .deleted)
        }
    }

    var json: [UInt8] {
        let time = (modified ?? .now()).description
        let wire = Wire(
            name: name, bucket: bucket, nuid: nuid, size: bytesCount, chunks: chunksCount, modified: time, mtime: time,
            digest: digest, deleted: isDeleted)
        // Strings and numbers only: this cannot fail.
        return (try? JSONEncoder().encode(wire)).map { [UInt8]($0) } ?? []
    }

    init(json: Data) throws(StoreError) {
        let wire: Wire
        do { wire = try JSONDecoder().decode(Wire.self, from: json) } catch {
            throw .malformed("the metadata of an object")
        }
        let (size, chunks) = (wire.size ?? 0, wire.chunks ?? 0)
        guard size >= 0, chunks >= 0 else { throw .malformed("the metadata of '\(wire.name)': a negative size") }
        self.init(
            name: wire.name, bucket: wire.bucket ?? "", nuid: wire.nuid ?? "", bytesCount: size, chunksCount: chunks,
            modified: (wire.mtime ?? wire.modified).flatMap(UnixTime.init(rfc3339:)), digest: wire.digest ?? "",
            isDeleted: wire.deleted ?? false, isLink: wire.link != nil)
    }
}

extension ObjectName {
    /// Where metadata may lie: under the padded base64url of the name, as most write it, else under the name itself,
    /// and under what the oldest library made of it.
    var metadataTokens: [String] {
        var tokens = [Base64URL.padded(Array(text.utf8))]
        for candidate in [text, String(text.map { $0 == "." || $0 == " " ? "_" : $0 })]
        where !tokens.contains(candidate) && (try? Subject(candidate)) != nil {
            tokens.append(candidate)
        }
        return tokens
    }
}

enum Base64URL {
    static func padded(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().map { character in
                switch character {
                case "+": "-"
                case "/": "_"
                default: character
                }
            })
    }
}
