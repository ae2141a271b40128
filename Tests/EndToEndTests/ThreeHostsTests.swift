import Foundation
import Glibc
import LatticeIdentity
import LatticeTestSupport
import Synchronization
import Testing

/// The main job: HTTP comes in on one host, the actor runs on another, its count is in Redis.
@Suite("three hosts, Redis and HTTP", .timeLimit(.minutes(5)))
struct ThreeHostsTests {
    let program: LatticeProgram
    let environment: [String]
    let redis: RedisServer
    let port: UInt16

    init() throws {
        program = try LatticeProgram()
        environment = ["LATTICE_NATS=\(try NATSServer.shared.get().url)", "LATTICE_NAME=\(uniqueName())"]
        redis = try RedisServer()
        port = try freePort()
    }

    @discardableResult
    private func lattice(
        _ words: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> LatticeProgram.Result {
        let result = try program.run(words, environment: environment)
        try #require(
            result.status == status, "\(words): \(result.output)\(result.error)", sourceLocation: sourceLocation)
        return result
    }

    /// A host with a configuration file of its own, which knows the operator's public key and nothing else of him.
    private func host(_ name: String, _ operatorKey: String) throws -> BackgroundProgram {
        let text =
            "trust:\n  operator: \(operatorKey)\nhost:\n  name: \(name)\n  state_dir: \(program.folder)/host-\(name)\n"
        try program.write(Array(text.utf8), to: "\(name).conf")
        return try program.start(
            name, ["host", "--config", "\(name).conf"],
            environment: environment + ["LATTICE_HOME=\(program.folder)/nobody"])
    }

