/// The host's words for a call out that was refused or failed. Lattice hosts write `denied: SENTENCE [CODE, call ID]` or
/// `failed: …`, others whatever they like.
public struct HostError: Error {
    /// All of it.
    public let text: Text
    /// The reason, `no-link` and the like; nil where the text has not that form.
    public let code: Text?
    /// What `lattice why` explains; nil where the text has not that form.
    public let call: Text?
    public let httpStatus: UInt16

    init(_ text: Text) {
        self.text = text
        let isDenied = text.hasPrefix("denied: ")
        guard isDenied || text.hasPrefix("failed: "), let mark = Self.mark(text) else {
            code = nil
            call = nil
            httpStatus = 500
            return
        }
        code = mark.code
        call = mark.call
        httpStatus = Self.httpStatus(of: mark.code) ?? (isDenied ? 403 : 500)
    }

    /// The parts of `[CODE, call ID]` at the very end.
    private static func mark(_ text: Text) -> (code: Text, call: Text)? {
        let bytes = text.utf8
        guard bytes.count > 0, bytes[bytes.count - 1] == UInt8(ascii: "]") else { return nil }
        var start = bytes.count - 1
        while start > 0, bytes[start - 1] != UInt8(ascii: "[") { start -= 1 }
        guard start > 0 else { return nil }
        var end = start
        while isCodeByte(bytes[end]) { end += 1 }
        let separator: Text = ", call "
        let idStart = end + separator.utf8.count
        guard end > start, idStart < bytes.count - 1, bytes[end..<idStart] == separator.utf8 else { return nil }
        return (Text(wellFormed: bytes[start..<end]), Text(wellFormed: bytes[idStart..<bytes.count - 1]))
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    }

    /// The table of the trust rules, §5.
    private static func httpStatus(of code: Text) -> UInt16? {
        switch code {
        case "unsigned", "tampered", "expired", "not-yet-valid", "untrusted-issuer", "no-claim", "no-link", "no-grant",
            "grant-revoked", "not-enrolled", "wrong-cluster", "forged", "replayed", "clock", "policy", "ambiguous":
            403
        case "too-large": 413
        case "guest-error", "provider-error", "trap", "fuel", "memory": 502
        case "no-actor", "no-provider", "busy", "disconnected": 503
        case "deadline": 504
        default: nil
        }
    }
}
