import ArgumentParser
import Glibc
import LatticeControl

/// `--watch`
struct WatchOptions: ParsableArguments {
    @Flag(name: .customLong("watch"), help: "Shows it again whenever something happens, until Ctrl-C.")
    var isOn = false
}

/// A command whose result can be looked at as it changes.
protocol WatchedCommand: SessionCommand {
    var watching: WatchOptions { get }
}

extension WatchedCommand {
    func run() async throws {
        guard watching.isOn else { return try await connected { output.print(try await report(in: $0)) } }
        guard output.format == .text else {
            throw CLIError(.wrongUsage, "--watch shows text: for programs there is 'lattice events -o json'")
        }
        try await connected { session in
            let style = TextStyle(file: STDOUT_FILENO, environment: Program.environment)
            try await Watching.redraw(session.client) { output.rendered(try await report(in: session), style: style) }
        }
    }
}

enum Watching {
    /// Without an event it is drawn again all the same: calls are counted, hosts vanish silently.
    static let interval = Duration.seconds(2)
    /// Events come in groups.
    private static let settling = Duration.milliseconds(100)

    /// Draws the first time or fails; from then on failures are shown in place, as they may pass.
    static func redraw(_ client: LatticeClient, _ draw: () async throws -> String) async throws {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Hosts answer a ping with a heartbeat, so each drawing would cause the next one.
        let subscription = try client.events { event in
            if event.name != .hostHeartbeat { continuation.yield() }
        }
        defer { subscription.unsubscribe() }
        show(try await draw())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Task.sleep(for: interval)
                    continuation.yield()
                }
            }
            for await _ in changes {
                try await Task.sleep(for: settling)
                let text: String
                do { text = try await draw() } catch {
                    guard case .failure(let failure) = CommandRun.outcome(of: error) else { throw error }
                    text = failure.text(program: Program.name, style: TextStyle(isColoured: false))
                }
                show(text)
            }
            group.cancelAll()
        }
    }

    private static func show(_ text: String) {
        let clear = isatty(STDOUT_FILENO) == 1 ? "\u{1B}[H\u{1B}[2J" : ""
        Program.write(clear + text, to: STDOUT_FILENO)
    }
}
