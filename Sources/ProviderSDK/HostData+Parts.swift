import Glibc
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import NATSTransport

extension NATSOptions {
    /// How to reach the bus that the host is on.
    init(_ hostData: HostData, name: String) {
        let scheme = hostData.busUsesTLS ? "tls" : "nats"
        let urls = hostData.busURL.isEmpty ? "127.0.0.1:4222" : hostData.busURL
        // OTP hosts leave the scheme out.
        let complete = urls.split(separator: ",").map { $0.contains("://") ? String($0) : "\(scheme)://\($0)" }
        self.init(
            urls: complete.joined(separator: ","), name: name,
            credentials: hostData.busLogin.map { login in
                .jwt(login.token, seed: NATSSeed(login.key.withSeedText { String(decoding: $0, as: UTF8.self) }))
            } ?? .none)
        // Host data has no place for it: the host's own setting comes by the environment.
        caFile = getenv("LATTICE_NATS_CA_FILE").map { String(cString: $0) }
    }
}

extension HostData {
    /// Whom this process trusts.
    /// - Throws: also when a classic host started it: that one does not say, and nobody is trusted unnamed.
    func trustKeeper() throws(ProviderProgramError) -> TrustKeeper {
        guard let trust else {
            throw .hostData("it does not say whom to trust: this provider runs under hosts of its own kind only")
        }
        let settings: TrustSettings
        do throws(MessageError) { settings = try TrustSettings(JSONFields(trust.settings)) } catch {
            throw .hostData("its trust settings: \(error)")
        }
        return TrustKeeper(
            operatorKey: trust.operatorKey, lattice: lattice, settings: settings, cache: try knowledgeCache(),
            document: trust.document)
    }

    /// What is known of the lattice, for a start without the bucket. Beside what the provider itself keeps.
    func knowledgeCache() throws(ProviderProgramError) -> KnowledgeCache? {
        guard let folder = trust?.stateFolder else { return nil }
        let path = folder + "/lattice"
        do throws(FileError) { try Self.makeFolder(path) } catch { throw .hostData("state_dir: \(error)") }
        return KnowledgeCache(folder: path)
    }

    private static func makeFolder(_ path: String) throws(FileError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw FileError("create", made) }
        }
    }

    /// A secret of the host, by its name: 1–64 letters, digits, `_` or `-`, so that it can only be a file of that folder.
    func secret(_ name: String) -> String? {
        guard let folder = trust?.secretsFolder, (try? LinkName(name)) != nil else { return nil }
        let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.secretBytesMax + 1)
        defer { SecretBytes.wipe(&bytes) }
        var count = 0
        while count < bytes.count {
            let added = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + count }, $0.count - count) }
            if added < 0, errno == EINTR { continue }
            guard added > 0 else { break }
            count += added
        }
        guard count <= Self.secretBytesMax else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }

    private static let secretBytesMax = 64 << 10
}
