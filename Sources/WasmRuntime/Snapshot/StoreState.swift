import CWasmCore

/// What a snapshot wants a store to become. Everything has been compared with the store before anything is written.
struct StoreState {
    struct MemoryState {
        let memory: Memory
        let pages: UInt64
        /// Ascending, apart from each other, inside of the pages.
        let runs: [(start: Int, bytes: UnsafeRawBufferPointer)]
    }

    struct TableState {
        let table: Table
        let size: UInt64
        let runs: [(start: Int, references: [UInt64])]
    }

    var memories: [MemoryState] = []
    var tables: [TableState] = []
    var globals: [(cell: UnsafeMutablePointer<UInt64>, value: Value)] = []
    /// Elements of each segment that are left, for each instance.
    var data: [[UInt64]] = []
    var elements: [[UInt64]] = []

    /// - Throws: `.tooLarge`, with nothing written, though memories and tables may have grown.
    func write(to store: Store) throws(SnapshotError) {
        let sizes = memories.map(\.memory.bytesCount)
        for state in memories { try grow(state) }
        for state in tables { try grow(state) }
        for (state, size) in zip(memories, sizes) { fill(state, sizeBefore: size) }
        for state in tables { fill(state) }
        for (cell, value) in globals { value.write(to: cell) }
        for (index, instance) in store.instances.enumerated() {
            for (segment, count) in data[index].enumerated() { instance.data[segment].count = count }
            for (segment, count) in elements[index].enumerated() { instance.elements[segment].count = count }
        }
    }

    private func grow(_ state: MemoryState) throws(SnapshotError) {
        guard state.memory.grow(by: state.pages - state.memory.pages) != nil else {
            throw .tooLarge("a memory of \(state.pages) pages, and there is no room left for it")
        }
    }

    private func grow(_ state: TableState) throws(SnapshotError) {
        guard state.table.grow(by: state.size - state.table.count, filling: 0) != nil else {
            throw .tooLarge("a table of \(state.size) elements, and there is no room left for it")
        }
    }

    // Safety: runs lie inside of the memory, as the reader has checked and `grow` has made true.
    private func fill(_ state: MemoryState, sizeBefore: Int) {
        let bytes = UnsafeMutableRawBufferPointer(
            start: state.memory.raw.pointee.base, count: state.memory.bytesCount)
        var end = 0
        for run in state.runs {
            clear(bytes, end..<max(end, min(run.start, sizeBefore)))
            UnsafeMutableRawBufferPointer(rebasing: bytes[run.start..<(run.start + run.bytes.count)])
                .copyMemory(from: run.bytes)
            end = run.start + run.bytes.count
        }
        clear(bytes, end..<max(end, sizeBefore))
        // A template that the instance is put back to later must look at all of it.
        wasm_core_memory_mark(state.memory.raw, 0, UInt64(bytes.count))
    }

    /// Zeroes what is not zero yet: pages that nobody has written stay untouched.
    private func clear(_ bytes: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: SnapshotFormat.pageBytes) {
            let page = UnsafeMutableRawBufferPointer(
                rebasing: bytes[start..<min(start + SnapshotFormat.pageBytes, range.upperBound)])
            if page.contains(where: { $0 != 0 }) { page.initializeMemory(as: UInt8.self, repeating: 0) }
        }
    }

    private func fill(_ state: TableState) {
        guard let elements = state.table.raw.pointee.elements else { return }
        for index in 0..<Int(state.size) { elements[index] = 0 }
        for run in state.runs {
            for (index, reference) in run.references.enumerated() { elements[run.start + index] = reference }
        }
        state.table.raw.pointee.is_dirty = 1
    }
}
