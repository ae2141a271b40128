import WasmRuntime

extension WASISystem {
    /// Bytes between two looks at the deadline.
    private static let randomChunkBytes = 1 << 20

    func randomGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (address, count) = (call.u32(0), Int(call.u32(1)))
        guard let random = grants.randomness else { throw WASIErrno.notcapable }
        try memory.check(address, count)
        isNondeterministic = true
        var filled = 0
        while filled < count {
            let chunk = min(Self.randomChunkBytes, count - filled)
            var failure: WASIErrno?
            try memory.fill(address + UInt32(filled), chunk) { bytes in
                do throws(WASIErrno) { try random.fill(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            filled += chunk
            if let deadline, deadline <= .now { throw WASIEnd.deadline }
        }
    }
}
