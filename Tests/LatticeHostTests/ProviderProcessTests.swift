import ChildProcesses
import Glibc
import LatticeTestSupport
import Testing

@testable import LatticeHost

@Suite("Provider processes")
struct ProviderProcessTests {
    private let lines = EventLog<String>()

    private func start(
        _ script: String, input: String = "", environment: [String: String] = [:]
    ) throws -> ProviderProcess {
        let lines = lines
        return try ProviderProcess.start(
            ProcessCommand("/bin/sh", ["-c", script], environment: environment), input: { Array(input.utf8) },
            output: { lines.append($0) })
    }

    /// Not one that has ended and waits for its parent to take notice.
    private func isAlive(_ process: String) -> Bool {
        let file = open("/proc/\(process)/stat", O_RDONLY)
        guard file >= 0 else { return false }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = read(file, &bytes, bytes.count)
        return !String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).contains(") Z ")
    }

    private func waitUntilGone(_ process: String) async throws -> Bool {
        for _ in 0..<400 where isAlive(process) { try await Task.sleep(for: .milliseconds(5)) }
        return !isAlive(process)
    }

    @Test(
        "it gets its line on standard input, which stays open, the environment that is named, and no descriptor of ours"
    )
    func surroundings() async throws {
        setenv("LATTICE_TEST_SECRET", "x", 1)
        var ends: [CInt] = [-1, -1]
        // An end that somebody forgot to keep from children.
        pipe(&ends)
        let process = try start(
            "read line; echo \"got $line\"; env; for f in /proc/$$/fd/*; do [ -e $f ] && echo \"fd ${f##*/}\"; done; read rest; echo end",
            input: "host data\n", environment: ["NAMED": "yes", "TZ": "UTC"])
        try await lines.wait("descriptors") { $0.contains("fd 2") }
        #expect(process.end == nil)
        process.closeInput()
        #expect(await process.waitForEnd() == .exited(0))
        for end in ends { close(end) }
        let said = lines.events
        #expect(said.first == "got host data" && said.last == "end")
        #expect(said.contains("NAMED=yes") && said.contains("TZ=UTC") && said.contains { $0.hasPrefix("PATH=") })
        #expect(!said.contains { $0.hasPrefix("LATTICE_") })
        #expect(said.filter { $0.hasPrefix("fd ") } == ["fd 0", "fd 1", "fd 2"])
    }

    @Test("its last words are kept, from both outputs, and how it ended")
    func lastWords() async throws {
        let process = try start("for n in 1 2 3 4 5; do seq 1 5; done; echo worse >&2; printf 'no end of line'; exit 7")
        #expect(await process.waitForEnd() == .exited(7))
        #expect(process.lastWords.count == ProviderProcess.lastWordsMax)
        #expect(process.lastWords.contains("worse") && process.lastWords.contains("no end of line"))
        #expect(lines.events.count == 27)
        #expect(await process.waitForEnd() == .exited(7), "asked again")
    }

    @Test("signals reach it, whatever this thread blocks and this process ignores", arguments: [SIGTERM, SIGUSR1])
    func signals(number: CInt) async throws {
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        signal(SIGUSR1, SIG_IGN)
        // A shell would mend its mask itself.
        let process = try ProviderProcess.start(
            ProcessCommand("/bin/sleep", ["30"]), input: { [] }, output: { _ in })
        signal(SIGUSR1, SIG_DFL)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        process.signal(number)
        let end = await process.waitForEnd()
        #expect(end == .signalled(number))
        #expect(end?.description.contains("signal \(number)") == true)
    }

    @Test("what can't be started is said at once")
    func notStarted() {
        for (path, reason) in [("/nonexistent/program", "No such file"), ("/etc", "denied"), ("/etc/passwd", "denied")]
        {
            do throws(ChildProcess.Failure) {
                _ = try ProviderProcess.start(ProcessCommand(path), input: { [] }, output: { _ in })
                Issue.record("\(path) was started")
            } catch {
                #expect(error.description.contains(path) && error.description.contains(reason), "\(error)")
            }
        }
    }

    @Test("one that does not read does not hold anybody up")
    func unreadInput() async throws {
        let process = try start("echo on; sleep 0.1; exit 3", input: String(repeating: "x", count: 4 << 20))
        #expect(await process.waitForEnd() == .exited(3))
        let deaf = try start("exec <&-; echo deaf; sleep 0.1; exit 4", input: String(repeating: "x", count: 4 << 20))
        #expect(await deaf.waitForEnd() == .exited(4))
    }

    @Test("one that says too much on one line is cut short, and one that never ends a line does not grow")
    func longLines() async throws {
        let process = try start("head -c 100000 /dev/zero | tr '\\0' x; echo; echo done")
        #expect(await process.waitForEnd() == .exited(0))
        let said = lines.events
        #expect(said.count == 2 && said.last == "done")
        #expect(said.first?.utf8.count ?? 0 < OutputLines.lineBytesMax + 100)
        #expect(said.first?.hasSuffix("… (91808 more bytes)") == true)
    }

    // MARK: Stopping

    @Test("asked to stop: the end of its input is enough for a polite one")
    func politeStop() async throws {
        let asked = EventLog<Bool>()
        let process = try start("echo on; cat >/dev/null; exit 5", input: "x\n")
        try await lines.wait(for: "on")
        #expect(await process.stop(delay: .seconds(20)) { asked.append(true) } == .exited(5))
        #expect(asked.events == [true])
        #expect(await process.stop(delay: .seconds(20)) { asked.append(true) } == .exited(5))
        #expect(asked.events == [true], "nobody is there to be asked")
    }

    @Test("one that goes on gets a signal, one that goes on still is killed, with all that it started")
    func impoliteStops() async throws {
        let listening = try start("trap 'exit 6' TERM; echo on; while :; do sleep 0.02; done")
        try await lines.wait(for: "on")
        #expect(await listening.stop(delay: .milliseconds(500)) == .exited(6))
        let deaf = try start("trap '' TERM; sleep 60 & echo $!; echo deaf; while :; do sleep 1; done")
        try await lines.wait(for: "deaf")
        let grandchild = try #require(lines.events.first { Int32($0) != nil })
        #expect(isAlive(grandchild))
        #expect(await deaf.stop(delay: .milliseconds(50)) == .signalled(SIGKILL))
        #expect(try await waitUntilGone(grandchild))
    }

    @Test("what it leaves behind when it crashes ends with it, and keeps nobody waiting")
    func leftBehind() async throws {
        let process = try start("sleep 60 & echo $!; exit 1")
        #expect(await process.waitForEnd() == .exited(1))
        let grandchild = try #require(lines.events.first)
        #expect(try await waitUntilGone(grandchild))
    }

    @Test("waiting for its end can be given up")
    func cancelledWait() async throws {
        let process = try start("read x")
        let waiting = Task { await process.waitForEnd() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        process.closeInput()
        #expect(await process.waitForEnd() == .exited(1))
    }

    // MARK: Values

    @Test("output is cut at its line ends, wherever the pieces end")
    func outputLines() {
        var lines = OutputLines()
        #expect(lines.append(Array("a\nb".utf8)) == ["a"])
        #expect(lines.append(Array("c\r\n\n\u{1B}[31mé".utf8)) == ["bc", ""])
        #expect(lines.append([0xFF, 0x0A]) == ["[31mé\u{FFFD}"])
        #expect(lines.finish() == nil)
        #expect(lines.append(Array("end".utf8)) == [] && lines.finish() == "end" && lines.finish() == nil)
    }

    @Test("a provider that crashes is restarted, later and later, until it is given up; one that ran well begins anew")
    func restarts() {
        var settings = RestartPolicy.Settings()
        settings.restartsMax = 4
        settings.delay = .seconds(1)
        settings.delayMax = .seconds(3)
        var policy = RestartPolicy(settings)
        #expect(policy.ended(after: .zero) == .restart(after: .seconds(1)))
        #expect(policy.ended(after: .seconds(59)) == .restart(after: .seconds(2)))
        #expect(policy.ended(after: .zero) == .restart(after: .seconds(3)))
        #expect(policy.ended(after: .seconds(60)) == .restart(after: .seconds(1)))
        #expect(policy.restarts == 4)
        for _ in 0..<2 { _ = policy.ended(after: .zero) }
        #expect(policy.ended(after: .zero) == .giveUp)
        #expect(policy.restarts == 6)
        settings.restartsMax = 1
        policy = RestartPolicy(settings)
        #expect(policy.ended(after: .seconds(600)) == .giveUp)
    }
}
