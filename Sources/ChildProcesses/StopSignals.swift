import Dispatch
import Glibc

/// Ctrl-C and SIGTERM, as something to do instead of dying. A reader that has gone away is no reason to die either: SIGPIPE is
/// ignored.
public final class StopSignals: Sendable {
    // Safety: written in `init`, read in `deinit`; the sources themselves may be used from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// - Parameter handle: called for the first signal; a second one ends the process at once.
    public init(_ handle: @escaping @Sendable () -> Void) {
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
                handle()
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
