/// Modules of bytes, where the assembler knows no text for them.
enum BinaryModule {
    static let i32: UInt8 = 0x7F, i64: UInt8 = 0x7E, f64: UInt8 = 0x7C, funcRef: UInt8 = 0x70, exnRef: UInt8 = 0x69

    /// - Parameter sections: whole ones, in the order of the format.
    static func module(_ sections: [UInt8]...) -> [UInt8] {
        [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + Array(sections.joined())
    }

    static func section(_ id: UInt8, _ items: [UInt8]...) -> [UInt8] { section(id, items) }

    static func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
        let content = unsigned(UInt64(items.count)) + Array(items.joined())
        return [id] + unsigned(UInt64(content.count)) + content
    }

    static func type(_ parameters: [UInt8], _ results: [UInt8]) -> [UInt8] {
        [0x60] + unsigned(UInt64(parameters.count)) + parameters + unsigned(UInt64(results.count)) + results
    }

    /// - Parameter locals: one group for each.
    static func body(locals: [UInt8] = [], _ code: [UInt8]) -> [UInt8] {
        let content = unsigned(UInt64(locals.count)) + locals.flatMap { [1, $0] } + code + [0x0B]
        return unsigned(UInt64(content.count)) + content
    }

    static func export(_ name: String, _ kind: UInt8, _ index: UInt8) -> [UInt8] { text(name) + [kind, index] }

    static func text(_ text: String) -> [UInt8] { unsigned(UInt64(text.utf8.count)) + Array(text.utf8) }

    static func unsigned(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + unsigned(value >> 7)
    }

    static func signed(_ value: Int64) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: value & 0x7F)
        let rest = value >> 7
        let isLast = (rest == 0 && low & 0x40 == 0) || (rest == -1 && low & 0x40 != 0)
        return isLast ? [low] : [low | 0x80] + signed(rest)
    }
}
