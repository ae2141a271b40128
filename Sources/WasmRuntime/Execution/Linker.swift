/// Matches a module's imports and makes what it declares itself.
enum Linker {
    static func link(_ code: ModuleCode, imports: Imports, store: Store) throws(InstantiationError) -> InstanceStorage {
        var functions: [Function] = []
        var tables: [Table] = []
        var memories: [Memory] = []
        var globals: [Global] = []
        for entry in code.contents.imports {
            let item = Import(module: entry.module, name: entry.name, type: entry.type)
            guard let found = imports[entry.module, entry.name] else { throw .missingImport(item) }
            switch (entry.type, found) {
            case (.function(let type), .function(let function)) where function.store === store && function.type == type:
                functions.append(function)
            case (.table(let type), .table(let table))
            where table.type.element == type.element && table.type.size.satisfies(type.size, currentSize: table.count):
                tables.append(table)
            case (.memory(let type), .memory(let memory))
            where memory.type.size.satisfies(type.size, currentSize: memory.pages):
                memories.append(memory)
            case (.global(let type), .global(let global)) where global.type == type: globals.append(global)
            default: throw .incompatibleImport(item, found: found.typeDescription)
            }
        }
        for type in code.contents.tables.dropFirst(code.contents.importedTableCount) {
            guard let table = Table(type, elementsMax: store.limits.tableElementsMax) else {
                throw .tooLarge("a table of \(type.size) elements, at most \(store.limits.tableElementsMax) allowed")
            }
            tables.append(table)
        }
        for type in code.contents.memories.dropFirst(code.contents.importedMemoryCount) {
            guard let memory = Memory(type, pagesMax: store.limits.memoryPagesMax, budget: store.budget) else {
                if type.size.minimum <= store.limits.memoryPagesMax, let budget = store.budget {
                    throw .tooLarge(
                        "a memory of \(type.size) pages: all guests together may have \(budget.bytesMax) bytes, and "
                            + "have \(budget.bytesTaken)")
                }
                throw .tooLarge("a memory of \(type.size) pages, at most \(store.limits.memoryPagesMax) allowed")
            }
            memories.append(memory)
        }
        return InstanceStorage(
            code, store: store, importedFunctions: functions, tables: tables, memory: memories.first,
            importedGlobals: globals)
    }
}

extension External {
    var typeDescription: String {
        switch self {
        case .function(let function): ExternalType.function(function.type).description
        case .table(let table): ExternalType.table(table.type).description
        case .memory(let memory): ExternalType.memory(memory.type).description
        case .global(let global): ExternalType.global(global.type).description
        }
    }
}
