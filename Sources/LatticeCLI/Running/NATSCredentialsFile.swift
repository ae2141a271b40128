import LatticeIdentity
import LatticeProtocol

/// A file with a user's token and seed, as NATS tools write it: both between lines that say what they are.
enum NATSCredentialsFile {
    private static let bytesMax = 64 << 10

    /// - Throws: exit 2 for what can't be read as one; never shows what stands in it.
    static func login(_ path: String) throws(CLIError) -> HostData.BusLogin {
        let lines = String(decoding: try InputFile.read(path, bytesMax: bytesMax), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map { String($0).trimmed }
        guard let token = text(in: lines, "NATS USER JWT"), let seed = text(in: lines, "USER NKEY SEED"),
            let key = try? AnyKeyPair(seedText: seed)
        else {
            throw CLIError(.wrongUsage, "'\(path)' holds no user's token and seed for NATS")
        }
        return HostData.BusLogin(token: token, key: key)
    }

    private static func text(in lines: [String], _ label: String) -> String? {
        guard let start = lines.firstIndex(where: { $0.contains("BEGIN \(label)") }), start + 1 < lines.count else {
            return nil
        }
        return lines[start + 1]
    }
}
