import CWasmCore

/// Translates references between a store and snapshots of it. In a snapshot 0 is null; any other function is the index of
/// an instance plus one, in the upper half, and an index in the function index space of its module, in the lower. A host
/// function is the first import that is linked to it.
struct ReferenceMap {
    private let store: Store
    private let imported: [UInt64: UInt64]

    init(_ store: Store) {
        self.store = store
        var imported: [UInt64: UInt64] = [:]
        for (index, instance) in store.instances.enumerated() {
            for function in 0..<instance.code.contents.importedFunctionCount {
                let reference = instance.functions[function]
                if store.hosts[reference] == nil || imported[reference] != nil { continue }
                imported[reference] = Self.portable(index, function)
            }
        }
        self.imported = imported
    }

    private static func portable(_ instance: Int, _ function: Int) -> UInt64 {
        UInt64(instance + 1) << 32 | UInt64(function)
    }

    // Safety: references are those of the store, which checks what guests do with them.
    /// The instance that a guest's function belongs to, and its index there; nil for a host function.
    /// - Precondition: not null.
    func place(of reference: UInt64) -> (instance: Int, function: Int)? {
        guard let context = store.raw.pointee.functions[Int(reference)].context else { return nil }
        let index = Int(context.pointee.index)
        let instance = store.instances[index]
        // An instance adds its functions one after the other.
        let imported = instance.code.contents.importedFunctionCount
        return (index, imported + Int(reference - instance.functions[imported]))
    }

    /// - Returns: nil for a host function that no instance imports.
    func portable(_ reference: UInt64) -> UInt64? {
        guard reference != 0 else { return 0 }
        if let place = place(of: reference) { return Self.portable(place.instance, place.function) }
        return imported[reference]
    }

    /// - Returns: nil if there is no such instance or function.
    func reference(_ portable: UInt64) -> UInt64? {
        guard portable != 0 else { return 0 }
        guard portable >> 32 != 0 else { return nil }
        return reference(instance: Int(portable >> 32) - 1, function: Int(portable & 0xFFFF_FFFF))
    }

    func isInstance(_ index: Int) -> Bool { index < store.instances.count }

    /// Whether there is such a function, and it is no import.
    func isGuestFunction(instance: Int, function: Int) -> Bool {
        guard isInstance(instance) else { return false }
        let contents = store.instances[instance].code.contents
        return function >= contents.importedFunctionCount && function < contents.functions.count
    }

    func reference(instance: Int, function: Int) -> UInt64? {
        guard instance < store.instances.count, function < store.instances[instance].code.contents.functions.count
        else { return nil }
        return store.instances[instance].functions[function]
    }
}
