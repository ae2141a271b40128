import CWasmCore

/// A function of a store: a guest's or the host's.
public struct Function {
    let store: Store
    /// Its reference: an index into the store's functions.
    let reference: UInt64

    public var type: FunctionType { store.type(of: reference) }
}

/// Everything that instances which can call each other share. Not to be used by two threads at once.
public final class Store {
    /// A host function as the store knows it.
    struct Host {
        let function: HostFunction
        /// For messages.
        let name: String
    }

    /// Code that enters a function of one type from another instance or leaves for the host.
    struct Bridge {
        let words: UnsafeMutablePointer<UInt64>
        static let hostEntry = 1
        static let instanceEntry = 5
        static let instanceReturn = 7
        static let count = 9
    }

    public let limits: InstanceLimits
    let budget: MemoryBudget?
    // Safety: allocated in `init`, freed in `deinit`; `functions` and `contexts` are replaced only by `add…`, which no
    // running guest can call.
    let raw: UnsafeMutablePointer<WasmStore>
    private var functionCapacity = 64
    private(set) var functionCount = 1
    private var contextCapacity = 4
    private(set) var instances: [InstanceStorage] = []
    private(set) var hosts: [UInt64: Host] = [:]
    // Safety: each is held by `hosts`; the array grows only while no guest runs, and is freed in `deinit`.
    private var hostDefinitions: UnsafeMutablePointer<Unmanaged<HostFunction.Definition>>
    private var hostCapacity = 16
    private var types: [FunctionType] = [FunctionType()]
    private var bridges: [UInt32: Bridge] = [:]
    private var registered: [FunctionType: UInt32] = [:]
    private var idleStacks: [GuestStack] = []
    /// Calls that have a stack.
    private(set) var executions: [UnsafeMutablePointer<WasmExecution>] = []
    var exceptions: ExceptionTable
    /// What a memory is for a module that has none.
    let noMemory: UnsafeMutablePointer<WasmMemory>

    /// - Parameter budget: what the memories of this store share with those of others.
    public init(limits: InstanceLimits = InstanceLimits(), budget: MemoryBudget? = nil) {
        self.limits = limits
        self.budget = budget
        exceptions = ExceptionTable(countMax: limits.exceptionsMax)
        raw = .allocate(capacity: 1)
        let functions = UnsafeMutablePointer<WasmFunction>.allocate(capacity: functionCapacity)
        let contexts = UnsafeMutablePointer<UnsafeMutablePointer<WasmContext>>.allocate(capacity: contextCapacity)
        raw.initialize(to: WasmStore(functions: functions, contexts: contexts))
        noMemory = .allocate(capacity: 1)
        noMemory.initialize(
            to: WasmMemory(
                base: UnsafeMutableRawPointer(raw).assumingMemoryBound(to: UInt8.self), size: 0, reserved: 0,
                owner: nil))
        hostDefinitions = .allocate(capacity: hostCapacity)
    }

    deinit {
        for type in registered.keys { TypeRegistry.release(type) }
        for bridge in bridges.values { bridge.words.deallocate() }
        raw.pointee.functions.deallocate()
        raw.pointee.contexts.deallocate()
        raw.deallocate()
        noMemory.deallocate()
        hostDefinitions.deallocate()
    }

    func type(of reference: UInt64) -> FunctionType { types[Int(reference)] }

    // MARK: Functions

    /// Makes a host function importable and callable.
    public func add(_ function: HostFunction, name: String = "host function") -> Function {
        let bridge = bridge(function.type)
        let reference = add(
            WasmFunction(
                entry: nil, bridge: bridge.words + Bridge.hostEntry, context: nil, type: id(of: function.type),
                host: UInt32(hosts.count)),
            function.type)
        addDefinition(function.definition)
        hosts[reference] = Host(function: function, name: name)
        return Function(store: self, reference: reference)
    }

    private func addDefinition(_ definition: HostFunction.Definition) {
        if hosts.count == hostCapacity {
            let larger = UnsafeMutablePointer<Unmanaged<HostFunction.Definition>>.allocate(capacity: hostCapacity * 2)
            larger.update(from: hostDefinitions, count: hosts.count)
            hostDefinitions.deallocate()
            hostDefinitions = larger
            hostCapacity *= 2
        }
        (hostDefinitions + hosts.count).initialize(to: .passUnretained(definition))
    }

    /// A host function that a guest calls, without counting references.
    /// - Precondition: the reference is a host function's.
    @inline(__always)
    func definition(of reference: UInt64) -> Unmanaged<HostFunction.Definition> {
        hostDefinitions[Int(raw.pointee.functions[Int(reference)].host)]
    }

    /// What all functions of one type have in common.
    struct FunctionKind {
        let type: FunctionType
        let id: UInt32
        fileprivate let bridge: UnsafePointer<UInt64>
    }

    /// To be asked for once for each type of a module, not for each function.
    func kind(of type: FunctionType) -> FunctionKind {
        FunctionKind(type: type, id: id(of: type), bridge: bridge(type).words + Bridge.instanceEntry)
    }

