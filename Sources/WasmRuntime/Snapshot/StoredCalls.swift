/// Calls and their frames.
extension SnapshotWriter {
    mutating func calls(_ calls: [StoredCall]) throws(SnapshotError) {
        guard calls.count <= SnapshotFormat.callsMax else {
            throw .notPortable("\(calls.count) calls, at most \(SnapshotFormat.callsMax) fit a snapshot")
        }
        count(calls.count)
        for call in calls {
            try reference(call.function, .funcRef)
            flag(call.budget != nil)
            integer(call.budget ?? 0)
            integer(call.fuelUsed)
            count(call.frames.count)
            for frame in call.frames { try self.frame(frame) }
            integer(call.stop.rawValue)
            guard let host = call.host else { continue }
            count(host.instance)
            try reference(host.reference, .funcRef)
            try values(host.values)
        }
    }

    private mutating func frame(_ frame: StoredFrame) throws(SnapshotError) {
        count(frame.instance)
        count(frame.function)
        integer(UInt64(frame.offset))
        try values(frame.locals)
        try values(frame.operands)
    }
}

/// What is behind the state of the store, not yet compared with any code.
extension SnapshotReader {
    /// A frame takes this many bytes at least.
    private static let frameBytesMin = 24
    private static let callBytesMin = 30

    mutating func calls() throws(SnapshotError) -> [StoredCall] {
        let callCount = try count("calls", bytes: Self.callBytesMin)
        guard callCount <= SnapshotFormat.callsMax else {
            throw malformed("\(callCount) calls, at most \(SnapshotFormat.callsMax) fit a snapshot")
        }
        var calls: [StoredCall] = []
        for _ in 0..<callCount { calls.append(try call()) }
        return calls
    }

    private mutating func call() throws(SnapshotError) -> StoredCall {
        let function = try functionReference()
        let hasBudget = try flag()
        let budget = try integer(UInt64.self)
        let fuelUsed = try integer(UInt64.self)
        guard fuelUsed <= Execution.fuelMax else { throw malformed("a call has used \(fuelUsed) fuel") }
        if hasBudget {
            guard fuelUsed <= budget else { throw malformed("a call has used more fuel than its budget") }
        } else {
            guard budget == 0 else { throw malformed("a budget where there is none") }
        }
        let frameCount = try count("frames", bytes: Self.frameBytesMin)
        var frames: [StoredFrame] = []
        frames.reserveCapacity(frameCount)
        for _ in 0..<frameCount { frames.append(try frame()) }
        let code = try integer(UInt8.self)
        guard let stop = SnapshotFormat.Stop(rawValue: code) else { throw malformed("unknown kind of stop \(code)") }
        var host: StoredCall.HostFunctionCall?
        if stop == .inFrame {
            guard frameCount > 0 else { throw malformed("a call without frames") }
        } else {
            let instance = try u32()
            guard references.isInstance(instance) else { throw malformed("a call by no instance") }
            host = StoredCall.HostFunctionCall(
                instance: instance, reference: try functionReference(),
                values: try values("values of a host function"))
        }
        return StoredCall(
            function: function, budget: hasBudget ? budget : nil, fuelUsed: fuelUsed, frames: frames, stop: stop,
            host: host)
    }

    private mutating func functionReference() throws(SnapshotError) -> UInt64 {
        let reference = try reference(.funcRef)
        guard reference != 0 else { throw malformed("a call of no function") }
        return reference
    }

    private mutating func frame() throws(SnapshotError) -> StoredFrame {
        let instance = try u32()
        let function = try u32()
        guard references.isGuestFunction(instance: instance, function: function) else {
            throw malformed("a frame of no function")
        }
        let offset = try integer(UInt64.self)
        guard let offset = Int(exactly: offset) else { throw malformed("an offset beyond any module") }
        return StoredFrame(
            instance: instance, function: function, offset: offset, locals: try values("locals"),
            operands: try values("operands"))
    }
}
