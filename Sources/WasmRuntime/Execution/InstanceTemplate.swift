import CWasmCore

/// What an instance of a module looked like at one moment: memories, globals, tables, segments. Instances of the same
/// module, linked to the same imports in the same order, can be put back to it as often as wanted.
///
/// Shared by all instances of a pool, on any thread: it never changes.
public final class InstanceTemplate: Sendable {
    fileprivate let memories: [MemoryImage]
    /// The cells of its own globals.
    private let globals: [UInt64]
    private let tables: [[UInt64]]
    private let dataCounts: [UInt64]
    private let elementCounts: [UInt64]
    private let code: ModuleCode

    /// Bytes that it keeps.
    public var bytesCount: Int {
        memories.reduce(0) { $0 + Int($1.count) } + 8 * tables.reduce(globals.count) { $0 + $1.count }
    }

    /// Takes the state of an instance that no execution is using, and makes that the state it is reset to from now on.
    /// An imported memory must belong to this instance alone.
    /// - Returns: nil if the module imports a table or a mutable global, or if the instance refers to a caught
    ///   exception: those are not the instance's own.
    public init?(of instance: Instance) {
        let storage = instance.storage
        let contents = storage.code.contents
        guard contents.importedTableCount == 0, !storage.holdsExceptions,
            !contents.globals.prefix(contents.importedGlobalCount).contains(where: \.isMutable)
        else { return nil }
        code = storage.code
        globals = Array(storage.ownGlobalSlots)
        tables = storage.tables.map(\.elements)
        dataCounts = storage.data.map(\.count)
        elementCounts = storage.elements.map(\.count)
        memories = storage.memories.map(MemoryImage.init)
        for table in storage.tables { table.raw.pointee.is_dirty = 0 }
        for memory in storage.memories { wasm_core_memory_clean(memory.raw) }
    }

    /// Puts an instance back: pages that were written, grown pages, globals, tables, dropped segments. A new instance
    /// has all the pages that its data segments wrote marked, so the first reset makes it equal to the others.
    /// - Precondition: the instance is of the same module and no execution is using it.
    /// - Returns: pages of 4 KiB that had to be copied.
    @discardableResult
    public func reset(_ instance: Instance) -> Int {
        let storage = instance.storage
        precondition(storage.code === code, "the template is of another module")
        _ = storage.ownGlobalSlots.update(fromContentsOf: globals)
        for (table, image) in zip(storage.tables, tables) where table.raw.pointee.is_dirty != 0 {
            table.elements = image
            table.raw.pointee.is_dirty = 0
        }
        for (index, count) in dataCounts.enumerated() { storage.data[index].count = count }
        for (index, count) in elementCounts.enumerated() { storage.elements[index].count = count }
        return zip(storage.memories, memories).reduce(0) { $0 + $1.0.restore($1.1) }
    }
}

/// The bytes of a memory at one moment, without the zeros at its end.
final class MemoryImage: Sendable {
    // Safety: written in `init` only, freed in `deinit` only.
    nonisolated(unsafe) let bytes: UnsafePointer<UInt8>
    let count: UInt64
    /// The memory's size.
    let size: UInt64

    init(_ memory: Memory) {
        size = memory.raw.pointee.size
        let base = memory.raw.pointee.base
        var used = Int(size)
        while used > 0, base[used - 1] == 0 { used -= 1 }
        count = UInt64(used)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, used))
        copy.initialize(from: base, count: used)
        bytes = UnsafePointer(copy)
    }

    deinit { bytes.deallocate() }
}

extension Instance {
    /// Links the module and sets it to a template's state, without running its start function again.
    /// - Parameter imports: the same, in the same order, as those of the instance that the template was taken from.
    public convenience init(_ module: Module, imports: Imports, store: Store, template: InstanceTemplate) throws {
        try self.init(module, imports: imports, store: store, runsStart: false)
        storage.markForReset(memoryBytes: template.memories.map(\.count))
        template.reset(self)
    }
}
