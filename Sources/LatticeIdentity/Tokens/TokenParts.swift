import Glibc

/// The three segments of a token, taken apart: what is the same for every kind.
struct TokenParts {
    let body: JSONObject
    let signature: Signature
    /// The first two segments and the dot between them, in UTF-8.
    let signedBytesCount: Int

    init(_ text: String, limits: TokenLimits) throws(TokenError) {
        guard text.utf8.count <= limits.bytesMax else {
            throw .tooLong(bytes: text.utf8.count, limit: limits.bytesMax)
        }
        let bytes = Array(text.utf8)
        let dot = UInt8(ascii: ".")
        guard let first = Self.firstIndex(of: dot, in: bytes, from: 0) else { throw .segments(1) }
        guard let second = Self.firstIndex(of: dot, in: bytes, from: first + 1) else { throw .segments(2) }
        guard Self.firstIndex(of: dot, in: bytes, from: second + 1) == nil else { throw .segments(4) }
        try TokenHeader.check(bytes[..<first], depthMax: limits.depthMax)
        body = try JSONObject(tokenSegment: bytes[(first + 1)..<second], number: 2, depthMax: limits.depthMax)
        guard let signature = Base64.url.decode(bytes[(second + 1)...]) else { throw .notBase64(segment: 3) }
        guard let signature = Signature(signature) else { throw .signatureLength(bytes: signature.count) }
        self.signature = signature
        signedBytesCount = second
    }

    /// With the C library's search: a loop over the bytes takes half a microsecond of each invocation.
    private static func firstIndex(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
        // Safety: `start` is at most `bytes.count`, and the search ends where the bytes do.
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Who the token says has signed it.
    func issuer() throws(TokenError) -> AnyKey {
        let text: String?
        do throws(JSONFieldError) { text = try body.string("iss") } catch { throw .field(error) }
        do throws(NKeyError) { return try AnyKey(text ?? "") } catch { throw .issuer(error) }
    }
}

extension JSONObject {
    /// Decodes a segment that has to hold a JSON object.
    init(tokenSegment segment: ArraySlice<UInt8>, number: Int, depthMax: Int) throws(TokenError) {
        guard let bytes = Base64.url.decode(segment) else { throw .notBase64(segment: number) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: bytes.count, depthMax: depthMax))
        } catch { throw .notJSON(segment: number, error) }
        guard case .object(let object) = value else { throw .notAnObject(segment: number) }
        self = object
    }
}
