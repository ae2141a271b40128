/// Where a module keeps its claims, and the two hashes that claims may carry. Made by one walk over the section
/// headers: linear time, whatever the bytes are.
struct ModuleLayout {
    struct ClaimsSection: Hashable {
        /// The whole section, id and length included.
        let whole: Range<Int>
        let token: Range<Int>
    }

    let bytes: [UInt8]
    let encoding: ModuleEncoding
    /// Those at the top level, in order.
    let claimsSections: [ClaimsSection]
    /// How long each nested module will be when written canonically, in the order in which the walk meets them.
    private let nestedCounts: [Int]

    /// How deep components may nest in real life is two or three.
    static let depthMax = 32

    private static let topLevelNames = ["jwt", "wasmcloud_jwt"].map { Array($0.utf8) }
    private static let nestedNames = ["jwt"].map { Array($0.utf8) }

    init(_ bytes: [UInt8]) throws(ModuleStructureError) {
        var survey = Survey(bytes: bytes)
        encoding = try ModuleEncoding(headerOf: bytes, in: bytes.indices)
        _ = try survey.measure(bytes.indices, as: encoding, depth: 0)
        self.bytes = bytes
        claimsSections = survey.claimsSections
        nestedCounts = survey.nestedCounts
    }

    /// The module without its claims, each length in the shortest form: what tokens of revision 3 carry.
    /// - Source: lattice protocol §2.3.
    func canonicalHash() throws(ModuleStructureError) -> SHA256Digest {
        var hasher = SHA256Hasher(expecting: bytes.count)
        var nested = nestedCounts[...]
        try feed(bytes.indices, as: encoding, depth: 0, &nested, to: &hasher)
        return hasher.finish()
    }

    /// The module with its claims cut out of the bytes: what tokens of revision 2 carry.
    func rawHash() -> SHA256Digest {
        var hasher = SHA256Hasher(expecting: bytes.count)
        for range in kept { update(&hasher, range) }
        return hasher.finish()
    }

    /// The bytes without any claims section.
    func stripped() -> [UInt8] { kept.flatMap { bytes[$0] } }

    private var kept: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for section in claimsSections {
            ranges.append(start..<section.whole.lowerBound)
            start = section.whole.upperBound
        }
        return ranges + [start..<bytes.count]
    }

    private func feed(
        _ range: Range<Int>, as encoding: ModuleEncoding, depth: Int, _ nested: inout ArraySlice<Int>,
        to hasher: inout SHA256Hasher
    ) throws(ModuleStructureError) {
        update(&hasher, range.lowerBound..<range.lowerBound + ModuleEncoding.headerCount)
        var sections = ModuleSections(of: bytes, in: range)
        while let section = try sections.next() {
            if try Self.isClaims(section, in: bytes, depth: depth) { continue }
            if let inner = Self.nestedEncoding(of: section, in: encoding), let count = nested.popFirst() {
                hasher.update(([section.id] + LEB128.minimal(count)).span.bytes)
                try feed(section.payload, as: inner, depth: depth + 1, &nested, to: &hasher)
            } else {
                hasher.update(([section.id] + LEB128.minimal(section.payload.count)).span.bytes)
                update(&hasher, section.payload)
            }
        }
    }

    private func update(_ hasher: inout SHA256Hasher, _ range: Range<Int>) {
        hasher.update(bytes.span.extracting(range).bytes)
    }

    private static func nestedEncoding(of section: ModuleSection, in encoding: ModuleEncoding) -> ModuleEncoding? {
        switch (encoding, section.id) {
        case (.component, ModuleSection.nestedModule): .core
        case (.component, ModuleSection.nestedComponent): .component
        default: nil
        }
    }

    private static func isClaims(
        _ section: ModuleSection, in bytes: [UInt8], depth: Int
    ) throws(ModuleStructureError) -> Bool {
        guard section.id == ModuleSection.custom else { return false }
        let name = try ModuleSections.name(of: section, in: bytes).name
        return (depth == 0 ? topLevelNames : nestedNames).contains { $0.elementsEqual(name) }
    }

    /// The first walk: checks everything that the second one relies on.
    private struct Survey {
        let bytes: [UInt8]
        var claimsSections: [ClaimsSection] = []
        var nestedCounts: [Int] = []

        /// How many bytes this module has when written canonically.
        mutating func measure(
            _ range: Range<Int>, as encoding: ModuleEncoding, depth: Int
        ) throws(ModuleStructureError) -> Int {
            guard depth <= depthMax else { throw .tooDeep(limit: depthMax) }
            var count = ModuleEncoding.headerCount
            var sections = ModuleSections(of: bytes, in: range)
            while let section = try sections.next() {
                if try isClaims(section, in: bytes, depth: depth) {
                    if depth == 0 {
                        let token = try ModuleSections.name(of: section, in: bytes).contents
                        claimsSections.append(ClaimsSection(whole: section.whole, token: token))
                    }
                    continue
                }
                var payloadCount = section.payload.count
                if let inner = nestedEncoding(of: section, in: encoding) {
                    payloadCount = try measureNested(section.payload, as: inner, depth: depth + 1)
                }
                count += 1 + LEB128.minimalCount(payloadCount) + payloadCount
            }
            return count
        }

        private mutating func measureNested(
            _ range: Range<Int>, as encoding: ModuleEncoding, depth: Int
        ) throws(ModuleStructureError) -> Int {
            let found: ModuleEncoding?
            do { found = try ModuleEncoding(headerOf: bytes, in: range) } catch { found = nil }
            guard found == encoding else { throw .nestedKind(at: range.lowerBound) }
            let index = nestedCounts.count
            nestedCounts.append(0)
            let count = try measure(range, as: encoding, depth: depth)
            nestedCounts[index] = count
            return count
        }
    }
}
