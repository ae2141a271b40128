import CWasmCore

/// The parts of an instance, at addresses that do not change. The store owns it; `Instance` is its public face.
final class InstanceStorage {
    let code: ModuleCode
    // Safety: one allocation: the context and behind it the own globals' cells. The arrays that the context points to
    // are allocated in `init` and freed in `deinit`.
    let context: UnsafeMutablePointer<WasmContext>
    let functions: UnsafeMutablePointer<UInt64>
    private let tablePointers: UnsafeMutablePointer<UnsafeMutablePointer<WasmTable>>
    private let memoryPointers: UnsafeMutablePointer<UnsafeMutablePointer<WasmMemory>>
    private let globalCells: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>
    let data: UnsafeMutableBufferPointer<WasmSegment>
    let elements: UnsafeMutableBufferPointer<WasmSegment>
    /// Kept for the references above.
    let tables: [Table]
    let memories: [Memory]
    let importedGlobals: [Global]
    let tags: [ExceptionTag]

    init(
        _ code: ModuleCode, store: Store, importedFunctions: [Function], tables: [Table], memories: [Memory],
        importedGlobals: [Global], tags: [ExceptionTag]
    ) {
        self.code = code
        self.tables = tables
        self.memories = memories
        self.importedGlobals = importedGlobals
        self.tags = tags
        let contents = code.contents
        let bytes = Int(WASM_CONTEXT_GLOBALS) + 8 * Int(contents.ownGlobalSlots)
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        context = block.bindMemory(to: WasmContext.self, capacity: 1)
        functions = .allocate(capacity: max(1, contents.functions.count))
        tablePointers = .allocate(capacity: max(1, tables.count))
        memoryPointers = .allocate(capacity: max(1, memories.count))
        globalCells = .allocate(capacity: max(1, importedGlobals.count))
        data = .allocate(capacity: contents.data.count)
        elements = .allocate(capacity: contents.elements.count)
        for (index, table) in tables.enumerated() { (tablePointers + index).initialize(to: table.raw) }
        for (index, memory) in memories.enumerated() {
            (memoryPointers + index).initialize(to: memory.raw)
        }
        for (index, global) in importedGlobals.enumerated() { (globalCells + index).initialize(to: global.cell) }
        for (index, segment) in contents.data.enumerated() {
            data.initializeElement(
                at: index,
                to: WasmSegment(start: code.bytes.start + segment.bytes.lowerBound, count: UInt64(segment.bytes.count)))
        }
        elements.initialize(repeating: WasmSegment(start: nil, count: 0))
        let functions = functions
        let context = context
        context.initialize(
            to: WasmContext(
                stack_limit: nil, memory: memories.first?.raw ?? store.noMemory, tables: tablePointers,
                store: store.raw, functions: functions, imported_globals: globalCells, data: data.baseAddress,
                elements: elements.baseAddress, execution: nil, index: 0, memories: memoryPointers,
                memory_count: UInt64(memories.count)))
        for (index, function) in importedFunctions.enumerated() {
            (functions + index).initialize(to: function.reference)
        }
        var kinds = [Store.FunctionKind?](repeating: nil, count: contents.types.count)
        for index in importedFunctions.count..<contents.functions.count {
            let type = Int(contents.functions[index])
            let kind = kinds[type] ?? store.kind(of: contents.types[type])
            kinds[type] = kind
            (functions + index).initialize(
                to: store.add(entry: UnsafePointer(code.entries + index), context: context, kind))
        }
        context.pointee.index = UInt64(store.add(self))
    }

    deinit {
        for segment in elements { segment.start?.deallocate() }
        data.deallocate()
        elements.deallocate()
        globalCells.deallocate()
        memoryPointers.deallocate()
        tablePointers.deallocate()
        functions.deallocate()
        UnsafeMutableRawPointer(context).deallocate()
    }

    /// The cell of a global that the instance defines itself.
    /// - Parameter index: counts from the first that is not imported.
    func ownGlobal(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        ownGlobalSlots.baseAddress! + Int(code.contents.globalSlots[index])
    }

    /// The cells of all globals that the instance defines itself.
    var ownGlobalSlots: UnsafeMutableBufferPointer<UInt64> {
        let start = UnsafeMutableRawPointer(context) + Int(WASM_CONTEXT_GLOBALS)
        return UnsafeMutableBufferPointer(
            start: start.assumingMemoryBound(to: UInt64.self), count: Int(code.contents.ownGlobalSlots))
    }

    /// The cell of a global, imported or not.
    func global(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        let imported = code.contents.importedGlobalCount
        return index < imported ? importedGlobals[index].cell : ownGlobal(index - imported)
    }

    /// The first memory, which most modules have alone.
    var memory: Memory? { memories.first }

    /// Makes the next reset restore the first bytes of each memory, and all tables.
    func markForReset(memoryBytes: [UInt64]) {
        for (memory, bytes) in zip(memories, memoryBytes) {
            wasm_core_memory_mark(memory.raw, 0, min(bytes, memory.raw.pointee.reserved))
        }
        for table in tables { table.raw.pointee.is_dirty = 1 }
    }

    /// Fills an element segment; once, at instantiation.
    func setElements(_ index: Int, _ references: [UInt64]) {
        guard !references.isEmpty else { return }
        let copy = UnsafeMutablePointer<UInt64>.allocate(capacity: references.count)
        copy.initialize(from: references, count: references.count)
        elements[index] = WasmSegment(start: UnsafeRawPointer(copy), count: UInt64(references.count))
    }
}
