import ArgumentParser
import Glibc
import LatticeIdentity

/// `lattice down`
struct Down: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stops what 'lattice up' started here.",
        discussion: "Exits 0 also when nothing runs. The host's keys, modules and data stay for the next start.")

    static let examples = ["lattice down"]

    @OptionGroup var output: OutputOptions

    /// The host lets its calls end first, then its children.
    private static let patience = 20

    func run() async throws {
        let state = try LatticeState()
        guard let record = UpRecord.read(in: state) else {
            return output.print(OutcomeReport("nothing runs here", ["stopped": .bool(false)]))
        }
        kill(record.process, SIGTERM)
        for _ in 0..<(Self.patience * 100) {
            if !record.isAlive {
                record.remove(in: state)
                return output.print(
                    OutcomeReport(
                        "stopped the host of lattice '\(record.lattice)' (process \(record.process))",
                        ["stopped": .bool(true), "pid": .number(JSONNumber(record.process))]))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw CLIError(
            .timedOut, "the host (process \(record.process)) has not stopped within \(Self.patience) s",
            fix: "kill -9 \(record.process)")
    }
}
