extension Store {
    /// Writes the state of all instances of the store and of calls that stand still, as docs/snapshots.md describes:
    /// without anything of this process or machine, so that it can be restored in any other.
    ///
    /// What the host keeps is not part of it: its functions, open files, clocks. External references are written as the
    /// host's numbers.
    /// - Parameter calls: of this store, suspended, out of fuel, or not begun; in the order in which `restore` gives them.
    public func snapshot(of calls: [Execution] = []) throws(SnapshotError) -> [UInt8] {
        for call in calls {
            guard call.function.store === self else { throw .callOfAnotherStore }
            try call.requireStopped()
        }
        let references = ReferenceMap(self)
        var stacks = StackReader(self, references)
        let stored = try stacks.read(calls)
        let objects = StoreObjects(self)
        var writer = SnapshotWriter(references, try StoredExceptions(self, objects, stored))
        try writer.store(self, objects)
        try writer.calls(stored)
        return writer.seal()
    }

    /// Puts a store to the state of a snapshot. Its instances must be new ones (`Instance(deferringStart:)`) of the same
    /// modules, made in the same order and linked in the same way; memories, tables and globals that the host gave them
    /// are part of the state and are set too.
    /// - Parameter snapshot: bytes that need not be trusted.
    /// - Returns: the calls that the snapshot was taken of. `Execution.pendingCall` says what those wait for that were
    ///   suspended.
    /// - Throws: why it cannot be. Memories and tables may have grown by then; nothing else has changed.
    public func restore(_ snapshot: [UInt8]) throws(SnapshotError) -> [Execution] {
        let references = ReferenceMap(self)
        let result = snapshot.withUnsafeBytes { bytes in
            Result { () throws(SnapshotError) in
                var reader = try SnapshotReader(bytes, references)
                let state = try reader.state(for: self)
                let calls = try reader.calls()
                try reader.requireEnd()
                var stacks = StackBuilder(self, references)
                let executions = try stacks.build(calls)
                try state.write(to: self)
                return executions
            }
        }
        // Of a snapshot that is refused nothing stays, and of the others what somebody refers to.
        releaseExceptions()
        return try result.get()
    }
}

extension Instance {
    /// Writes the state of the instance, and of calls of it that stand still: `Store.snapshot(of:)`, which see. Other
    /// instances of the store are written as well.
    public func snapshot(of calls: [Execution] = []) throws(SnapshotError) -> [UInt8] {
        try store.snapshot(of: calls)
    }

    /// Makes the only instance of a store out of a snapshot; its calls are in `restoredCalls`.
    /// - Parameters:
    ///   - snapshot: bytes that need not be trusted.
    ///   - module: the one that the snapshot was taken of.
    ///   - store: without any instances.
    /// - Throws: `SnapshotError`, and `InstantiationError` as `init(_:imports:store:)`.
    public convenience init(
        restoring snapshot: [UInt8], of module: Module, imports: Imports = Imports(), store: Store = Store()
    ) throws {
        try self.init(deferringStart: module, imports: imports, store: store)
        restoredCalls = try store.restore(snapshot)
    }
}
