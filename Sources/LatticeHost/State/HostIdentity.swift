import Glibc
import LatticeIdentity

/// The two keys of a host. `host` is its address, and signs nothing but which cluster key is its own; `cluster` signs
/// its invocations. Made at the first start, kept in the state folder, never seen elsewhere.
/// - Source: trust rules §1.
public struct HostIdentity: Sendable {
    public let host: HostKeyPair
    public let cluster: ClusterKeyPair

    public enum Failure: Error, CustomStringConvertible {
        case file(FileError)
        case key(KeyFileError)
        case wrongKind(path: String, NKeyError)

        public var description: String {
            switch self {
            case .file(let error): error.description
            case .key(let error): error.description
            case .wrongKind(let path, let error): "'\(path)' holds the wrong kind of key: \(error)"
            }
        }
    }

    /// - Throws: when a key is there but cannot be used. It is never replaced: the host would become another one.
    public init(in folder: StateFolder) throws(Failure) {
        host = try Self.key("host.nk", folder)
        cluster = try Self.key("cluster.nk", folder)
    }

    private static func key<Role: NKeyRole>(_ name: String, _ folder: StateFolder) throws(Failure) -> KeyPair<Role> {
        let path: String
        do throws(FileError) { path = try folder.file(name, in: "keys") } catch { throw .file(error) }
        if access(path, F_OK) == 0 {
            let pair: AnyKeyPair
            do throws(KeyFileError) { pair = try KeyFile.read(path) } catch { throw .key(error) }
            do throws(NKeyError) { return try KeyPair(pair) } catch { throw .wrongKind(path: path, error) }
        }
        let pair = KeyPair<Role>.generate()
        do throws(KeyFileError) { try KeyFile.create(path, AnyKeyPair(pair)) } catch { throw .key(error) }
        return pair
    }
}
