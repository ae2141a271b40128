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
            storage.setElements(index, segment.items.map(evaluate))
        }
        for (index, segment) in contents.elements.enumerated() {
            switch segment.mode {
            case .passive: continue
            case .declarative: break
            case .active(let table, let offset): try copyElements(index, to: table, at: evaluate(offset))
            }
            storage.elements[index].count = 0
        }
        for (index, segment) in contents.data.enumerated() {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            try copyData(index, to: storage.memories[memory], at: evaluate(offset))
            storage.data[index].count = 0
        }
        if runsStart, let start = contents.start { try runStart(Int(start)) }
    }

    private func copyElements(_ segment: Int, to table: Int, at offset: UInt64) throws {
        let source = storage.elements[segment]
        let target = storage.tables[table].raw
        let start = storage.tables[table].type.address == .i32 ? offset & 0xFFFF_FFFF : offset
        guard start <= target.pointee.size, source.count <= target.pointee.size - start else {
            throw InstantiationError.trapped(
                Trap(reason: .tableBounds(index: start, count: source.count), frames: []))
        }
        guard source.count > 0, let references = source.start, let elements = target.pointee.elements else { return }
        UnsafeMutableRawPointer(elements + Int(start)).copyMemory(from: references, byteCount: Int(source.count) * 8)
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
        var stack: [UInt64] = []
        if let first = expression.first { evaluate(first, &stack) }
        for instruction in expression.rest { evaluate(instruction, &stack) }
        return stack.last ?? 0
    }

    /// - Parameter expression: gives a `v128`, so it is a constant or a global.
    private func evaluateVector(_ expression: ConstantExpression) -> Value {
        switch expression.first {
        case .vector(let lower, let upper): .v128(lower: lower, upper: upper)
        case .global(let index): Value(type: .v128, at: storage.global(Int(index)))
        default: .v128(lower: 0, upper: 0)
        }
    }

    private func evaluate(_ instruction: ConstantExpression.Instruction, _ stack: inout [UInt64]) {
        switch instruction {
        case .constant(_, let bits): stack.append(bits)
        case .nullReference, .vector: stack.append(0)
        case .function(let index): stack.append(storage.functions[Int(index)])
        case .global(let index): stack.append(storage.global(Int(index)).pointee)
        case .arithmetic(let operation, let type):
            let right = stack.removeLast()
            let left = stack.removeLast()
            let result =
                switch operation {
                case .add: left &+ right
                case .subtract: left &- right
                case .multiply: left &* right
                }
            stack.append(type == .i32 ? result & 0xFFFF_FFFF : result)
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
