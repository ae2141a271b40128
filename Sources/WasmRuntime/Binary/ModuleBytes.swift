/// A module's bytes, at an address that does not change: readers, code and data segments point into them.
final class ModuleBytes: Sendable {
    private let bytes: [UInt8]
    // Safety: the elements of an array lie in one object of the heap, which stays where it is for as long as somebody
    // holds it; through a constant nobody can write to them.
    nonisolated(unsafe) let start: UnsafePointer<UInt8>
    var count: Int { bytes.count }

    /// Nothing is copied: `bytes` itself is held.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        start = bytes.withUnsafeBufferPointer { $0.baseAddress } ?? Self.nothing
    }

    // Safety: never read.
    nonisolated(unsafe) private static let nothing = UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    func copy(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}
