/// Unsigned numbers of 32 bits as WebAssembly writes them, in one to five bytes.
enum LEB128 {
    /// Takes any form, also longer ones than needed.
    struct Reader {
        let bytes: [UInt8]
        private(set) var position: Int
        let end: Int

        init(bytes: [UInt8], position: Int, end: Int) {
            self.bytes = bytes
            self.position = position
            self.end = end
        }

        mutating func readUInt32() throws(ModuleStructureError) -> UInt32 {
            let start = position
            var value: UInt32 = 0
            for shift: UInt32 in [0, 7, 14, 21, 28] {
                guard position < end else { throw .truncated(at: start) }
                let byte = bytes[position]
                position += 1
                if shift == 28, byte > 0x0F { throw .badLength(at: start) }
                value |= UInt32(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            throw .badLength(at: start)
        }
    }

    /// The shortest form of a number that is not negative.
    static func minimal(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    /// How many bytes the shortest form has.
    static func minimalCount(_ value: Int) -> Int { max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7) }
}
