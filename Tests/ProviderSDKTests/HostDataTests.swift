import Glibc
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import NATSTransport
import Testing

@testable import ProviderSDK

@Suite("What a provider process is told")
struct HostDataTests {
    private let provider = BundledProvider.key(of: "test")

    private func hostData(
        url: String = "", usesTLS: Bool = false, login: HostData.BusLogin? = nil, secrets: String? = nil
    ) -> HostData {
        HostData(
            host: HostKeyPair.generate().publicKey, lattice: .default, link: .default, provider: provider, busURL: url,
            busLogin: login, busUsesTLS: usesTLS, key: .generate(), instanceID: "i", links: [], clusterIssuers: [],
            trust: .init(
                operatorKey: nil, document: nil, settings: JSONObject(), certificate: nil, secretsFolder: secrets))
    }

    // MARK: Reading

    /// What a process reads that is given these bytes on standard input.
    private func read(_ bytes: [UInt8], isClosed: Bool = true, within limit: Duration = .seconds(20)) async throws
        -> HostData
    {
        var ends: [CInt] = [-1, -1]
        #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let file = ends[0]
        let writer = Task.detached { [ends] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            if isClosed { shutdown(ends[1], CInt(SHUT_WR)) }
        }
        defer { close(file) }
        let result: Result<HostData, ProviderProgramError>
        do throws(ProviderProgramError) {
            result = .success(try await StandardInput.hostData(from: file, within: limit))
        } catch { result = .failure(error) }
        await writer.value
        close(ends[1])
        return try result.get()
    }

    @Test("one line is enough, whether or not more may come", arguments: [true, false])
    func line(isClosed: Bool) async throws {
        let data = hostData(url: "h:1")
        let read = try await read(data.line(), isClosed: isClosed)
        #expect(read.json == data.json)
    }

    @Test("a line without an end counts when the input has one; a large one is read whole")
    func oddLines() async throws {
        var data = hostData()
        #expect(try await read(data.line().dropLast()).json == data.json)
        data.configuration = String(repeating: "x", count: 1 << 20)
        #expect(try await read(data.line(), isClosed: false).configuration == data.configuration)
    }

    @Test("what is no host data is refused with the reason")
    func malformed() async throws {
        let rows: [([UInt8], String)] = [
            ([], "without a line"), (Array("\n".utf8), "without a line"), (Array("hello\n".utf8), "base 64"),
            (Array("e30=\n".utf8), "host_id"),
        ]
        for (bytes, reason) in rows {
            do {
                _ = try await read(bytes)
                Issue.record("\(bytes) was taken")
            } catch { #expect("\(error)".contains(reason), "\(error)") }
        }
        await #expect(throws: ProviderProgramError.self) { try await self.read([], isClosed: false, within: .zero) }
    }

    // MARK: The bus

    @Test(
        "servers as every kind of host writes them",
        arguments: [
            ("", false, "nats://127.0.0.1:4222"), ("h:4", false, "nats://h:4"), ("h:4", true, "tls://h:4"),
            ("nats://h:4", true, "nats://h:4"), ("tls://a:1,b:2", false, "tls://a:1,nats://b:2"),
        ])
    func servers(url: String, usesTLS: Bool, expected: String) {
        #expect(NATSOptions(hostData(url: url, usesTLS: usesTLS), name: "n").urls == expected)
    }

    @Test("a login is passed on")
    func login() {
        guard case .none = NATSOptions(hostData(), name: "n").credentials else {
            Issue.record("a login out of nothing")
            return
        }
        let data = hostData(login: .init(token: "jwt", key: .generate(.user)))
        guard case .jwt("jwt", _) = NATSOptions(data, name: "n").credentials else {
            Issue.record("no login")
            return
        }
    }

    // MARK: Secrets

    @Test("a secret is a file of its folder, and nothing else is")
    func secrets() throws {
        var template = Array("/tmp/lattice-sdk-XXXXXX".utf8CString)
        #expect(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        func put(_ name: String, _ bytes: [UInt8]) {
            let file = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            _ = write(file, bytes, bytes.count)
            close(file)
        }
        put("redis", Array("s3cret ä".utf8))
        put("binary", [0xFF, 0xFE])
        put("large", [UInt8](repeating: 65, count: (64 << 10) + 1))
        put("largest", [UInt8](repeating: 65, count: 64 << 10))
        symlink("/etc/hostname", "\(folder)/link")
        let data = hostData(secrets: folder)
        #expect(data.secret("redis") == "s3cret ä")
        #expect(data.secret("largest")?.utf8.count == 64 << 10)
        for name in ["", ".", "..", "../redis", "other", "binary", "large", "link", "redis\0"] {
            #expect(data.secret(name) == nil, "\(name)")
        }
        #expect(hostData().secret("redis") == nil)
        for name in ["redis", "binary", "large", "largest", "link"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    // MARK: The log

    @Test("the log has lines of the level that is wanted, as text or as JSON")
    func log() {
        var data = hostData()
        let lines = EventLog<String>()
        for (level, expected) in [("error", 0), ("warn", 1), (nil, 2), ("debug", 3), ("what", 2)] as [(String?, Int)] {
            data.logLevel = level
            let log = ProviderLog(data) { lines.append($0) }
            let before = lines.events.count
            log.debug("d")
            log.info("i")
            log.warning("w")
            #expect(lines.events.count == before + expected, "\(level ?? "none")")
        }
        data.logsStructured = true
        ProviderLog(data) { lines.append($0) }.warning("a \"quote\"")
        #expect(lines.events.last == #"{"level":"warning","message":"a \"quote\""}"#)
        #expect(lines.events.contains("info: i"))
    }
}
