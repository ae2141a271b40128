/// A number of bytes as people write it: `256 MiB`, `64KiB`, `1 GB`, `1000`.
public struct ByteSize: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let bytesCount: Int

    public init(bytesCount: Int) { self.bytesCount = bytesCount }

    public static func kibibytes(_ count: Int) -> ByteSize { ByteSize(bytesCount: count << 10) }
    public static func mebibytes(_ count: Int) -> ByteSize { ByteSize(bytesCount: count << 20) }
    public static func gibibytes(_ count: Int) -> ByteSize { ByteSize(bytesCount: count << 30) }

    private static let units: [(name: String, bytesCount: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000), ("B", 1),
    ]

    /// A whole number and perhaps a unit: `KiB`, `MiB`, `GiB`, `TiB`, by 1024; `kB`, `MB`, `GB`, `TB`, by 1000; `B`.
    /// Nil for anything else and for what does not fit.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits),
            let factor = unit.isEmpty ? 1 : Self.units.first(where: { $0.name == unit })?.bytesCount
        else { return nil }
        let (bytesCount, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytesCount = bytesCount
    }

    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytesCount < right.bytesCount }

    /// By the largest unit that divides it.
    public var description: String {
        for unit in Self.units.prefix(4) where bytesCount != 0 && bytesCount % unit.bytesCount == 0 {
            return "\(bytesCount / unit.bytesCount) \(unit.name)"
        }
        return "\(bytesCount) B"
    }
}
