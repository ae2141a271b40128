/// CRC-16/XMODEM: polynomial 0x1021, initial value 0, nothing reflected, no final exclusive or.
enum CRC16 {
    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { remainder, _ in
            remainder & 0x8000 == 0 ? remainder << 1 : remainder << 1 ^ 0x1021
        }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        let table = table
        return bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)] }
    }
}
