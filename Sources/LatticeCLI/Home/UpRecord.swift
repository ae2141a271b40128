import Glibc
import LatticeIdentity

/// What `lattice up` started here, for the commands that are typed beside it: `$LATTICE_STATE/up.json`. It counts only as
/// long as that process lives.
struct UpRecord: Equatable {
    let process: pid_t
    /// Where its server listens, such as `nats://127.0.0.1:4222`.
    let nats: String
    let lattice: String

    private static let bytesMax = 4_096

    /// - Returns: nil when nobody runs, and for a file that is not what it should be.
    static func read(in state: LatticeState) -> UpRecord? {
        guard let bytes = try? InputFile.read(state.upRecordPath, bytesMax: bytesMax),
            let record = UpRecord(json: bytes), record.isAlive
        else { return nil }
        return record
    }

    func write(in state: LatticeState) throws(CLIError) {
        do throws(FileError) {
            try PrivateFolder.create(state.path)
            try AtomicFile.write(json, to: state.upRecordPath, mode: 0o600)
        } catch { throw CLIError(.refused, "\(error)") }
    }

    /// Takes the record away, if it is still that of this process.
    func remove(in state: LatticeState) {
        guard let bytes = try? InputFile.read(state.upRecordPath, bytesMax: Self.bytesMax),
            UpRecord(json: bytes)?.process == process
        else { return }
        unlink(state.upRecordPath)
    }

    /// Whether there is such a process, whoever it belongs to.
    var isAlive: Bool { kill(process, 0) == 0 || errno == EPERM }
}

extension UpRecord {
    init?(json bytes: [UInt8]) {
        guard case .object(let object)? = try? JSONValue(parsing: bytes),
            let process = try? object.integer("pid", as: pid_t.self), process > 0,
            let nats = try? object.string("nats"), let lattice = try? object.string("lattice")
        else { return nil }
        self.init(process: process, nats: nats, lattice: lattice)
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("pid", process)
            writer.member("nats", nats)
            writer.member("lattice", lattice)
        }
        return writer.bytes
    }
}
