import ArgumentParser
import LatticeControl
import LatticeIdentity

/// A command that asks a lattice or tells it something, and prints one result.
protocol SessionCommand: LatticeCommand {
    associatedtype Result: Report

    var connection: ConnectionOptions { get }
    var output: OutputOptions { get }

    func report(in session: LatticeSession) async throws -> Result
}

extension SessionCommand {
    func run() async throws { try await connected { output.print(try await report(in: $0)) } }

    /// Connects, and disconnects whatever happens.
    func connected(_ body: (LatticeSession) async throws -> Void) async throws {
        let session = try await LatticeSession.open(connection)
        do { try await body(session) } catch ControlError.nobody(let lattice) {
            await session.close()
            throw CLIError(
                .nobodyReachable, "\(ControlError.nobody(lattice)) at \(session.address)", fix: "lattice up")
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }
}

/// What a command that did something has to say.
struct OutcomeReport: Report {
    /// For people; each a line.
    let lines: [String]
    let fields: JSONObject

    init(_ lines: [String], _ fields: JSONObject) {
        self.lines = lines
        self.fields = fields
    }

    init(_ line: String, _ fields: JSONObject) { self.init([line], fields) }

    var json: JSONValue { .object(fields) }
    func text(style: TextStyle) -> String { lines.map { $0.printable + "\n" }.joined() }
}
