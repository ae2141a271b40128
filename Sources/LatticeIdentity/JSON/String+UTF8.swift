import Glibc

extension String {
    /// Nil unless the bytes are UTF-8. A third of what `String(validating:as:)` costs for short texts.
    @inlinable
    public init?(utf8 bytes: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        self.init(copying: text)
    }

    /// Whether both are the same bytes of UTF-8: `==` takes several spellings of one character for the same.
    package func hasBytes(of other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isEqual = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                guard let start = bytes.baseAddress, let otherStart = others.baseAddress else { return bytes.isEmpty }
                // Safety: both have `bytes.count` bytes.
                return memcmp(start, otherStart, bytes.count) == 0
            }
        }
        return (isEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
