import Glibc
import WasmRuntime

extension WASISystem {
    func procExit(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        throw WASIEnd.exit(code: call.u32(0))
    }

    /// Nobody handles signals in a guest: each does what it does by default.
    func procRaise(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let signal = call.u32(0)
        guard signal <= Self.signalMax else { throw WASIErrno.inval }
        guard Self.ignoredSignals.contains(signal) else { throw WASIEnd.raised(signal: signal) }
    }

    private static let signalMax: UInt32 = 30
    /// None, child, continue, stop, terminal stop, terminal input and output, urgent, window change.
    private static let ignoredSignals: Set<UInt32> = [0, 16, 17, 18, 19, 20, 21, 22, 27]

    func schedYield(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        sched_yield()
    }
}