    private func count(_ answer: HTTPQuestion.Answer?) -> Int? {
        guard let answer, answer.status == 200 else { return nil }
        return Int(answer.body.dropFirst(#"{"counter":"#.count).dropLast())
    }

    /// Everything up to the links, with the providers on host a.
    private func prepare(_ names: [String], isolation: String) throws -> [BackgroundProgram] {
        try lattice("trust", "init")
        guard case .string(let operatorKey)? = try lattice("trust", "list", "-o", "json").json?["operator"] else {
            throw NoOperator()
        }
        let hosts = try names.map { try host($0, operatorKey) }
        try eventually("all hosts answer") {
            try program.run(["get", "hosts", "-o", "json"], environment: environment).jsonList?.count == names.count
        }
        for name in names { try lattice("trust", "add", name, "--yes") }
        try lattice("start", "provider", "redis", "--host", "a", "--isolation", isolation)
        try lattice("start", "provider", "httpserver", "--host", "a", "--isolation", isolation)
        let providers = try #require(try lattice("get", "providers", "-o", "json").jsonList)
        #expect(providers.map { $0["isolation"] } == [.string(isolation), .string(isolation)])
        let actor = URL(filePath: #filePath).appending(path: "../../../.build-actors/counter.wasm").standardized
        try lattice(
            "sign", actor.path(percentEncoded: false), "--name", "counter", "--cap", "http-server", "--cap", "keyvalue",
            "--output", "counter.wasm")
        return hosts
    }

    private struct NoOperator: Error {}

    private func link() throws {
        try lattice("link", "put", "counter", "httpserver", "http-server", "address=127.0.0.1:\(port)")
        try lattice("link", "put", "counter", "redis", "keyvalue", "url=redis://127.0.0.1:\(redis.port)")
    }

    @Test("the count is in Redis, and goes on when the actor moves to another host", arguments: ["host", "process"])
    func countGoesOn(isolation: String) throws {
        try BuiltActors.build()
        let hosts = try prepare(["a", "b"], isolation: isolation)
        try lattice("start", "actor", "counter.wasm", "--host", "b")
        try lattice("link", "put", "counter", "httpserver", "http-server", "address=127.0.0.1:\(port)")
        let refused = try #require(HTTPQuestion(port: port).ask())
        #expect(refused.status == 403)
        #expect(refused.body.contains(#""code":"no-link""#))
        let why = try lattice("why", "-o", "json").json
        #expect(why?["fix"] == "lattice link put counter redis keyvalue")
        // It was refused where the actor runs, not where HTTP came in.
        let hostB = try hostKey("b")
        #expect(why?["host"] == hostB)

        try link()
        #expect(count(HTTPQuestion(port: port).ask()) == 1)
        #expect(try redis.value(of: "counter::counter") == "1")
        try lattice("stop", "actor", "counter", "--host", "b")
        let nobody = try #require(HTTPQuestion(port: port).ask())
        #expect(nobody.status == 503)
        #expect(nobody.body.contains(#""code":"no-actor""#))
        try lattice("start", "actor", "counter.wasm", "--host", "a")
        #expect(count(HTTPQuestion(port: port).ask()) == 2)
        #expect(try redis.value(of: "counter::counter") == "2")
        for host in hosts { #expect(host.stop() == 0, "\(host.error)") }
    }

    private func hostKey(_ name: String) throws -> JSONValue? {
        try lattice("get", "hosts", "-o", "json").jsonList?.first { $0["name"] == .string(name) }?["id"]
    }

    @Test("of a host that is killed at most the calls under way fail, once each; a start or stop costs none")
    func killedHost() throws {
        try BuiltActors.build()
        var hosts = try prepare(["a", "b", "c"], isolation: "host")
        for name in ["b", "c"] { try lattice("start", "actor", "counter.wasm", "--host", name) }
        try link()
        let clientsCount = 4
        let load = Load(clientsCount, HTTPQuestion(port: port))
        try eventually("both hosts have answered") { try callsOfHosts().values.filter { $0 > 0 }.count == 2 }
        hosts[2].kill()
        // The time after which nobody may notice any more.
        usleep(2_000_000)
        let later = ContinuousClock.now
        let before = load.answersCount
        try eventually("answers go on") { load.answersCount > before + 50 }

        hosts[2] = try program.start(
            "c", ["host", "--config", "c.conf"], environment: environment + ["LATTICE_HOME=\(program.folder)/nobody"])
        try eventually("it answers again, by itself") { try callsOfHosts()["c"] ?? 0 > 0 }
        // What is stopped on purpose loses nothing, neither.
        try lattice("stop", "actor", "counter", "--host", "b")
        let stopped = load.answersCount
        try eventually("the other one answers") { load.answersCount > stopped + 50 }
        load.stop()
        let failed = load.failures(of: ..<later)
        #expect(failed.count <= clientsCount, "\(failed)")
        for failure in failed {
            let answer = try #require(failure)
            #expect(answer.status == 503 || answer.status == 504, "\(answer)")
            #expect(answer.body.contains(#""code":""#))
        }
        #expect(load.failures(of: later...).isEmpty)
        // Each answer was counted once.
        let total = try redis.value(of: "counter::counter").flatMap { Int($0) }
        #expect(total ?? 0 >= load.answersCount)
        for host in hosts { host.stop() }
    }

    /// Calls that the actor has answered, by the names of the hosts that it runs on.
    private func callsOfHosts() throws -> [String: Int] {
        let names = try lattice("get", "hosts", "-o", "json").jsonList ?? []
        var calls: [String: Int] = [:]
        for actor in try lattice("get", "actors", "-o", "json").jsonList ?? [] {
            guard case .string(let name)? = names.first(where: { $0["id"] == actor["host"] })?["name"],
                case .number(let count)? = actor["calls"]
            else { continue }
            calls[name] = count.integer(as: Int.self)
        }
        return calls
    }
}

/// Clients that ask without a pause until told to stop.
private final class Load: Sendable {
    private struct State {
        var isStopping = false
        var running = 0
        var answersCount = 0
        var failures: [(asked: ContinuousClock.Instant, answer: HTTPQuestion.Answer?)] = []
    }

    private let state = Mutex(State())

    init(_ clientsCount: Int, _ question: HTTPQuestion) {
        state.withLock { $0.running = clientsCount }
        for _ in 0..<clientsCount {
            Thread.detachNewThread { [self] in
                while !state.withLock(\.isStopping) {
                    let asked = ContinuousClock.now
                    let answer = question.ask()
                    state.withLock { state in
                        if answer?.status == 200 {
                            state.answersCount += 1
                        } else {
                            state.failures.append((asked, answer))
                        }
                    }
                }
                state.withLock { $0.running -= 1 }
            }
        }
    }

    var answersCount: Int { state.withLock(\.answersCount) }

    /// What was not answered as it should of the questions asked in a time.
    func failures(of time: some RangeExpression<ContinuousClock.Instant>) -> [HTTPQuestion.Answer?] {
        state.withLock { $0.failures.filter { time.contains($0.asked) }.map(\.answer) }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        while state.withLock(\.running) > 0 { usleep(10_000) }
    }
}

/// The example actors, built once.
enum BuiltActors {
    private static let outcome: Result<Void, any Error> = Result {
        let script = URL(filePath: #filePath).appending(path: "../../../actors/build.sh").standardized
        let process = Process()
        process.executableURL = script
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "actors/build.sh failed")
    }

    static func build() throws { try outcome.get() }
}

extension RedisServer {
    /// As a person would look.
    fileprivate func value(of key: String) throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-cli")
        process.arguments = ["-p", "\(port)", "get", key]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.isEmpty ? nil : text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
