import CWasmCore

/// Walks a stopped call's stack and tells its frames in terms of the source.
struct StackReader {
    /// Where a frame of a guest's function stands.
    private enum Place {
        case entry
        case loop(word: Int)
        case call(word: Int)
    }

    /// A frame before its function's map is known.
    // Safety: the engine's own frames, on the stack of a call that stands still and is held by `stacks`.
    private struct Found {
        let instance: InstanceStorage
        let function: Int
        let place: Place
        let frame: UnsafeMutablePointer<UInt64>
    }

    /// The call of a host function, if it stands at one.
    private struct Top {
        let stop: SnapshotFormat.Stop
        let instance: InstanceStorage
        let reference: UInt64
        let frame: UnsafeMutablePointer<UInt64>
    }

    private let store: Store
    private let references: ReferenceMap
    private var located: [UnsafePointer<UInt64>: (function: Int, header: Int, word: Int?)] = [:]
    private var maps = FrameMaps()
    private var stacks: [(call: Execution, frames: [Found], top: Top?)] = []

    init(_ store: Store, _ references: ReferenceMap) {
        self.store = store
        self.references = references
    }

    /// - Throws: `.notPortable` if a call is of the host's own.
    mutating func read(_ calls: [Execution]) throws(SnapshotError) -> [StoredCall] {
        for call in calls { try walk(call) }
        maps.make()
        var stored: [StoredCall] = []
        for (call, frames, top) in stacks {
            var storedFrames: [StoredFrame] = []
            storedFrames.reserveCapacity(frames.count)
            for frame in frames.reversed() { storedFrames.append(try self.stored(frame)) }
            stored.append(
                StoredCall(
                    function: call.function.reference, budget: call.budget, fuelUsed: call.fuelUsed,
                    frames: storedFrames, stop: top?.stop ?? .inFrame, host: top.map(hostCall)))
        }
        return stored
    }

    // MARK: Finding the frames

    private mutating func walk(_ call: Execution) throws(SnapshotError) {
        let raw = call.raw.pointee
        guard var pc = raw.pc, var frame = raw.frame, let context = raw.context else {
            throw .notPortable("a call that has no frame of a guest")
        }
        var instance = store.instances[Int(context.pointee.index)]
        var frames: [Found] = []
        let top = try innermost(call, pc, frame, instance, &frames)
        // From here on every frame waits for the one above it.
        var header = try self.header(of: pc, instance)
        while true {
            let caller = frame[header]
            pc = UnsafePointer(bitPattern: UInt(frame[header + 1]))!
            guard caller != UInt64(UInt(bitPattern: frame)) else { break }
            frame = UnsafeMutablePointer(bitPattern: UInt(caller))!
            if located[pc] == nil, let bridge = store.bridgeHeader(pc) {
                instance = store.instances[Int(frame[bridge + 2])]
                header = bridge
                continue
            }
            let place = try locate(pc, instance)
            guard let word = place.word else { throw .notPortable("a return into code that does not exist") }
            maps.want(instance.code, place.function, word: word)
            frames.append(
                Found(instance: instance, function: place.function, place: .call(word: word), frame: frame))
            header = place.header
        }
        stacks.append((call, frames, top))
    }

    /// What the call stands in front of, or waits for.
    private mutating func innermost(
        _ call: Execution, _ pc: UnsafePointer<UInt64>, _ frame: UnsafeMutablePointer<UInt64>,
        _ instance: InstanceStorage, _ frames: inout [Found]
    ) throws(SnapshotError) -> Top? {
        if store.bridgeHeader(pc) != nil {
            let reference = call.raw.pointee.operand
            let bridge = store.raw.pointee.functions[Int(reference)].bridge
            if pc == bridge { return enter(reference, instance, frame, &frames) }
            let stop: SnapshotFormat.Stop = call.isSuspended ? .inHostFunction : .afterHostFunction
            return Top(stop: stop, instance: instance, reference: reference, frame: frame)
        }
        let place = try locate(pc, instance)
        if place.function < instance.code.contents.importedFunctionCount {
            return enter(instance.functions[place.function], instance, frame, &frames)
        }
        let code = instance.code
        let isEntry = place.word == nil || pc == code.entries[place.function]
        maps.want(code, place.function, word: place.word ?? 0)
        let found: Place = isEntry ? .entry : .loop(word: place.word ?? 0)
        frames.append(Found(instance: instance, function: place.function, place: found, frame: frame))
        return nil
    }

