import Glibc
import KeyValueOperations
import LocalKeyValueProvider

// A store in a process of its own, that a test can kill or starve: `count`, `hold` or `fill` a folder.

func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}

func run(_ mode: String, _ folder: String) async throws {
    var settings = LocalStoreSettings(folder: folder)
    settings.compactionBytesMin = 20_000
    let store = try LocalKeyValueStore(settings)
    switch mode {
    case "count":
        while true {
            guard case .number(let number) = try await store.perform(.increment(key: [1], by: 1)) else { return }
            say("\(number)")
        }
    case "hold":
        say("open")
        while getchar() != EOF {}
    case "fill":
        var number = 0
        do throws(KeyValueError) {
            while number < 10_000 {
                _ = try await store.perform(
                    .set(key: Array("\(number)".utf8), value: [UInt8](repeating: 1, count: 1000), expires: 0))
                number += 1
            }
        } catch {
            // What is there can still be read, and what needs no more room be done.
            let first = try? await store.perform(.get(key: Array("0".utf8)))
            say("\(number) \(first == .value([UInt8](repeating: 1, count: 1000))) \(error)")
        }
    default: say("no such mode")
    }
}

do {
    try await run(CommandLine.arguments[1], CommandLine.arguments[2])
} catch {
    say("\(error)")
    exit(1)
}
