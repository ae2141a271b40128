import Glibc
import Testing
import WASITestSupport
import WasmRuntime

@testable import WASI

@Suite("Streams, waiting and sockets")
struct StreamTests {
    @Test("what a guest writes arrives line by line, in pieces where it is long")
    func lines() throws {
        let log = Log()
        let grants = WASIGrants.actor(lineBytesMax: 8) { stream, line in
            log.lines.append("\(stream == .standardError ? "E" : "O"):\(line)")
        }
        let probe = try GuestProbe(grants)
        #expect(try probe.write("one\ntwo", to: 1) == (.success, 7))
        #expect(log.lines == ["O:one"])
        #expect(try probe.write("!\r\n\n", to: 1) == (.success, 4))
        #expect(try probe.write("12345678", to: 2) == (.success, 8))
        #expect(log.lines == ["O:one", "O:two!", "O:"])
        #expect(try probe.write("9\nrest", to: 2) == (.success, 6))
        probe.system.finish()
        probe.system.finish()
        #expect(log.lines.dropFirst(3) == ["E:12345678", "E:9", "E:rest"])
    }

    private final class Log { var lines: [String] = [] }

    @Test("an actor has the time and randomness, and nothing to read, open or inherit")
    func actorGrants() throws {
        let probe = try GuestProbe(.actor { _, _ in })
        #expect(try probe.read(0) == (.success, ""))
        #expect(try probe.call("clock_time_get", 0, 0, 0) == .success)
        #expect(try probe.call("clock_time_get", 2, 0, 0) == .notcapable)
        #expect(try probe.call("random_get", 0, 8) == .success)
        #expect(try probe.call("environ_sizes_get", 0, 4) == .success)
        #expect(probe.u32(0) == 0)
        #expect(try probe.call("fd_prestat_get", 3, 0) == .badf)
        #expect(try probe.write("x", to: 0).0 == .badf)
        #expect(try probe.read(1).0 == .badf)
        #expect(try probe.call("fd_seek", 1, 0, 1, 0) == .spipe)
        #expect(try probe.call("sock_shutdown", 1, 1) == .notsock)
    }

    @Test("what is kept has an end")
    func collecting() throws {
        let sink = CollectingSink(bytesMax: 5)
        var grants = WASIGrants()
        grants.standardInput = .bytes(Array("hello".utf8))
        grants.standardOutput = .sink(sink)
        let probe = try GuestProbe(grants)
        #expect(try probe.write("abc", to: 1) == (.success, 3))
        #expect(try probe.write("defg", to: 1) == (.success, 2))
        #expect(try probe.write("h", to: 1).0 == .nospc)
        #expect(sink.bytes == Array("abcde".utf8))
        probe.putBuffers([(300, 2), (310, 0), (320, 2)], at: 128)
        #expect(try probe.call("fd_read", 0, 128, 3, 64) == .success)
        #expect(probe.u32(64) == 4 && probe.text(300, 2) == "he" && probe.text(320, 2) == "ll")
        #expect(try probe.read(0) == (.success, "o"))
        #expect(try probe.read(0) == (.success, ""))
    }

