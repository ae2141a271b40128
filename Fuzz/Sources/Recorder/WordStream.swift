/// A recording as it is written: words of 64 bits, little-endian. The order is told in `replay/recording.h`.
struct WordStream {
    private(set) var words: [UInt64] = []

    mutating func put(_ word: UInt64) { words.append(word) }
    mutating func put(_ number: Int) { words.append(UInt64(number)) }

    /// A list with its count before it.
    mutating func put(list: some Collection<UInt64>) {
        put(list.count)
        words += list
    }

    /// Bytes with their count before them, filled up to whole words.
    mutating func put(bytes: some Collection<UInt8>) {
        put(bytes.count)
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << shift
            shift += 8
            if shift == 64 {
                words.append(word)
                (word, shift) = (0, 0)
            }
        }
        if shift > 0 { words.append(word) }
    }

    var bytes: [UInt8] {
        words.withUnsafeBytes { Array($0) }
    }
}
