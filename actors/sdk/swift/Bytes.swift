internal import CActor

/// An immutable run of bytes. Slices share their storage; what a literal gives has none.
public struct Bytes: Equatable, @unchecked Sendable {
    /// Memory from `malloc` that dies with the last slice of it.
    private final class Storage {
        let start: UnsafeMutableRawPointer

        init(_ start: UnsafeMutableRawPointer) { self.start = start }
        deinit { free(start) }
    }

    // Safety: `start` points to `count` initialised bytes inside `storage`, or inside the module's constants where there
    // is none. Nobody writes to them after `init`.
    private let storage: Storage?
    private let start: UnsafePointer<UInt8>
    public let count: Int

    private init(_ storage: Storage?, _ start: UnsafePointer<UInt8>, _ count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    public init() { self.init("" as StaticString) }

    public init(_ constant: StaticString) {
        self.init(nil, constant.utf8Start, constant.utf8CodeUnitCount)
    }

    /// - Parameter start: of `count` initialised bytes from `malloc`, which nobody else will write or free.
    init(owning start: UnsafeMutableRawPointer, count: Int) {
        self.init(Storage(start), UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count)
    }

    /// Bytes that `fill` writes, all `count` of them.
    init(count: Int, filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        guard let memory = malloc(count) else {
            self.init()
            return
        }
        fill(memory.assumingMemoryBound(to: UInt8.self))
        self.init(owning: memory, count: count)
    }

    /// A copy.
    public init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { target in
            for (index, byte) in bytes.enumerated() { target[index] = byte }
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// - Precondition: `index` is one of its bytes.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return start[index]
    }

    /// - Precondition: the range is inside.
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Bytes(storage, start + range.lowerBound, range.count)
    }

    /// Gives the bytes in place, for the time of the call.
    @inline(__always)
    func withPointer<Result, Failure: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withExtendedLifetime(storage) { () throws(Failure) -> Result in try body(start) }
    }

    public static func == (left: Bytes, right: Bytes) -> Bool {
        left.count == right.count
            && left.withPointer { a in right.withPointer { b in memcmp(a, b, left.count) == 0 } }
    }
}

extension Bytes: Sequence {
    public struct Iterator: IteratorProtocol {
        let bytes: Bytes
        private var index = 0

        init(_ bytes: Bytes) { self.bytes = bytes }

        public mutating func next() -> UInt8? {
            guard index < bytes.count else { return nil }
            defer { index += 1 }
            return bytes[index]
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }
    public var underestimatedCount: Int { count }
}
