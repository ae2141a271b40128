/// SHA-256 (FIPS 180-4). It names modules and detects damage; nothing here is secret.
struct SHA256 {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19
    )

    static let digestBytes = 32
    private static let blockBytes = 64

    static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        let whole = bytes.count / blockBytes * blockBytes
        var at = 0
        while at < whole {
            hash.block(bytes, at)
            at += blockBytes
        }
        // The rest, a one bit, zeroes, and the length in bits: one or two blocks more.
        var end = Array(bytes[whole...])
        end.append(0x80)
        while end.count % blockBytes != blockBytes - 8 { end.append(0) }
        let bits = UInt64(bytes.count) << 3
        withUnsafeBytes(of: bits.bigEndian) { end.append(contentsOf: $0) }
        end.withUnsafeBytes { end in
            for at in stride(from: 0, to: end.count, by: blockBytes) { hash.block(end, at) }
        }
        return hash.bytes
    }

    static func hexadecimal(_ digest: [UInt8]) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private var bytes: [UInt8] {
        let (a, b, c, d, e, f, g, h) = state
        return [a, b, c, d, e, f, g, h].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    // Safety: callers give whole blocks; `schedule` has 64 words, and both loops stay below that.
    private mutating func block(_ bytes: UnsafeRawBufferPointer, _ at: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            for index in 0..<16 {
                let word = bytes.loadUnaligned(fromByteOffset: at + index * 4, as: UInt32.self)
                schedule.initializeElement(at: index, to: UInt32(bigEndian: word))
            }
            for index in 16..<64 {
                let (x, y) = (schedule[index - 15], schedule[index - 2])
                let low = Self.rotated(x, 7) ^ Self.rotated(x, 18) ^ x >> 3
                let high = Self.rotated(y, 17) ^ Self.rotated(y, 19) ^ y >> 10
                schedule.initializeElement(at: index, to: schedule[index - 16] &+ low &+ schedule[index - 7] &+ high)
            }
            var (a, b, c, d, e, f, g, h) = state
            for index in 0..<64 {
                let high = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
                let first = h &+ high &+ (e & f ^ ~e & g) &+ Self.constants[index] &+ schedule[index]
                let low = Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)
                let second = low &+ (a & b ^ a & c ^ b & c)
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            }
            state = (
                state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e, state.5 &+ f, state.6 &+ g,
                state.7 &+ h
            )
        }
    }

    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
