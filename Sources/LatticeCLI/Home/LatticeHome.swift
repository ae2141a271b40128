import Glibc
import LatticeIdentity

/// The folder of a person's keys and contexts: `$LATTICE_HOME`, else `$XDG_CONFIG_HOME/lattice`, else
/// `~/.config/lattice`.
struct LatticeHome: Equatable {
    let path: String

    var keys: KeyStore { KeyStore(folder: path + "/keys") }

    /// - Parameter environment: looks up one variable. An empty one counts as absent, a relative `XDG_CONFIG_HOME` too.
    init(environment: (String) -> String? = Program.environment) throws(CLIError) {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let home = variable("LATTICE_HOME") {
            path = home
        } else if let folder = variable("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            path = folder + "/lattice"
        } else if let folder = variable("HOME") {
            path = folder + "/.config/lattice"
        } else {
            throw CLIError(
                .wrongUsage, "no place for keys: neither LATTICE_HOME nor HOME is set", fix: "export LATTICE_HOME=DIR")
        }
    }
}

/// Folders that only their owner can enter.
enum PrivateFolder {
    /// Makes what is missing of the path, each with mode 0700; folders that exist stay as they are.
    static func create(_ path: String) throws(FileError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            if mkdir(part, 0o700) != 0, errno != EEXIST, errno != EISDIR { throw FileError("create", part) }
        }
    }

    /// The names in it, sorted; none when there is no such folder.
    static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw FileError("open", path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
