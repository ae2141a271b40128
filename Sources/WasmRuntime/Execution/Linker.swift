/// Matches a module's imports and makes what it declares itself.
enum Linker {
    static func link(_ code: ModuleCode, imports: Imports, store: Store) throws(InstantiationError) -> InstanceStorage {
        var functions: [Function] = []
        var tables: [Table] = []
        var memories: [Memory] = []
        var globals: [Global] = []
        var tags: [ExceptionTag] = []
        for entry in code.contents.imports {
            let item = Import(module: entry.module, name: entry.name, type: entry.type)
            guard let found = imports[entry.module, entry.name] else { throw .missingImport(item) }
            switch (entry.type, found) {
            case (.function(let type), .function(let function)) where function.store === store && function.type == type:
                functions.append(function)
            case (.table(let type), .table(let table))
            where table.type.element == type.element && table.type.address == type.address
                && table.type.size.satisfies(type.size, currentSize: table.count):
                tables.append(table)
            case (.memory(let type), .memory(let memory))
            where memory.type.address == type.address
                && memory.type.size.satisfies(type.size, currentSize: memory.pages):
                memories.append(memory)
            case (.global(let type), .global(let global)) where global.type == type: globals.append(global)
            case (.tag(let type), .tag(let tag)) where tag.type == type: tags.append(tag)
            default: throw .incompatibleImport(item, found: found.typeDescription)
            }
        }
        let total = MemoryBudget(bytesMax: store.limits.totalBytesMax)
        for type in code.contents.tables.dropFirst(code.contents.importedTableCount) {
            guard let table = Table(type, elementsMax: store.limits.tableElementsMax, total: total) else {
                throw refusal(of: type, total, store)
            }
            tables.append(table)
        }
        for type in code.contents.memories.dropFirst(code.contents.importedMemoryCount) {
            guard
                let memory = Memory(type, pagesMax: store.limits.memoryPagesMax, budget: store.budget, total: total)
            else { throw refusal(of: type, total, store) }
            memories.append(memory)
        }
        return InstanceStorage(
            code, store: store, importedFunctions: functions, tables: tables, memories: memories,
            importedGlobals: globals, tags: tags + ownTags(code.contents))
    }

    private static func ownTags(_ contents: ModuleContents) -> [ExceptionTag] {
        let imported = contents.importedTagCount
        guard contents.tags.count > imported else { return [] }
        var names: [Int: String] = [:]
        for export in contents.exports where export.kind == .tag && names[export.index] == nil {
            names[export.index] = export.name
        }
        return (imported..<contents.tags.count).map { ExceptionTag(contents.type(ofTag: $0), name: names[$0]) }
    }

    private static func refusal(of type: TableType, _ total: MemoryBudget, _ store: Store) -> InstantiationError {
        let elementsMax = store.limits.tableElementsMax
        guard type.size.minimum <= elementsMax else {
            return .tooLarge("a table of \(type.size) elements, at most \(elementsMax) allowed")
        }
        return refusal(of: "a table of \(type.size) elements", total)
    }

    private static func refusal(of type: MemoryType, _ total: MemoryBudget, _ store: Store) -> InstantiationError {
        let what = "a memory of \(type.size) pages"
        guard type.size.minimum <= min(store.limits.memoryPagesMax, Memory.addressablePagesMax) else {
            return .tooLarge("\(what), at most \(min(store.limits.memoryPagesMax, Memory.addressablePagesMax)) allowed")
        }
        let bytes = Int(type.size.minimum * MemoryType.pageBytes)
        if bytes > total.bytesMax - total.bytesTaken { return refusal(of: what, total) }
        guard let budget = store.budget, bytes > budget.bytesMax - budget.bytesTaken else {
            return .tooLarge("\(what): the system has no room for it")
        }
        return .tooLarge(
            "\(what): all guests together may have \(budget.bytesMax) bytes, and have \(budget.bytesTaken)")
    }

    private static func refusal(of what: String, _ total: MemoryBudget) -> InstantiationError {
        .tooLarge(
            "\(what): the memories and tables of an instance may have \(total.bytesMax) bytes together, and have "
                + "\(total.bytesTaken)")
    }
}

extension External {
    var typeDescription: String {
        switch self {
        case .function(let function): ExternalType.function(function.type).description
        case .table(let table): ExternalType.table(table.type).description
        case .memory(let memory): ExternalType.memory(memory.type).description
        case .global(let global): ExternalType.global(global.type).description
        case .tag(let tag): ExternalType.tag(tag.type).description
        }
    }
}
