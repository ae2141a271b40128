import Glibc
import LatticeIdentity
import Testing

@Suite("key files")
final class KeyFileTests {
    private let folder: String
    private var path: String { "\(folder)/account.nk" }

    init() throws {
        var template = Array("/tmp/lattice-keyfile-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        folder = String(cString: made)
    }

    deinit {
        for name in Self.names(in: folder) { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    @Test("a seed is kept for its owner only, and comes back")
    func roundTrip() throws {
        let pair = AnyKeyPair.generate(.account)
        try KeyFile.create(path, pair)
        #expect(try KeyFile.read(path).publicKey == pair.publicKey)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_size == 59)
        #expect(Self.names(in: folder) == ["account.nk"])
    }

    @Test("a seed is never overwritten")
    func overwriting() throws {
        let pair = AnyKeyPair.generate(.account)
        try KeyFile.create(path, pair)
        #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.create(path, .generate(.account)) }
        #expect(try KeyFile.read(path).publicKey == pair.publicKey)
        #expect(Self.names(in: folder) == ["account.nk"])
    }

    @Test("a seed that others can reach is refused", arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601] as [mode_t])
    func exposed(mode: mode_t) throws {
        try KeyFile.create(path, .generate(.account))
        chmod(path, mode)
        #expect(throws: KeyFileError.exposed(path: path, mode: mode)) { try KeyFile.read(path) }
        #expect(throws: Never.self) { try KeyFile.read(path, exposure: .accepted) }
        chmod(path, 0o400)
        #expect(throws: Never.self) { try KeyFile.read(path) }
    }

    @Test("white space around a seed is fine, anything else is not")
    func contents() throws {
        let seed = ProtocolVectors.pair(.account).seed
        for good in [seed, "\(seed)\n", " \t\(seed)\r\n\n"] {
            try AtomicFile.write(Array(good.utf8), to: path, mode: 0o600)
            #expect("\(try KeyFile.read(path))" == ProtocolVectors.pair(.account).key)
        }
        for bad in ["", "\n", "\(seed)A", "\(seed)\n\(seed)", "# \(seed)", ProtocolVectors.pair(.account).key] {
            try AtomicFile.write(Array(bad.utf8), to: path, mode: 0o600)
            let refusal = try #require(throws: KeyFileError.self) { try KeyFile.read(path) }
            #expect(!"\(refusal)".contains(seed.prefix(20)))
        }
        try AtomicFile.write([UInt8](repeating: 0x20, count: 10_000), to: path, mode: 0o600)
        #expect(throws: KeyFileError.notASeed(path: path, .length(0, expected: 58))) { try KeyFile.read(path) }
    }

    @Test("what the system refuses is said with its path")
    func missing() {
        #expect(throws: KeyFileError.file(FileError("open", path, code: ENOENT))) { try KeyFile.read(path) }
        #expect("\(FileError("open", "/x", code: ENOENT))" == "can't open '/x': No such file or directory")
        #expect(throws: KeyFileError.file(FileError("create", "\(folder)/no/file", code: ENOENT))) {
            try KeyFile.create("\(folder)/no/file", .generate(.host))
        }
    }

    @Test("a replaced file is whole, and leaves nothing beside it")
    func replacing() throws {
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([], to: path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_size == 0)
        #expect(throws: FileError.self) { try AtomicFile.write([1], to: path, existing: .keep) }
        #expect(Self.names(in: folder) == ["account.nk"])
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