    /// Adds a function of an instance.
    /// - Returns: its reference.
    func add(
        entry: UnsafePointer<UnsafePointer<UInt64>?>, context: UnsafeMutablePointer<WasmContext>, _ kind: FunctionKind
    ) -> UInt64 {
        add(WasmFunction(entry: entry, bridge: kind.bridge, context: context, type: kind.id, host: 0), kind.type)
    }

    private func add(_ function: WasmFunction, _ type: FunctionType) -> UInt64 {
        if functionCount == functionCapacity {
            let larger = UnsafeMutablePointer<WasmFunction>.allocate(capacity: functionCapacity * 2)
            // Index 0 is the null reference, never looked at.
            (larger + 1).update(from: raw.pointee.functions + 1, count: functionCount - 1)
            raw.pointee.functions.deallocate()
            raw.pointee.functions = larger
            functionCapacity *= 2
        }
        (raw.pointee.functions + functionCount).initialize(to: function)
        types.append(type)
        functionCount += 1
        return UInt64(functionCount - 1)
    }

    private func id(of type: FunctionType) -> UInt32 {
        if let id = registered[type] { return id }
        let id = TypeRegistry.register(type)
        registered[type] = id
        return id
    }

    private func bridge(_ type: FunctionType) -> Bridge {
        let id = id(of: type)
        if let bridge = bridges[id] { return bridge }
        let header = type.headerSlot
        let shape = CodeBuffer.word(
            a: type.parameterSlots, b: type.resultSlots, immediate: Int32(header))
        let handlers = OperationTable.handlers
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: Bridge.count)
        let code: [UInt64] = [
            CodeBuffer.word(a: header, immediate: Int32(header + 2)),
            handlers[Int(~WASM_OP_host_call)],
            handlers[Int(~WASM_OP_return_host)], CodeBuffer.word(immediate: Int32(header)),
            CodeBuffer.word(a: header, immediate: Int32(header + 3)),
            handlers[Int(~WASM_OP_bridge_enter)], shape,
            handlers[Int(~WASM_OP_bridge_leave)], shape,
        ]
        for (index, word) in code.enumerated() { (words + index).initialize(to: word) }
        let bridge = Bridge(words: words)
        bridges[id] = bridge
        return bridge
    }

    /// The header of the bridge that an address in internal code belongs to.
    func bridgeHeader(_ pc: UnsafePointer<UInt64>) -> Int? {
        for bridge in bridges.values where pc >= bridge.words && pc <= bridge.words + Bridge.count {
            return CodeBuffer.a(bridge.words[0])
        }
        return nil
    }

    /// Where a function returns to when a bridge has entered the instance that it runs in.
    func bridgeReturn(to reference: UInt64) -> UnsafePointer<UInt64> {
        UnsafePointer(bridge(type(of: reference)).words + Bridge.instanceReturn)
    }

    // MARK: Instances

    /// - Returns: the index of its context.
    func add(_ instance: InstanceStorage) -> Int {
        if instances.count == contextCapacity {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<WasmContext>>.allocate(
                capacity: contextCapacity * 2)
            larger.update(from: raw.pointee.contexts, count: instances.count)
            raw.pointee.contexts.deallocate()
            raw.pointee.contexts = larger
            contextCapacity *= 2
        }
        (raw.pointee.contexts + instances.count).initialize(to: instance.context)
        instances.append(instance)
        return instances.count - 1
    }

    // MARK: Stacks

    func takeStack() -> GuestStack? { idleStacks.popLast() ?? GuestStack(bytes: limits.stackBytesMax) }

    func remember(_ execution: UnsafeMutablePointer<WasmExecution>) { executions.append(execution) }

    func forget(_ execution: UnsafeMutablePointer<WasmExecution>) {
        guard let index = executions.lastIndex(of: execution) else { return }
        executions.swapAt(index, executions.count - 1)
        executions.removeLast()
    }

    func giveBack(_ stack: consuming GuestStack) {
        if idleStacks.count < 4 { idleStacks.append(stack) }
    }
}

/// The slots that a call's frames live in.
final class GuestStack {
    // Safety: mapped in `init`, unmapped in `deinit`.
    let base: UnsafeMutablePointer<UInt64>
    let bytes: Int

    /// - Returns: nil if the system has no room for it.
    init?(bytes: Int) {
        guard let base = wasm_core_stack_map(UInt64(bytes)) else { return nil }
        self.base = base
        self.bytes = bytes
    }

    deinit { wasm_core_stack_unmap(base, UInt64(bytes)) }

    var limit: UnsafeMutablePointer<UInt64> { base + bytes / 8 }
}

extension Store {
    /// A memory of the host's, for guests to import.
    /// - Returns: nil beyond the store's limits, or where the system has no room.
    public func makeMemory(_ type: MemoryType) -> Memory? {
        Memory(type, pagesMax: limits.memoryPagesMax, budget: budget)
    }

    /// A table of the host's, of null references.
    /// - Returns: nil beyond the store's limits.
    public func makeTable(_ type: TableType) -> Table? { Table(type, elementsMax: limits.tableElementsMax) }
}
