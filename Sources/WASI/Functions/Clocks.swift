import WasmRuntime

extension WASISystem {
    func clockResGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let clock = try clock(call.u32(0))
        try memory.store(grants.clocks.resolution(clock), at: call.u32(1))
    }

    /// The precision that the guest would be content with is not made use of.
    func clockTimeGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let clock = try clock(call.u32(0))
        isNondeterministic = true
        try memory.store(grants.clocks.time(clock), at: call.u32(2))
    }

    func clock(_ number: UInt32) throws(WASIErrno) -> WASIClock {
        guard let clock = WASIClock(rawValue: number) else { throw .inval }
        guard grants.clocks.clocks.contains(clock) else { throw .notcapable }
        return clock
    }
}