    @Test("buffers that are not inside the memory, and more than the system takes")
    func buffers() throws {
        var grants = WASIGrants()
        grants.standardInput = .bytes([1, 2, 3])
        let sink = CollectingSink(bytesMax: 10_000_000)
        grants.standardOutput = .sink(sink)
        let probe = try GuestProbe(grants)
        for (address, count) in [(65_535, 2), (0xFFFF_FFFF, 1), (0, 65_537), (1, 0xFFFF_FFFF)] as [(UInt32, UInt32)] {
            probe.putBuffers([(address, count)], at: 128)
            #expect(try probe.call("fd_write", 1, 128, 1, 64) == .fault)
            #expect(try probe.call("fd_read", 0, 128, 1, 64) == .fault)
        }
        #expect(try probe.call("fd_write", 1, 65_532, 1, 64) == .fault)
        #expect(try probe.call("fd_write", 1, 0xFFFF_FFFC, 1, 64) == .fault)
        probe.putBuffers([(0, 0)], at: 128)
        #expect(try probe.call("fd_write", 1, 0, 0x2000_0001, 64) == .success)
        probe.putBuffers([(0, 9)], at: 128)
        #expect(try probe.call("fd_write", 1, 128, 1, 65_533) == .fault)
        #expect(sink.bytes.isEmpty, "nothing is done that could not be answered for")
        // 1,024 buffers of the whole memory each: the sink takes a mebibyte at a time.
        probe.putBuffers(Array(repeating: (0, 65_536), count: 1_024), at: 8_192)
        #expect(try probe.call("fd_write", 1, 8_192, 1_024, 64) == .success)
        #expect(probe.u32(64) == 1 << 20)
    }

