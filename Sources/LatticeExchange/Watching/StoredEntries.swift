import LatticeBus

/// The values of one bucket that count here, as they were told or restored. Bounded.
struct StoredEntries: Sendable {
    /// As many keys as a bucket is ever asked for.
    static let countMaxDefault = 100_000
    /// Half of what is read back from disk.
    static let bytesMaxDefault = 32 << 20

    private(set) var values: [MetadataKey: [UInt8]] = [:]
    /// Known from an earlier time: the bucket may have lost them since.
    private var unconfirmed: Set<MetadataKey> = []
    private var bytesCount = 0
    let countMax: Int
    let bytesMax: Int

    init(countMax: Int = countMaxDefault, bytesMax: Int = bytesMaxDefault) {
        self.countMax = countMax
        self.bytesMax = bytesMax
    }

    /// How much of the room an entry may fill up.
    enum Share: Int {
        case all = 1
        case half = 2
    }

    func contains(_ key: MetadataKey) -> Bool { values[key] != nil }

    /// - Returns: whether there was room.
    mutating func put(_ key: MetadataKey, _ value: [UInt8], _ share: Share = .all) -> Bool {
        let previous = values[key]
        let growth = value.count - (previous?.count ?? 0)
        guard previous != nil || values.count < (countMax + share.rawValue - 1) / share.rawValue,
            growth <= 0 || bytesCount + growth <= bytesMax / share.rawValue
        else { return false }
        values[key] = value
        bytesCount += growth
        unconfirmed.remove(key)
        return true
    }

    /// - Returns: whether it was there.
    mutating func remove(_ key: MetadataKey) -> Bool {
        unconfirmed.remove(key)
        guard let previous = values.removeValue(forKey: key) else { return false }
        bytesCount -= previous.count
        return true
    }

    /// From now on everything is told anew.
    mutating func beginAnew() { unconfirmed = Set(values.keys) }

    /// What was not told anew.
    mutating func takeUnconfirmed() -> [MetadataKey] {
        defer { unconfirmed = [] }
        return unconfirmed.sorted { $0.text < $1.text }
    }
}
