/// Random UUIDs (version 4) as lower-case text with hyphens: ids of events and instances.
enum UUIDText {
    static func random() -> String { random { UInt64.random(in: .min ... .max) } }

    /// - Parameter draw: 64 random bits.
    static func random(drawing draw: () -> UInt64) -> String {
        let high = draw() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = draw() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
            hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
