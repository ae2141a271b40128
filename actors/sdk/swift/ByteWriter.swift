internal import CActor

/// Bytes that grow at the end, in one allocation that `finish` hands over.
@frozen
public struct ByteWriter: ~Copyable {
    // Safety: `start` is malloc's, of `capacity` bytes, the first `count` of them initialised; freed by `deinit`, or
    // handed over by `finish`.
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    public private(set) var count = 0

    /// - Parameter capacity: bytes that it takes before it has to grow.
    public init(capacity: Int = 128) {
        self.capacity = capacity
        start = malloc(capacity)!  // never null: it traps where memory ends
    }

    deinit { free(start) }

    public consuming func finish() -> Bytes {
        let bytes = Bytes(owning: start, count: count)
        discard self
        return bytes
    }

    @inline(never)
    private mutating func grow(toHold needed: Int) {
        capacity = max(needed, capacity &* 2)
        start = realloc(start, capacity)!
    }

    /// - Returns: where to write `count` more bytes, which now belong to it.
    @inline(__always)
    private mutating func extend(by more: Int) -> UnsafeMutableRawPointer {
        let end = count + more
        if end > capacity { grow(toHold: end) }
        defer { count = end }
        return start + count
    }

    public mutating func append(_ byte: UInt8) {
        extend(by: 1).storeBytes(of: byte, as: UInt8.self)
    }

    public mutating func append(_ bytes: Bytes) {
        let target = extend(by: bytes.count)
        bytes.withPointer { _ = memcpy(target, $0, bytes.count) }
    }

    public mutating func append(_ text: Text) { append(text.utf8) }

    public mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(bigEndian integer: Integer) {
        extend(by: MemoryLayout<Integer>.size).storeBytes(of: integer.bigEndian, as: Integer.self)
    }

    public mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var divisor: UInt64 = 1
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / divisor % 10))
            divisor /= 10
        }
    }
}
