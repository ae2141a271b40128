import CWasmCore

/// Everything that the instances of a store refer to, each once, in the order in which they refer to it. Two stores whose
/// instances were made and linked in the same way have equal lists.
struct StoreObjects {
    /// One instance's view: positions in the lists below.
    struct View: Equatable {
        var memories: [Int] = []
        var tables: [Int] = []
        var globals: [Int] = []
        var tags: [Int] = []
    }

    /// A global, at whoever's address it is.
    struct GlobalCell {
        let cell: UnsafeMutablePointer<UInt64>
        let type: GlobalType
    }

    private(set) var memories: [Memory] = []
    private(set) var tables: [Table] = []
    private(set) var globals: [GlobalCell] = []
    private(set) var tags: [ExceptionTag] = []
    private(set) var views: [View] = []

    init(_ store: Store) {
        var memoryIndex: [ObjectIdentifier: Int] = [:]
        var tableIndex: [ObjectIdentifier: Int] = [:]
        var tagIndex: [ObjectIdentifier: Int] = [:]
        var globalIndex: [UnsafeMutablePointer<UInt64>: Int] = [:]
        for instance in store.instances {
            var view = View()
            for memory in instance.memories {
                view.memories.append(Self.index(of: memory, &memories, &memoryIndex, ObjectIdentifier(memory)))
            }
            for table in instance.tables {
                view.tables.append(Self.index(of: table, &tables, &tableIndex, ObjectIdentifier(table)))
            }
            for tag in instance.tags {
                view.tags.append(Self.index(of: tag, &tags, &tagIndex, ObjectIdentifier(tag)))
            }
            let contents = instance.code.contents
            for (index, type) in contents.globals.enumerated() {
                let own = index - contents.importedGlobalCount
                let cell = own < 0 ? instance.importedGlobals[index].cell : instance.ownGlobal(own)
                view.globals.append(
                    Self.index(of: GlobalCell(cell: cell, type: type), &globals, &globalIndex, cell))
            }
            views.append(view)
        }
    }

    private static func index<Object, Key: Hashable>(
        of object: Object, _ list: inout [Object], _ indices: inout [Key: Int], _ key: Key
    ) -> Int {
        if let index = indices[key] { return index }
        indices[key] = list.count
        list.append(object)
        return list.count - 1
    }
}
