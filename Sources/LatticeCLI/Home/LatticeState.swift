/// The folder of what this machine keeps for a person's lattices: `$LATTICE_STATE`, else `$XDG_STATE_HOME/lattice`, else
/// `~/.local/state/lattice`.
struct LatticeState: Equatable {
    let path: String

    /// Where a host keeps its state unless `host.state_dir` says otherwise.
    var hostFolder: String { path + "/host" }
    var upRecordPath: String { path + "/up.json" }

    /// - Parameter environment: looks up one variable. An empty one counts as absent, a relative `XDG_STATE_HOME` too.
    init(environment: (String) -> String? = Program.environment) throws(CLIError) {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let state = variable("LATTICE_STATE") {
            path = state
        } else if let folder = variable("XDG_STATE_HOME"), folder.hasPrefix("/") {
            path = folder + "/lattice"
        } else if let folder = variable("HOME") {
            path = folder + "/.local/state/lattice"
        } else {
            throw CLIError(
                .wrongUsage, "no place for state: neither LATTICE_STATE nor HOME is set",
                fix: "export LATTICE_STATE=DIR")
        }
    }
}
