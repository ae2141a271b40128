/// A module's bytes, at an address that does not change: readers, code and data segments point into them.
final class ModuleBytes: Sendable {
    // Safety: written only in `init`, freed only in `deinit`.
    nonisolated(unsafe) let start: UnsafePointer<UInt8>
    let count: Int

    init(_ bytes: some Collection<UInt8>) {
        count = bytes.count
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, count))
        _ = buffer.initialize(from: bytes)
        start = UnsafePointer(buffer.baseAddress!)
    }

    deinit { start.deallocate() }

    func copy(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }
}
