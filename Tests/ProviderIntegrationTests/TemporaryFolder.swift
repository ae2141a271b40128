import Glibc

/// A folder that is gone with this value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/lattice-provider-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw RawClientError("no folder below \(base)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in ["lock", "keyvalue.log", "keyvalue.log.new", "keyvalue.log.torn"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
