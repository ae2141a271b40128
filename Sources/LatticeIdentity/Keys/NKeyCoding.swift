/// The two text forms of a key: public keys of 56 characters and seeds of 58.
/// - Source: lattice protocol §1.
enum NKeyCoding {
    static let publicTextLength = 56
    static let seedTextLength = 58

    private static let seedMarker: UInt8 = 0x90
    private static let checksumLength = 2

    static func encodePublic(_ kind: NKeyKind, _ key: Bytes32) -> String {
        String(decoding: Base32.encode(withChecksum([kind.rawValue] + key.bytes)), as: UTF8.self)
    }

    /// Checks in this order: length, alphabet, checksum, prefix.
    static func decodePublic(_ text: String) throws(NKeyError) -> (NKeyKind, Bytes32) {
        let raw = try checked(text.utf8, length: publicTextLength)
        guard let kind = NKeyKind(rawValue: raw[0]) else { throw .unknownPrefix(raw[0]) }
        guard let key = Bytes32(raw[1..<33]) else { throw .length(raw.count, expected: 33) }
        return (kind, key)
    }

    /// - Parameter seed: 32 secret bytes.
    /// - Returns: 58 ASCII bytes; the caller wipes them.
    static func encodeSeed(_ kind: NKeyKind, _ seed: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var raw = [seedMarker | kind.rawValue >> 5, (kind.rawValue & 0x1F) << 3]
        raw.reserveCapacity(raw.count + seed.count + checksumLength)
        raw += seed
        raw = withChecksum(raw)
        defer { SecretBytes.wipe(&raw) }
        return Base32.encode(raw)
    }

    static func decodeSeed(_ text: some Collection<UInt8>) throws(NKeyError) -> (NKeyKind, SecretBytes) {
        var raw = try checked(text, length: seedTextLength)
        defer { SecretBytes.wipe(&raw) }
        guard raw[0] & 0xF8 == seedMarker else { throw .notASeed }
        let prefix = (raw[0] & 7) << 5 | (raw[1] & 0xF8) >> 3
        guard let kind = NKeyKind(rawValue: prefix), raw[1] & 7 == 0 else { throw .unknownPrefix(prefix) }
        return (kind, SecretBytes(copying: raw[2..<34]))
    }

    private static func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
        let sum = CRC16.checksum(bytes)
        return bytes + [UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)]
    }

    /// The bytes behind the text without their checksum, which is right.
    private static func checked(_ text: some Collection<UInt8>, length: Int) throws(NKeyError) -> [UInt8] {
        guard text.count == length else { throw .length(text.count, expected: length) }
        var raw: [UInt8]
        do { raw = try Base32.decode(text) } catch {
            switch error {
            case .character(let position): throw .alphabet(position: position)
            case .notCanonical: throw .notCanonical
            }
        }
        let sum = UInt16(raw.removeLast()) << 8 | UInt16(raw.removeLast())
        guard sum == CRC16.checksum(raw) else { throw .checksum }
        return raw
    }
}
