/// The first segment, the same in every token that we write.
enum TokenHeader {
    /// `{"typ":"jwt","alg":"Ed25519"}` and the dot behind it, as ASCII.
    static let segmentAndDot = Array("eyJ0eXAiOiJqd3QiLCJhbGciOiJFZDI1NTE5In0.".utf8)

    /// Demands `typ` and `alg` as they have to be; other keys and any order are fine.
    static func check(_ segment: ArraySlice<UInt8>, depthMax: Int) throws(TokenError) {
        if segment.elementsEqual(segmentAndDot.dropLast()) { return }
        let header = try JSONObject(tokenSegment: segment, number: 1, depthMax: depthMax)
        let typ: String?
        let alg: String?
        do throws(JSONFieldError) {
            typ = try header.string("typ")
            alg = try header.string("alg")
        } catch { throw .field(error) }
        guard typ == "jwt", alg == "Ed25519" else { throw .header(typ: typ, alg: alg) }
    }
}
