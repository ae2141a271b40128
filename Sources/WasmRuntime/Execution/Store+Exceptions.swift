import CWasmCore

extension Store {
    /// Keeps an exception for the reference that a guest gets to it.
    /// - Returns: nil if there are more than there may be.
    func keep(_ exception: ThrownException) -> UInt64? {
        if exception.reference != 0 { return exception.reference }
        if exceptions.isFull { releaseExceptions(inFlight: exception) }
        return exceptions.add(exception)
    }

    /// Releases exceptions that nobody can have a reference to any more.
    func releaseExceptions(inFlight: ThrownException? = nil) {
        guard exceptions.count > 0 else { return }
        exceptions.release { keep in
            inFlight?.values.forEach(keep)
            for instance in instances { instance.exceptionReferences(keep) }
            for execution in executions { scan(execution.pointee, keep) }
        }
    }

    /// All words of a stack that stands still.
    private func scan(_ execution: WasmExecution, _ keep: (UInt64) -> Void) {
        guard let pc = execution.pc, let frame = execution.frame, let context = execution.context,
            var slot = execution.stack_base
        else { return }
        let end = min(frame + frameSlots(pc, instances[Int(context.pointee.index)]), execution.stack_limit!)
        while slot < end {
            keep(slot.pointee)
            slot += 1
        }
    }

    /// How long the innermost frame is.
    private func frameSlots(_ pc: UnsafePointer<UInt64>, _ instance: InstanceStorage) -> Int {
        if let header = bridgeHeader(pc) { return header + 2 }
        if let extent = instance.code.extent(at: pc) { return extent.frameSlots }
        return (instance.code.locate(pc)?.header ?? 0) + 2
    }
}

extension InstanceStorage {
    /// What its globals and tables hold.
    fileprivate func exceptionReferences(_ keep: (UInt64) -> Void) {
        for (index, type) in code.contents.globals.enumerated() where type.value == .exnRef {
            keep(global(index).pointee)
        }
        for table in tables where table.type.element == .exnRef { table.elements.forEach(keep) }
    }

    /// Whether a global or a table has a reference to a caught exception.
    var holdsExceptions: Bool {
        var found = false
        exceptionReferences { found = found || $0 != 0 }
        return found
    }
}
