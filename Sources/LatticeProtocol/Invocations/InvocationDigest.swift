import LatticeIdentity

/// The two URLs of an invocation and the hash over everything in it: what its token has to say.
/// - Source: lattice protocol §4.3, §4.4.
public struct InvocationDigest: Hashable, Sendable {
    public let originURL: String
    public let targetURL: String
    public let hash: SHA256Digest

    /// - Parameter argument: all of it, also when it travels through the object store.
    public init(origin: Entity, target: Entity, operation: String, argument: [UInt8]) {
        // One buffer holds the three texts one behind the other, as they are hashed.
        var text: [UInt8] = []
        text.reserveCapacity(384)
        origin.appendURL(to: &text)
        let originEnd = text.count
        target.appendURL(to: &text)
        text.append(UInt8(ascii: "/"))
        text.append(contentsOf: operation.utf8)
        originURL = String(decoding: text[..<originEnd], as: UTF8.self)
        targetURL = String(decoding: text[originEnd...], as: UTF8.self)
        text.append(contentsOf: operation.utf8)
        var hasher = SHA256Hasher()
        hasher.update(text.span.bytes)
        hasher.update(argument.span.bytes)
        hash = hasher.finish()
    }

    public init(of invocation: Invocation, argument: [UInt8]) {
        self.init(
            origin: invocation.origin, target: invocation.target, operation: invocation.operation, argument: argument)
    }

    /// The hash of a reply: id, error and result, each with its length before it, so that no two replies look alike.
    ///
    /// Hashed are, in this order: the id's length (4 bytes, little endian) and UTF-8 bytes; one byte 0 for success, or
    /// 1 and the error's length and bytes; the result's bytes, which end the message.
    /// - Parameter result: all of it, also when it travels through the object store.
    public static func hash(ofReplyTo id: String, error: String?, result: [UInt8]) -> SHA256Digest {
        var head: [UInt8] = []
        head.appendWithLength(id)
        head.append(error == nil ? 0 : 1)
        if let error { head.appendWithLength(error) }
        var hasher = SHA256Hasher()
        hasher.update(head.span.bytes)
        hasher.update(result.span.bytes)
        return hasher.finish()
    }
}

extension [UInt8] {
    /// Four bytes of length, little endian, and the text as UTF-8.
    package mutating func appendWithLength(_ text: String) {
        let utf8 = text.utf8
        Swift.withUnsafeBytes(of: UInt32(truncatingIfNeeded: utf8.count).littleEndian) { append(contentsOf: $0) }
        append(contentsOf: utf8)
    }
}
