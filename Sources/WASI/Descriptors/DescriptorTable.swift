/// A guest's descriptors by number. Free numbers are given out from 3 on: what a program writes to its standard output
/// must not end up in a file that it opened because it was granted none.
struct DescriptorTable {
    private var entries: [Descriptor?] = []
    private let countMax: Int
    private static let standardCount = 3

    init(_ grants: WASIGrants) {
        countMax = max(
            grants.descriptorsMax, Self.standardCount + grants.directories.count + grants.sockets.count)
        entries = [
            grants.standardInput.flatMap(Descriptor.input), grants.standardOutput.flatMap(Descriptor.output),
            grants.standardError.flatMap(Descriptor.output),
        ]
        entries += grants.directories.map(Descriptor.preopen)
        entries += grants.sockets.map { Descriptor.borrowed($0) }
    }

    subscript(number: UInt32) -> Descriptor {
        get throws(WASIErrno) {
            guard number < entries.count, let entry = entries[Int(number)] else { throw .badf }
            return entry
        }
    }

    mutating func insert(_ descriptor: Descriptor) throws(WASIErrno) -> UInt32 {
        let number = entries[Self.standardCount...].firstIndex { $0 == nil } ?? entries.count
        guard number < countMax else { throw .mfile }
        if number == entries.count { entries.append(descriptor) } else { entries[number] = descriptor }
        return UInt32(number)
    }

    mutating func remove(_ number: UInt32) throws(WASIErrno) -> Descriptor {
        let descriptor = try self[number]
        entries[Int(number)] = nil
        return descriptor
    }

    /// What was open under `target` is closed.
    mutating func move(_ number: UInt32, to target: UInt32) throws(WASIErrno) {
        let descriptor = try self[number]
        _ = try self[target]
        entries[Int(number)] = nil
        entries[Int(target)] = descriptor
    }

    /// Every sink that the guest may have left a line in.
    var sinks: [any ByteSink] {
        entries.compactMap { if case .sink(let sink)? = $0?.resource { sink } else { nil } }
    }
}
