import FuzzSupport
import Glibc
import WasmComparison
import WasmGenerator

/// What a person does around the fuzzers. `fuzz-tool` alone lists it.
let usage = """
    fuzz-tool module FILE OUT.wasm         the module that FuzzExecute makes of an input
    fuzz-tool snapshots FOLDER             inputs for FuzzRestore to begin with
    fuzz-tool generate FOLDER SEED COUNT [--portable | --standard]
                                           COUNT modules from random decisions: for engines without vectors that
                                           do not make NaNs canonical, for those that have them, or for our own
    fuzz-tool compare FILE.wasm...         runs each with and without fusions and says what differs
    fuzz-tool soak SEED SECONDS            the same with modules from random decisions, one after the other: no coverage
                                           leads it, but it is many times as fast as the fuzzer
    fuzz-tool report [--fresh] FILE.wasm...
                                           what each test of generated modules gives, for compare.py
    """

func fail(_ message: String) -> Never {
    let text = message + "\n"
    _ = text.withCString { write(STDERR_FILENO, $0, text.utf8.count) }
    exit(2)
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("module", 3):
    let input = try Files.read(arguments[1])
    let module = input.withUnsafeBytes { bytes in
        var source = ByteSource(bytes)
        return GeneratedModule(&source, style: .everything)
    }
    try Files.write(module.bytes, to: arguments[2])
case ("generate", 4...5):
    guard let seed = UInt64(arguments[2]), let count = UInt64(arguments[3]) else { fail(usage) }
    let styles: [String: GeneratorStyle] = ["--portable": .canonicalNaN, "--standard": .standard]
    let style = styles[arguments[arguments.count - 1]] ?? .everything
    for index in seed..<(seed + count) {
        let module = RandomModule.make(seed: index, style: style)
        try Files.write(module.bytes, to: "\(arguments[1])/\(index).wasm")
    }
case ("compare", 2...):
    var differences = 0
    for path in arguments.dropFirst() {
        do {
            guard let difference = try Comparison.difference(of: Files.read(path), seed: 77) else { continue }
            print("\(path): \(difference)")
        } catch {
            print("\(path): refused: \(error)")
        }
        differences += 1
    }
    print("\(arguments.count - 1) modules, \(differences) with differences")
    exit(differences == 0 ? 0 : 1)
case ("snapshots", 2):
    for (index, seed) in try RestoreTarget.seeds().enumerated() {
        try Files.write(seed, to: "\(arguments[1])/snapshot-\(index)")
    }
case ("soak", 3):
    guard let seed = UInt64(arguments[1]), let seconds = Int(arguments[2]) else { fail(usage) }
    let end = ContinuousClock.now + .seconds(seconds)
    var (next, differences) = (seed, 0)
    while ContinuousClock.now < end {
        let module = RandomModule.make(seed: next, style: .everything)
        do {
            if let difference = try Comparison.difference(of: module.bytes, seed: next) {
                print("seed \(next): \(difference)")
                differences += 1
            }
        } catch {
            print("seed \(next): refused: \(error)")
            differences += 1
        }
        next += 1
    }
    print("\(next - seed) modules, \(differences) with differences; go on with seed \(next)")
    exit(differences == 0 ? 0 : 1)
case ("report", 2...):
    let isFresh = arguments[1] == "--fresh"
    for path in arguments.dropFirst(isFresh ? 2 : 1) {
        do {
            for line in try PeerReport.lines(Files.read(path), isFresh: isFresh) { print(path, line) }
        } catch {
            print(path, "refused \(error)")
        }
    }
default: fail(usage)
}