    @Test("a pipe: its type, what it cannot do, and not waiting")
    func pipes() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var grants = WASIGrants()
        grants.standardInput = .descriptor(ends[0])
        grants.standardOutput = .descriptor(ends[1])
        let probe = try GuestProbe(grants)
        #expect(try probe.call("fd_fdstat_get", 0, 256) == .success)
        #expect(probe.memory.read(256, 1) == [FileType.unknown.rawValue])
        #expect(try probe.call("fd_seek", 0, 0, 1, 0) == .spipe)
        #expect(try probe.call("fd_tell", 0, 0) == .spipe)
        #expect(try probe.call("fd_pread", 0, 0, 0, 0, 64) == .spipe)
        #expect(try probe.call("fd_fdstat_set_flags", 0, UInt64(DescriptorFlags.nonblock.rawValue)) == .success)
        #expect(fcntl(ends[0], F_GETFL) & O_NONBLOCK == 0, "the host's own flags stay as they are")
        #expect(try probe.read(0).0 == .again)
        #expect(try probe.write("ping", to: 1) == (.success, 4))
        #expect(try probe.read(0) == (.success, "ping"))
        #expect(try probe.call("fd_fdstat_set_flags", 0, 1) == .inval)
        #expect(try probe.call("fd_fdstat_set_flags", 0, 32) == .inval)
        #expect(try probe.call("fd_close", 0) == .success)
        #expect(try probe.read(0).0 == .badf)
        #expect(fcntl(ends[0], F_GETFD) >= 0, "the host's own descriptor stays open")
    }

    @Test("a file as standard output is written to, and neither cut, grown nor given other times")
    func fileAsOutput() throws {
        let folder = TemporaryFolder()
        folder.write("kept\n", to: "log")
        let file = open("\(folder.path)/log", O_WRONLY | O_APPEND | O_CLOEXEC)
        #expect(file >= 0)
        defer { close(file) }
        var grants = WASIGrants()
        grants.standardOutput = .descriptor(file)
        let probe = try GuestProbe(grants)
        #expect(try probe.call("fd_filestat_set_size", 1, 0) == .notcapable)
        #expect(try probe.call("fd_allocate", 1, 0, 100) == .notcapable)
        #expect(try probe.call("fd_filestat_set_times", 1, 0, 0, 5) == .notcapable)
        #expect(try probe.call("fd_seek", 1, 0, 0, 256) == .success)
        #expect(try probe.write("new\n", to: 1) == (.success, 4))
        #expect(folder.text("log") == "kept\nnew\n")
        #expect(try probe.call("fd_filestat_get", 1, 256) == .success)
        #expect(probe.u64(256 + 32) == 9)
    }

    @Test("waiting ends at the deadline")
    func deadline() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var grants = WASIGrants()
        grants.standardInput = .descriptor(ends[0])
        grants.standardOutput = .descriptor(ends[1])
        grants.clocks = .system()
        let probe = try GuestProbe(grants)
        probe.system.deadline = .now + .milliseconds(20)
        #expect(throws: WASIEnd.deadline) { try probe.read(0) }
        probe.system.deadline = .now + .milliseconds(20)
        Self.putClock(probe, at: 1_024, clock: 1, timeout: 60_000_000_000)
        #expect(throws: WASIEnd.deadline) { try probe.call("poll_oneoff", 1_024, 2_048, 1, 64) }
        // A pipe that nobody empties.
        probe.system.deadline = .now + .milliseconds(20)
        var largest = 0
        #expect(throws: WASIEnd.deadline) {
            while true { largest = max(largest, try probe.write(String(repeating: "x", count: 9_000), to: 1).1) }
        }
        #expect(largest == 4_096)
    }

    // MARK: Polling

    static func putClock(
        _ probe: GuestProbe, at address: UInt32, user: UInt64 = 1, clock: UInt32, timeout: UInt64, flags: UInt16 = 0
    ) {
        probe.memory.store(user, at: address)
        probe.memory.store(UInt64(0), at: address + 8)
        probe.memory.store(clock, at: address + 16)
        probe.memory.store(timeout, at: address + 24)
        probe.memory.store(UInt64(0), at: address + 32)
        probe.memory.store(UInt64(flags), at: address + 40)
    }

    static func putFile(_ probe: GuestProbe, at address: UInt32, user: UInt64, type: UInt64, descriptor: UInt32) {
        probe.memory.store(user, at: address)
        probe.memory.store(type, at: address + 8)
        probe.memory.store(UInt64(descriptor), at: address + 16)
    }

    @Test("polling: who is ready first is told, with what can be read")
    func polling() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var grants = WASIGrants()
        grants.standardInput = .descriptor(ends[0])
        grants.standardOutput = .sink(CollectingSink(bytesMax: 100))
        grants.clocks = .system([.monotonic])
        let probe = try GuestProbe(grants)
        // Nothing to read: the clock comes first.
        Self.putFile(probe, at: 1_024, user: 7, type: 1, descriptor: 0)
        Self.putClock(probe, at: 1_072, user: 8, clock: 1, timeout: 2_000_000)
        #expect(try probe.call("poll_oneoff", 1_024, 2_048, 2, 64) == .success)
        #expect(probe.u32(64) == 1 && probe.u64(2_048) == 8 && probe.u64(2_056) == 0)
        // Something to read: it comes first.
        #expect(write(ends[1], "abc", 3) == 3)
        Self.putClock(probe, at: 1_072, user: 8, clock: 1, timeout: 60_000_000_000)
        #expect(try probe.call("poll_oneoff", 1_024, 2_048, 2, 64) == .success)
        #expect(probe.u32(64) == 1 && probe.u64(2_048) == 7)
        #expect(probe.u16(2_056) == 0 && probe.memory.read(2_058, 1) == [1] && probe.u64(2_064) == 3)
        // What can always be written to, and what is wrong with the others.
        Self.putFile(probe, at: 1_024, user: 1, type: 2, descriptor: 1)
        Self.putFile(probe, at: 1_072, user: 2, type: 2, descriptor: 9)
        Self.putFile(probe, at: 1_120, user: 3, type: 2, descriptor: 0)
        Self.putClock(probe, at: 1_168, user: 4, clock: 0, timeout: 0)
        #expect(try probe.call("poll_oneoff", 1_024, 2_048, 4, 64) == .success)
        #expect(probe.u32(64) == 4)
        let errnos = (0..<4).map { WASIErrno(rawValue: probe.u16(2_056 + UInt32($0) * 32)) }
        #expect(errnos == [.success, .badf, .notcapable, .notcapable])
        // An absolute time in the past.
        Self.putClock(probe, at: 1_024, clock: 1, timeout: 1, flags: 1)
        #expect(try probe.call("poll_oneoff", 1_024, 2_048, 1, 64) == .success)
        #expect(probe.u32(64) == 1)
        // The writer has gone.
        #expect(try probe.read(0) == (.success, "abc"))
        close(ends.removeLast())
        Self.putFile(probe, at: 1_024, user: 7, type: 1, descriptor: 0)
        #expect(try probe.call("poll_oneoff", 1_024, 2_048, 1, 64) == .success)
        #expect(probe.u64(2_064) == 0 && probe.u16(2_072) == 1)
    }

    @Test(
        "polls that make no sense",
        arguments: [
            ([1_024, 2_048, 0, 64], WASIErrno.inval), ([1_024, 2_048, 4_097, 64], .inval),
            ([65_500, 2_048, 1, 64], .fault), ([1_024, 65_510, 1, 64], .fault), ([1_024, 2_048, 1, 65_533], .fault),
            ([1_024, 2_048, 0xFFFF_FFFF, 64], .inval), ([3_072, 2_048, 1, 64], .inval),
            ([3_120, 2_048, 1, 64], .inval),
        ] as [([UInt64], WASIErrno)])
    func wrongPolls(arguments: [UInt64], expected: WASIErrno) throws {
        var grants = WASIGrants()
        grants.clocks = .system()
        let probe = try GuestProbe(grants)
        Self.putClock(probe, at: 1_024, clock: 1, timeout: 0)
        Self.putFile(probe, at: 3_072, user: 0, type: 3, descriptor: 0)
        Self.putClock(probe, at: 3_120, clock: 1, timeout: 0, flags: 2)
        #expect(try probe.call("poll_oneoff", arguments) == expected)
    }

    // MARK: Sockets

    @Test("a socket of the host's: receive, peek, send, shut down")
    func sockets() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        var grants = WASIGrants()
        grants.sockets = [ends[0]]
        let probe = try GuestProbe(grants)
        #expect(try probe.call("fd_fdstat_get", 3, 256) == .success)
        #expect(probe.memory.read(256, 1) == [FileType.socketStream.rawValue])
        #expect(write(ends[1], "hello", 5) == 5)
        probe.putBuffers([(400, 3), (410, 9)], at: 128)
        #expect(try probe.call("sock_recv", 3, 128, 2, 1, 64, 68) == .success)
        #expect(probe.u32(64) == 5 && probe.text(400, 3) == "hel" && probe.text(410, 2) == "lo")
        #expect(try probe.call("sock_recv", 3, 128, 2, 0, 64, 68) == .success)
        #expect(probe.u32(64) == 5 && probe.u16(68) == 0)
        #expect(try probe.call("sock_recv", 3, 128, 2, 4, 64, 68) == .inval)
        #expect(try probe.call("sock_send", 3, 128, 1, 0, 64) == .success)
        #expect(probe.u32(64) == 3)
        #expect(try probe.call("sock_send", 3, 128, 1, 1, 64) == .inval)
        #expect(try probe.call("sock_shutdown", 3, 2) == .success)
        #expect(try probe.call("sock_send", 3, 128, 1, 0, 64) == .pipe)
        #expect(try probe.call("sock_shutdown", 3, 4) == .inval)
        #expect(try probe.call("sock_accept", 3, 0, 64) == .inval)
        #expect(try probe.call("fd_fdstat_set_flags", 3, 4) == .success)
        #expect(try probe.call("sock_recv", 3, 128, 2, 0, 64, 68) == .again)
    }

    @Test("datagrams that do not fit are cut, and said to be")
    func datagrams() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        var grants = WASIGrants()
        grants.sockets = [ends[0]]
        let probe = try GuestProbe(grants)
        #expect(write(ends[1], "hello", 5) == 5)
        probe.putBuffers([(400, 3)], at: 128)
        #expect(try probe.call("sock_recv", 3, 128, 1, 0, 64, 68) == .success)
        #expect(probe.u32(64) == 3 && probe.u16(68) == 1)
    }
}
