import ArgumentParser
import Glibc
import LatticeBus
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeCLI

@Suite("which lattice a command is about")
struct ConnectionTests {
    private let bench: CommandBench

    init() throws { bench = try CommandBench(keys: .none) }

    private func settings(_ words: [String], _ environment: [String: String] = [:]) throws -> (String?, String) {
        let options = try ConnectionOptions.parse(words)
        let settings = try options.settings(home: bench.home, environment: environment)
        return (settings.nats.url, settings.name)
    }

    @Test("flag, environment, file, default: in this order")
    func precedence() throws {
        #expect(try settings([]) == (nil, "default"))
        let file = try bench.file("a.conf", Array("nats: {url: nats://file}\nlattice: {name: file}\n".utf8))
        #expect(try settings(["--config", file]) == ("nats://file", "file"))
        #expect(try settings([], ["LATTICE_CONFIG": file]) == ("nats://file", "file"))
        let environment = ["LATTICE_NATS": "nats://variable", "LATTICE_NAME": "variable", "LATTICE_CONFIG": file]
        #expect(try settings([], environment) == ("nats://variable", "variable"))
        #expect(
            try settings(["--nats", "nats://flag", "--lattice", "flag"], environment) == ("nats://flag", "flag"))
    }

    @Test("the file in the home counts where none is named, and contexts stand beside it")
    func files() throws {
        mkdir(bench.home.path, 0o700)
        mkdir(bench.home.path + "/contexts", 0o700)
        let usual = try bench.file("home/lattice.conf", Array("lattice: {name: usual}\n".utf8))
        let pis = try bench.file("home/contexts/pis.conf", Array("lattice: {name: pis}\n".utf8))
        defer {
            unlink(usual)
            unlink(pis)
            rmdir(bench.home.path + "/contexts")
        }
        #expect(try settings([]) == (nil, "usual"))
        #expect(try settings(["--context", "pis"]) == (nil, "pis"))
        #expect(try settings([], ["LATTICE_CONTEXT": "pis"]) == (nil, "pis"))
        #expect(try settings(["--config", usual], ["LATTICE_CONTEXT": "pis"]) == (nil, "usual"))
    }

    @Test(
        "what can't be read is wrong usage",
        arguments: [
            ["--config", "/nowhere.conf"], ["--context", "nowhere"], ["--context", "../lattice"],
            ["--lattice", "a b"], ["--config", "/dev/null/x"],
        ])
    func unreadable(words: [String]) throws {
        let error = #expect(throws: CLIError.self) { try settings(words) }
        #expect(error?.status == .wrongUsage)
    }

    @Test("a problem in the file is named with its place")
    func problem() throws {
        let file = try bench.file("a.conf", Array("nats:\n  urk: x\n".utf8))
        let error = #expect(throws: CLIError.self) { try settings(["--config", file]) }
        #expect(error?.message.contains("a.conf:2:3: unknown key 'urk'") == true, "\(String(describing: error))")
    }

    @Test("a file and a context exclude each other")
    func both() {
        #expect(throws: (any Error).self) { try ConnectionOptions.parse(["--config", "a", "--context", "b"]) }
    }

    // MARK: What `lattice up` left

    private func state() throws -> LatticeState {
        let folder = bench.folder
        return try LatticeState { $0 == "LATTICE_STATE" ? folder : nil }
    }

    @Test("the record of a process that lives counts, and goes with it")
    func record() throws {
        let state = try state()
        #expect(UpRecord.read(in: state) == nil)
        let record = UpRecord(process: getpid(), nats: "nats://127.0.0.1:1", lattice: "x")
        try record.write(in: state)
        #expect(UpRecord.read(in: state) == record)
        UpRecord(process: getpid() + 1, nats: "", lattice: "").remove(in: state)
        #expect(UpRecord.read(in: state) == record)
        record.remove(in: state)
        #expect(UpRecord.read(in: state) == nil)
    }

    @Test(
        "other records count for nothing",
        arguments: [
            #"{"pid":999999999,"nats":"a","lattice":"b"}"#, #"{"pid":0,"nats":"a","lattice":"b"}"#,
            #"{"pid":-1,"nats":"a","lattice":"b"}"#, #"{"pid":1,"nats":"a"}"#, "{", "",
        ])
    func badRecords(text: String) throws {
        let state = try state()
        _ = try bench.file("up.json", Array(text.utf8))
        #expect(UpRecord.read(in: state) == nil)
    }

    @Test(
        "where state is kept",
        arguments: [
            (["LATTICE_STATE": "/a", "XDG_STATE_HOME": "/b", "HOME": "/c"], "/a"),
            (["XDG_STATE_HOME": "/b", "HOME": "/c"], "/b/lattice"), (["HOME": "/c"], "/c/.local/state/lattice"),
            (["XDG_STATE_HOME": "relative", "HOME": "/c"], "/c/.local/state/lattice"),
        ])
    func statePlace(variables: [String: String], path: String) throws {
        #expect(try LatticeState { variables[$0] }.path == path)
    }

    // MARK: Exit statuses

    @Test("nobody, too late and no are told apart")
    func statuses() throws {
        let subject = try Subject("a")
        let host = HostKeyPair.generate().publicKey
        let expected: [(any Error, LatticeCLI.ExitStatus)] = [
            (ControlError.nobody(.default), .nobodyReachable), (ControlError.noHost(host), .nobodyReachable),
            (ControlError.timedOut(subject, after: .seconds(1)), .timedOut),
            (ControlError.refused("no"), .refused),
            (ControlError.bus(.disconnected(since: .now(), reason: "x")), .nobodyReachable),
            (ControlError.store(.bus(.timedOut(subject, after: .seconds(1)))), .timedOut),
            (ControlError.store(.storageOff(remedy: "x")), .nobodyReachable),
            (ControlError.store(.refused("x")), .refused), (NameProblem.unknown("x", .module), .refused),
        ]
        for (error, status) in expected {
            guard case .failure(let failure) = CommandRun.outcome(of: error) else {
                Issue.record("\(error)")
                continue
            }
            #expect(failure.status == status, "\(error)")
        }
    }

    @Test("texts from the lattice can't steer a terminal")
    func printable() {
        let hostile = "a\u{1B}[2Jb\u{202E}c\u{9B}d"
        #expect(hostile.printable == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d")
        #expect("grün 漢".printable == "grün 漢")
        #expect(!TextTable(titles: ["a"], rows: [[hostile]]).text(style: CommandBench.plain).contains("\u{1B}"))
        #expect(!CLIError(.refused, hostile).text(program: "lattice", style: CommandBench.plain).contains("\u{1B}"))
    }
}
