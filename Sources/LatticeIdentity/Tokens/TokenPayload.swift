/// The `wascap` object of one kind of token. Each target defines the payloads that it knows: claims here, invocations,
/// grants and trust documents elsewhere.
public protocol TokenPayload: Sendable {
    /// Ignores keys that it doesn't know, takes null for absent.
    init(_ object: JSONObject) throws(JSONFieldError)

    /// Writes the members in the order of the reference writer; the braces are there already.
    func writeMembers(to writer: inout JSONWriter)
}

/// A payload of whatever kind, for tools that show tokens.
extension JSONObject: TokenPayload {
    public init(_ object: JSONObject) { self = object }

    public func writeMembers(to writer: inout JSONWriter) {
        for member in members { writer.member(member.key, member.value) }
    }
}
