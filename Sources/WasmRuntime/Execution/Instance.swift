import CWasmCore

/// A module linked and initialised in a store.
public final class Instance {
    public let module: Module
    public let store: Store
    let storage: InstanceStorage
    private var exportIndex: [ExactName: ExportEntry] = [:]
    /// The calls that were in progress, if the instance was made from a snapshot.
    public internal(set) var restoredCalls: [Execution] = []

    /// Links, initialises memories, tables and globals, and runs the start function.
    /// - Throws: `InstantiationError`. What segments had been written to imported memories and tables by then stays.
    public convenience init(_ module: Module, imports: Imports = Imports(), store: Store = Store()) throws {
        try self.init(module, imports: imports, store: store, runsStart: true)
    }

    /// Links and initialises, and leaves the start function to the caller, who can then limit it.
    /// - Throws: as `init(_:imports:store:)`.
    public convenience init(deferringStart module: Module, imports: Imports, store: Store) throws {
        try self.init(module, imports: imports, store: store, runsStart: false)
    }

    init(_ module: Module, imports: Imports, store: Store, runsStart: Bool) throws {
        self.module = module
        self.store = store
        storage = try Linker.link(module.code, imports: imports, store: store)
        for export in module.code.contents.exports { exportIndex[ExactName(export.name)] = export }
        try initialize(runsStart: runsStart)
    }

    private func initialize(runsStart: Bool) throws {
        let contents = module.code.contents
        for (index, expression) in contents.globalValues.enumerated() {
            let cell = storage.ownGlobal(index)
            if contents.globals[contents.importedGlobalCount + index].value == .v128 {
                evaluateVector(expression).write(to: cell)
            } else {
                cell.pointee = evaluate(expression)
            }
        }
        for (table, value) in contents.tableValues { storage.tables[table].fill(with: evaluate(value)) }
        for (index, segment) in contents.elements.enumerated() {
            switch segment.mode {
            case .passive: storage.setElements(index, references(segment.items))
            case .declarative: break
            case .active(let table, let offset):
                try copy(references(segment.items), to: storage.tables[table], at: evaluate(offset))
            }
        }
        for (index, segment) in contents.data.enumerated() {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            try copyData(index, to: storage.memories[memory], at: evaluate(offset))
            storage.data[index].count = 0
        }
        if runsStart, let start = contents.start { try runStart(Int(start)) }
    }

    private func references(_ items: ElementSegment.Items) -> [UInt64] {
        switch items {
        case .functions(let indices): indices.map { storage.functions[Int($0)] }
        case .expressions(let expressions): expressions.map(evaluate)
        }
    }

    private func copy(_ references: [UInt64], to table: Table, at offset: UInt64) throws {
        let target = table.raw
        let start = table.type.address == .i32 ? offset & 0xFFFF_FFFF : offset
        let count = UInt64(references.count)
        guard start <= target.pointee.size, count <= target.pointee.size - start else {
            throw InstantiationError.trapped(Trap(reason: .tableBounds(index: start, count: count), frames: []))
        }
        guard count > 0, let elements = target.pointee.elements else { return }
        references.withUnsafeBytes {
            UnsafeMutableRawPointer(elements + Int(start)).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        target.pointee.is_dirty = 1
    }

    private func copyData(_ segment: Int, to memory: Memory, at offset: UInt64) throws {
        let source = storage.data[segment]
        let start = memory.type.address == .i32 ? offset & 0xFFFF_FFFF : offset
        let bytes = UnsafeRawBufferPointer(start: source.start, count: Int(source.count))
        guard memory.contains(start, bytes.count) else {
            let size = UInt64(memory.bytesCount)
            throw InstantiationError.trapped(
                Trap(reason: .memoryBounds(address: start, count: source.count, size: size), frames: []))
        }
        guard !bytes.isEmpty else { return }
        wasm_core_memory_populate(memory.raw, start, UInt64(bytes.count))
        memory.withMutableBytes(UInt32(start), bytes.count) { $0.copyMemory(from: bytes) }
    }

    private func runStart(_ index: Int) throws {
        let function = Function(store: store, reference: storage.functions[index])
        switch try Execution(calling: function, [], fuel: store.limits.startFuel).run() {
        case .finished: return
        case .trapped(let trap): throw InstantiationError.trapped(trap)
        case .failed(let error): throw InstantiationError.failed(error)
        case .suspended, .outOfFuel: throw InstantiationError.suspended
        }
    }

    private func evaluate(_ expression: ConstantExpression) -> UInt64 {
        if expression.isSingle { return expression.first.map(value) ?? 0 }
        var stack: [UInt64] = []
        // It was read before, without an error.
        for instruction in (try? expression.instructions(in: module.code.bytes)) ?? [] {
            if case .arithmetic(let operation, let type) = instruction {
                let right = stack.removeLast()
                let result = operation.apply(stack.removeLast(), right)
                stack.append(type == .i32 ? result & 0xFFFF_FFFF : result)
            } else {
                stack.append(value(instruction))
            }
        }
        return stack.last ?? 0
    }

    /// - Parameter expression: gives a `v128`, so it is a constant or a global.
    private func evaluateVector(_ expression: ConstantExpression) -> Value {
        switch expression.first {
        case .vector(let position):
            let bytes = UnsafeRawPointer(module.code.bytes.start + position)
            return .v128(
                lower: bytes.loadUnaligned(as: UInt64.self),
                upper: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .global(let index): return Value(type: .v128, at: storage.global(Int(index)))
        default: return .v128(lower: 0, upper: 0)
        }
    }

    /// What an instruction gives that takes nothing.
    private func value(_ instruction: ConstantExpression.Instruction) -> UInt64 {
        switch instruction {
        case .constant(_, let bits): bits
        case .nullReference, .vector, .arithmetic: 0
        case .function(let index): storage.functions[Int(index)]
        case .global(let index): storage.global(Int(index)).pointee
        }
    }

    // MARK: Exports

    /// What the module wants to have run before anything else.
    public var startFunction: Function? {
        module.code.contents.start.map { Function(store: store, reference: storage.functions[Int($0)]) }
    }

    public subscript(export name: String) -> External? {
        guard let export = exportIndex[ExactName(name)] else { return nil }
        let contents = module.code.contents
        switch export.kind {
        case .function: return .function(Function(store: store, reference: storage.functions[export.index]))
        case .table: return .table(storage.tables[export.index])
        case .memory: return .memory(storage.memories[export.index])
        case .tag: return .tag(storage.tags[export.index])
        case .global:
            let own = export.index - contents.importedGlobalCount
            if own < 0 { return .global(storage.importedGlobals[export.index]) }
            return .global(
                Global(contents.globals[export.index], cell: storage.ownGlobal(own), owner: storage))
        }
    }

    public func function(_ name: String) -> Function? {
        if case .function(let function)? = self[export: name] { function } else { nil }
    }

    public func global(_ name: String) -> Global? {
        if case .global(let global)? = self[export: name] { global } else { nil }
    }

    /// The module's first memory, exported or not.
    public var memory: Memory? { storage.memory }

    /// All that it has, imported ones first.
    public var memories: [Memory] { storage.memories }
}

extension ConstantExpression.Arithmetic {
    fileprivate func apply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        switch self {
        case .add: left &+ right
        case .subtract: left &- right
        case .multiply: left &* right
        }
    }
}
