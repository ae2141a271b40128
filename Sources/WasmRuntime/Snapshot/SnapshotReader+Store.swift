import CWasmCore

/// Instances, memories, tables and globals, compared with those of the store that is to become like them.
extension SnapshotReader {
    mutating func state(for store: Store) throws(SnapshotError) -> StoreState {
        let objects = StoreObjects(store)
        var state = StoreState()
        let instanceCount = try u32()
        guard instanceCount == store.instances.count else {
            throw .linkedDifferently("it has \(instanceCount) instances, the store \(store.instances.count)")
        }
        for index in 0..<instanceCount { try instance(index, store.instances[index], objects.views[index], &state) }
        try exceptions(objects, store)
        try expect("memories", objects.memories.count)
        for memory in objects.memories { state.memories.append(try self.memory(memory)) }
        try expect("tables", objects.tables.count)
        for table in objects.tables { state.tables.append(try self.table(table)) }
        try expect("globals", objects.globals.count)
        for global in objects.globals { state.globals.append((global.cell, try self.global(global))) }
        return state
    }

    private mutating func expect(_ what: String, _ expected: Int) throws(SnapshotError) {
        let count = try u32()
        guard count == expected else { throw .linkedDifferently("it has \(count) \(what), the store \(expected)") }
    }

    private mutating func instance(
        _ index: Int, _ instance: InstanceStorage, _ view: StoreObjects.View, _ state: inout StoreState
    ) throws(SnapshotError) {
        let digest = try slice(UInt64(SHA256.digestBytes))
        let bytesCount = try integer(UInt64.self)
        let code = instance.code
        guard bytesCount == UInt64(code.bytes.count), digest.elementsEqual(code.digest.bytes) else {
            throw .otherModule(
                instance: index, found: SHA256.hexadecimal(code.digest.bytes),
                expected: SHA256.hexadecimal(Array(digest)))
        }
        let found = StoreObjects.View(
            memories: try indices("memories"), tables: try indices("tables"), globals: try indices("globals"),
            tags: try indices("tags"))
        guard found == view else {
            throw .linkedDifferently("instance \(index) shares memories, tables, globals or tags with others")
        }
        state.data.append(
            try segments(code.contents.data.map { (UInt64($0.bytes.count), $0.mode.isActive) }))
        state.elements.append(
            try segments(code.contents.elements.map { (UInt64($0.items.count), !$0.mode.isPassive) }))
    }

    private mutating func indices(_ what: String) throws(SnapshotError) -> [Int] {
        var indices: [Int] = []
        for _ in 0..<(try count(what, bytes: 4)) { indices.append(try u32()) }
        return indices
    }

    /// - Returns: what is left of each segment.
    private mutating func segments(_ segments: [(count: UInt64, isSpent: Bool)]) throws(SnapshotError) -> [UInt64] {
        guard try u32() == segments.count else { throw malformed("not the count of the module's segments") }
        var left: [UInt64] = []
        left.reserveCapacity(segments.count)
        for segment in segments {
            let isDropped = try flag()
            guard isDropped || (segment.count > 0 && !segment.isSpent) else {
                throw malformed("a segment that cannot be in use any more")
            }
            left.append(isDropped ? 0 : segment.count)
        }
        return left
    }

    // MARK: Memories

    private mutating func memory(_ memory: Memory) throws(SnapshotError) -> StoreState.MemoryState {
        guard try size() == (memory.type.size, memory.type.address) else {
            throw .linkedDifferently("a memory of another type")
        }
        let pages = try integer(UInt64.self)
        guard pages <= memory.pagesMax else {
            throw .tooLarge("a memory of \(pages) pages, at most \(memory.pagesMax) allowed")
        }
        guard pages >= memory.pages else {
            throw .linkedDifferently("a memory has \(memory.pages) pages, and \(pages) in the snapshot")
        }
        let bytesCount = pages * MemoryType.pageBytes
        var runs: [(start: Int, bytes: UnsafeRawBufferPointer)] = []
        var end: UInt64 = 0
        for _ in 0..<(try count("pieces of memory", bytes: 16 + SnapshotFormat.pageBytes)) {
            let (start, count) = try run(behind: end, upTo: bytesCount, unit: UInt64(SnapshotFormat.pageBytes))
            runs.append((Int(start), try slice(count)))
            end = start + count
        }
        return StoreState.MemoryState(memory: memory, pages: pages, runs: runs)
    }

    /// - Returns: a range that is not empty, starts at `end` or later, and ends at `limit` or earlier.
    private mutating func run(
        behind end: UInt64, upTo limit: UInt64, unit: UInt64
    ) throws(SnapshotError) -> (start: UInt64, count: UInt64) {
        let start = try integer(UInt64.self)
        let count = try integer(UInt64.self)
        guard start % unit == 0, count % unit == 0, count > 0 else { throw malformed("a piece of no whole pages") }
        guard start >= end, start <= limit, count <= limit - start else {
            throw malformed("a piece at \(start) of \(count), out of order or out of bounds")
        }
        return (start, count)
    }

    // MARK: Tables and globals

    private mutating func table(_ table: Table) throws(SnapshotError) -> StoreState.TableState {
        guard try type() == table.type.element, try size() == (table.type.size, table.type.address) else {
            throw .linkedDifferently("a table of another type")
        }
        let size = try integer(UInt64.self)
        guard size <= table.elementsMax else {
            throw .tooLarge("a table of \(size) elements, at most \(table.elementsMax) allowed")
        }
        guard size >= table.count else {
            throw .linkedDifferently("a table has \(table.count) elements, and \(size) in the snapshot")
        }
        var runs: [(start: Int, references: [UInt64])] = []
        var end: UInt64 = 0
        for _ in 0..<(try count("pieces of a table", bytes: 24)) {
            let (start, count) = try run(behind: end, upTo: size, unit: 1)
            runs.append((Int(start), try references(count, table.type.element)))
            end = start + count
        }
        return StoreState.TableState(table: table, size: size, runs: runs)
    }

    private mutating func references(_ count: UInt64, _ type: ValueType) throws(SnapshotError) -> [UInt64] {
        guard count <= bytesLeft / 8 else { throw malformed("unexpected end") }
        var references: [UInt64] = []
        references.reserveCapacity(Int(count))
        for _ in 0..<count { references.append(try reference(type)) }
        return references
    }

    private mutating func global(_ global: StoreObjects.GlobalCell) throws(SnapshotError) -> Value {
        let isMutable = try flag()
        let value = try value()
        guard isMutable == global.type.isMutable, value.type == global.type.value else {
            throw .linkedDifferently("a global of another type")
        }
        guard isMutable || value == Value(type: value.type, at: global.cell) else {
            throw .linkedDifferently("a global that does not change has another value")
        }
        return value
    }
}

extension DataSegment.Mode {
    var isActive: Bool { if case .active = self { true } else { false } }
}

extension ElementSegment.Mode {
    var isPassive: Bool { if case .passive = self { true } else { false } }
}