    /// A call that stands in front of a bridge: as good as behind it.
    private mutating func enter(
        _ reference: UInt64, _ caller: InstanceStorage, _ frame: UnsafeMutablePointer<UInt64>,
        _ frames: inout [Found]
    ) -> Top? {
        guard let place = references.place(of: reference) else {
            return Top(stop: .beforeHostFunction, instance: caller, reference: reference, frame: frame)
        }
        let instance = store.instances[place.instance]
        maps.want(instance.code, place.function, word: 0)
        frames.append(Found(instance: instance, function: place.function, place: .entry, frame: frame))
        return nil
    }

    private mutating func header(
        of pc: UnsafePointer<UInt64>, _ instance: InstanceStorage
    ) throws(SnapshotError) -> Int {
        if let bridge = store.bridgeHeader(pc) { return bridge }
        return try locate(pc, instance).header
    }

    private mutating func locate(
        _ pc: UnsafePointer<UInt64>, _ instance: InstanceStorage
    ) throws(SnapshotError) -> (function: Int, header: Int, word: Int?) {
        if let place = located[pc] { return place }
        guard let place = instance.code.locate(pc) else { throw .notPortable("a stop outside of the module's code") }
        located[pc] = place
        return place
    }

    // MARK: Reading them

    private func stored(_ found: Found) throws(SnapshotError) -> StoredFrame {
        let code = found.instance.code
        let map = maps[code, found.function]
        let stop: StopPoint?
        switch found.place {
        case .entry: return entered(found, map)
        case .loop(let word): stop = map.stop(.loop, at: word)
        case .call(let word): stop = map.stop(.call, at: word)
        }
        guard let stop else { throw .notPortable("a stop in function \(found.function) that has no name") }
        let operands = stop.operands.map { operand in
            let bits = bits(operand.place, found.frame)
            guard let upper = operand.upper else { return Value(type: operand.type, bits: bits) }
            return .v128(lower: bits, upper: self.bits(upper, found.frame))
        }
        return StoredFrame(
            instance: Int(found.instance.context.pointee.index), function: found.function, offset: stop.offset,
            locals: map.locals.map { Value(type: $0.type, at: found.frame + $0.slot) }, operands: operands)
    }

    private func bits(_ place: StopPoint.Operand.Place, _ frame: UnsafeMutablePointer<UInt64>) -> UInt64 {
        switch place {
        case .slot(let slot), .local(let slot): frame[slot]
        case .constant(let bits): bits
        }
    }

    /// A function that has not begun: its parameters are there, all other locals will be zero.
    private func entered(_ found: Found, _ map: FrameMap) -> StoredFrame {
        let locals = map.locals.map { local in
            local.isParameter ? Value(type: local.type, at: found.frame + local.slot) : .zero(local.type)
        }
        return StoredFrame(
            instance: Int(found.instance.context.pointee.index), function: found.function,
            offset: found.instance.code.entryOffset(of: found.function), locals: locals, operands: [])
    }

    private func hostCall(_ top: Top) -> StoredCall.HostFunctionCall {
        let type = store.type(of: top.reference)
        let types = top.stop == .afterHostFunction ? type.results : type.parameters
        return StoredCall.HostFunctionCall(
            instance: Int(top.instance.context.pointee.index), reference: top.reference,
            values: Value.list(types, at: top.frame))
    }
}

extension ModuleCode {
    /// What stands for a function's entry: the start of its body, which is no instruction.
    func entryOffset(of function: Int) -> Int { contents.bodies[function - contents.importedFunctionCount].lowerBound }
}

extension Value {
    static func zero(_ type: ValueType) -> Value {
        type == .v128 ? .v128(lower: 0, upper: 0) : Value(type: type, bits: 0)
    }
}
