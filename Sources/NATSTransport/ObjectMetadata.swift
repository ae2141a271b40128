import LatticeBus
import LatticeIdentity

/// The JSON that stands for one object. Written so that every client library in use can read it, read as any of them
/// may have written it (protocol §4.6).
struct ObjectMetadata: Hashable {
    var name: String
    var bucket: String
    /// The last token of the subject of its chunks.
    var nuid: String
    var bytesCount: Int
    var chunksCount: Int
    var modified: LatticeBus.UnixTime?
    /// `SHA-256=` and padded base64url; empty when its writer left none.
    var digest: String
    var isDeleted: Bool
    /// Stands for an object elsewhere.
    var isLink: Bool
}

extension ObjectMetadata {
    /// Every key, also those without a value: old readers demand them.
    var json: [UInt8] {
        let time = (modified ?? .now()).description
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", name)
            for key in ["description", "link", "options"] { writer.member(key, JSONValue.null) }
            writer.member("bucket", bucket)
            writer.member("nuid", nuid)
            writer.member("size", bytesCount)
            writer.member("chunks", chunksCount)
            writer.member("modified", time)
            writer.member("mtime", time)
            writer.member("digest", digest)
            writer.member("deleted", isDeleted)
        }
        return writer.bytes
    }

    init(json: [UInt8]) throws(StoreError) {
        guard case .object(let object)? = try? JSONValue(parsing: json) else {
            throw .malformed("the metadata of an object")
        }
        do throws(JSONFieldError) { try self.init(object) } catch {
            throw .malformed("the metadata of an object: \(error)")
        }
        guard bytesCount >= 0, chunksCount >= 0 else {
            throw .malformed("the metadata of '\(name)': a negative size")
        }
    }

    private init(_ object: JSONObject) throws(JSONFieldError) {
        name = try object.requiredString("name")
        bucket = try object.string("bucket") ?? ""
        nuid = try object.string("nuid") ?? ""
        bytesCount = try object.integer("size") ?? 0
        chunksCount = try object.integer("chunks") ?? 0
        let times = [try object.string("mtime"), try object.string("modified")]
        modified = times.compactMap { $0 }.first.flatMap(LatticeBus.UnixTime.init(rfc3339:))
        digest = try object.string("digest") ?? ""
        isDeleted = try object.bool("deleted") ?? false
        isLink = try object.object("link") != nil
    }
}

extension ObjectName {
    /// Where metadata may lie: under the padded base64url of the name, as most write it, else under the name itself,
    /// and under what the oldest library made of it.
    var metadataTokens: [String] {
        var tokens = [Base64.paddedURL.encode(Array(text.utf8))]
        for candidate in [text, String(text.map { $0 == "." || $0 == " " ? "_" : $0 })]
        where !tokens.contains(candidate) && (try? Subject(candidate)) != nil {
            tokens.append(candidate)
        }
        return tokens
    }
}
