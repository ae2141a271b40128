import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Entries of the data bucket that look like links and are none, with as much of their text as can be read, so that a
/// person sees them. Bounded: beyond the limit they are only counted.
struct RefusedLinks: Sendable {
    static let countMax = 1_000
    /// Of the texts of one entry; longer ones are left out.
    static let bytesMax = 8 << 10

    private var links: [MetadataKey: LinkReport] = [:]

    var all: [LinkReport] { links.sorted { $0.key.text < $1.key.text }.map(\.value) }

    mutating func put(_ key: MetadataKey, _ value: [UInt8], reason: String) {
        guard links[key] != nil || links.count < Self.countMax else { return }
        var report: LinkReport?
        if value.count <= Self.bytesMax { report = try? LinkReport(json: value) }
        var shown = report ?? LinkReport(actor: "", provider: "", contract: "", link: "", values: [:], state: .refused)
        shown.state = .refused
        shown.reason = "the entry '\(key)' is no link: \(reason)"
        links[key] = shown
    }

    mutating func remove(_ key: MetadataKey) { links[key] = nil }
    mutating func removeAll() { links = [:] }
}
