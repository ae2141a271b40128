extension [String: String] {
    /// In the order of the keys' UTF-8 bytes, the one order that every implementation agrees on.
    public func sortedByKeyBytes() -> [(key: String, value: String)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
