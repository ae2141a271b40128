/// The binary format, as far as it is written here.
struct WasmBytes {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }
    mutating func append(_ other: [UInt8]) { bytes += other }

    mutating func unsigned(_ value: Int) {
        var rest = UInt64(value)
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func signed(_ value: Int64) {
        var rest = value
        while true {
            let low = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            if (rest == 0 && low & 0x40 == 0) || (rest == -1 && low & 0x40 != 0) { return bytes.append(low) }
            bytes.append(low | 0x80)
        }
    }

    mutating func fixed(_ value: UInt64, bytesCount: Int) {
        for index in 0..<bytesCount { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    mutating func name(_ text: String) {
        unsigned(text.utf8.count)
        bytes += text.utf8
    }

    /// A list with its count before it.
    mutating func list<Element>(_ elements: [Element], _ write: (inout WasmBytes, Element) -> Void) {
        unsigned(elements.count)
        for element in elements { write(&self, element) }
    }

    mutating func section(_ id: UInt8, _ write: (inout WasmBytes) -> Void) {
        var content = WasmBytes()
        write(&content)
        byte(id)
        sized(content)
    }

    mutating func sized(_ content: WasmBytes) {
        unsigned(content.bytes.count)
        append(content.bytes)
    }

    /// An instruction by its code in the engine's table: 0x100 and more stand behind the prefix 0xFC, 0x200 and more
    /// behind 0xFD.
    mutating func instruction(_ code: Int) {
        if code < 0x100 { return byte(UInt8(code)) }
        byte(code < 0x200 ? 0xFC : 0xFD)
        unsigned(code < 0x200 ? code - 0x100 : code - 0x200)
    }
}
