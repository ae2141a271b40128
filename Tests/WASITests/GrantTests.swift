import Glibc
import Testing
import WasmRuntime

@testable import WASI

@Suite("What is not granted is refused, function by function")
struct GrantTests {
    @Test("there are the 46 functions of preview 1")
    func functionCount() {
        #expect(FunctionTable.functions.count == 46)
    }

    @Test(
        "nothing granted",
        arguments: [
            ("clock_res_get", [1, 0], WASIErrno.notcapable), ("clock_time_get", [0, 0, 0], .notcapable),
            ("clock_time_get", [2, 0, 0], .notcapable), ("clock_time_get", [4, 0, 0], .inval),
            ("random_get", [0, 8], .notcapable), ("fd_read", [0, 0, 0, 64], .badf), ("fd_write", [1, 0, 0, 64], .badf),
            ("fd_write", [2, 0, 0, 64], .badf), ("fd_prestat_get", [3, 0], .badf), ("fd_close", [0], .badf),
            ("fd_fdstat_get", [0xFFFF_FFFF, 0], .badf), ("sock_accept", [3, 0, 64], .badf),
            ("path_open", [3, 0, 0, 1, 0, 0, 0, 0, 64], .inval), ("sched_yield", [], .success),
            ("fd_renumber", [0, 1], .badf),
        ] as [(String, [UInt64], WASIErrno)])
    func nothingGranted(name: String, arguments: [UInt64], expected: WASIErrno) throws {
        #expect(try GuestProbe(WASIGrants()).call(name, arguments) == expected)
    }

    @Test("arguments and environment, and none of them where none are granted")
    func argumentsAndEnvironment() throws {
        var grants = WASIGrants()
        grants.arguments = ["program", "", "ä b"]
        grants.environment = ["A=1"]
        let probe = try GuestProbe(grants)
        #expect(try probe.call("args_sizes_get", 0, 4) == .success)
        #expect(probe.u32(0) == 3 && probe.u32(4) == 8 + 1 + 5)
        #expect(try probe.call("args_get", 100, 200) == .success)
        #expect([probe.u32(100), probe.u32(104), probe.u32(108)] == [200, 208, 209])
        #expect(probe.text(200, 14) == "program\0\0ä b\0")
        #expect(try probe.call("environ_sizes_get", 0, 4) == .success)
        #expect(probe.u32(0) == 1 && probe.u32(4) == 4)
        #expect(try probe.call("environ_get", 100, 200) == .success)
        #expect(probe.text(200, 4) == "A=1\0")
        #expect(try probe.call("args_get", 100, 65_530) == .fault)
        #expect(try probe.call("args_get", 65_530, 200) == .fault)
        #expect(try probe.call("args_get", 100, 0xFFFF_FFFF) == .fault)

        let empty = try GuestProbe(WASIGrants())
        #expect(try empty.call("args_sizes_get", 0, 4) == .success)
        #expect(empty.u32(0) == 0 && empty.u32(4) == 0)
    }

    @Test("clocks say what the host lets them say; reading one is remembered")
    func clocks() throws {
        var grants = WASIGrants()
        grants.clocks = ClockGrant([.realtime, .threadCPU], time: { UInt64($0.rawValue) + 7 }, resolution: { _ in 5 })
        let probe = try GuestProbe(grants)
        #expect(try probe.call("clock_res_get", 3, 0) == .success)
        #expect(probe.u64(0) == 5)
        #expect(!probe.system.isNondeterministic)
        #expect(try probe.call("clock_time_get", 3, 0, 0) == .success)
        #expect(probe.u64(0) == 10)
        #expect(probe.system.isNondeterministic)
        #expect(try probe.call("clock_time_get", 1, 0, 0) == .notcapable)
        #expect(try probe.call("clock_time_get", 0, 0, 65_529) == .fault)
    }

    @Test("the machine's clocks run", arguments: WASIClock.allCases)
    func systemClocks(clock: WASIClock) throws {
        var grants = WASIGrants()
        grants.clocks = .system()
        let probe = try GuestProbe(grants)
        #expect(try probe.call("clock_time_get", UInt64(clock.rawValue), 1, 0) == .success)
        let first = probe.u64(0)
        #expect(try probe.call("clock_time_get", UInt64(clock.rawValue), 0, 8) == .success)
        #expect(first > 0 && probe.u64(8) >= first)
        #expect(try probe.call("clock_res_get", UInt64(clock.rawValue), 0) == .success)
        #expect(probe.u64(0) > 0)
    }

    @Test("random bytes come from where the host says")
    func randomness() throws {
        var grants = WASIGrants()
        grants.randomness = RandomGrant { (bytes) throws(WASIErrno) in
            for index in bytes.indices { bytes[index] = 0xA5 }
        }
        let probe = try GuestProbe(grants)
        #expect(try probe.call("random_get", 8, 3) == .success)
        #expect(probe.u64(8) == 0xA5_A5A5)
        #expect(try probe.call("random_get", 65_535, 2) == .fault)
        #expect(try probe.call("random_get", 65_536, 0) == .success)
        grants.randomness = .system
        let real = try GuestProbe(grants)
        #expect(try real.call("random_get", 0, 65_536) == .success)
        #expect(Set(real.memory.read(0, 65_536) ?? []).count == 256)
    }

    @Test("a guest ends with its code, or its signal")
    func endings() throws {
        let probe = try GuestProbe(WASIGrants())
        #expect(throws: WASIEnd.exit(code: 7)) { try probe.call("proc_exit", 7) }
        #expect(throws: WASIEnd.exit(code: .max)) { try probe.call("proc_exit", 0xFFFF_FFFF) }
        #expect(throws: WASIEnd.raised(signal: 6)) { try probe.call("proc_raise", 6) }
        #expect(try probe.call("proc_raise", 16) == .success)
        #expect(try probe.call("proc_raise", 31) == .inval)
    }

    @Test("numbers of errnos are the standard's")
    func errnoNumbers() {
        #expect(WASIErrno.allCases.count == 77)
        #expect(WASIErrno.badf.rawValue == 8 && WASIErrno.inval.rawValue == 28 && WASIErrno.noent.rawValue == 44)
        #expect(WASIErrno.nosys.rawValue == 52 && WASIErrno.perm.rawValue == 63 && WASIErrno.notcapable.rawValue == 76)
        #expect(WASIErrno(host: ENOTEMPTY) == .notempty && WASIErrno(host: 9_999) == .io)
    }
}
