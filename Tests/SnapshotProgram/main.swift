import Glibc
import WASITestSupport
import WasmRuntime
import WasmTestSupport

// Snapshots from one process to another.
//
//   SnapshotProgram run MODULE [ARGUMENT...]              runs a guest to its end
//   SnapshotProgram resume FILE MODULE [ARGUMENT...]      goes on from a snapshot
//   SnapshotProgram points COUNT SEED MODULE [ARGUMENT...]
//       stops a guest at COUNT random points, each in a run of its own, lets a new process go on from there, and
//       compares what it prints, its end and its fuel with those of a run that was not stopped

func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}

func contents(of path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Guest.Unreadable(path: path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(file, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    return bytes
}

func points(_ count: Int, _ seed: UInt64, _ words: [String]) throws -> Bool {
    let own = "/proc/self/exe"
    let expected = try ChildProcess.run([own, "run"] + words)
    guard expected.status == 0, let total = UInt64(expected.output.split(whereSeparator: \.isWhitespace).last ?? "")
    else {
        say("the guest does not run: \(expected.output)\(expected.errors)")
        return false
    }
    let module = try Module(contents(of: words[0]))
    let folder = TemporaryFolder()
    var random = SplitMix(seed: seed)
    var done = 0
    var bytes = 0
    for _ in 0..<(count * 10) where done < count {
        let fuel = UInt64.random(in: 0..<total, using: &random)
        let guest = try Guest(module, Array(words[1...]))
        let stopsInHost = Bool.random(using: &random)
        // Behind the last loop's last turn no stop comes any more: another point.
        guard let snapshot = try guest.snapshot(after: fuel, stopsInHost: stopsInHost) else { continue }
        folder.write(snapshot, to: "snapshot")
        let result = try ChildProcess.run([own, "resume", "\(folder.path)/snapshot"] + words)
        guard result.status == 0, result.output == expected.output else {
            say("stopped at fuel \(guest.call.fuelUsed), it ended otherwise: \(result.output)\(result.errors)")
            return false
        }
        bytes += snapshot.count
        done += 1
    }
    let result = expected.output.split(separator: "\n").joined(separator: " ")
    say("\(done) points, \(bytes / max(1, done)) bytes each, all: \(result)")
    return done == count
}

do {
    let words = CommandLine.arguments
    switch words.count > 1 ? words[1] : "" {
    case "run" where words.count >= 3:
        say(try Guest(Module(contents(of: words[2])), Array(words[3...])).finish())
    case "resume" where words.count >= 4:
        let module = try Module(contents(of: words[3]))
        let snapshot = try contents(of: words[2])
        say(try Guest(module, Array(words[4...]), restoring: snapshot).finish())
    case "points" where words.count >= 5:
        guard let count = Int(words[2]), let seed = UInt64(words[3]), try points(count, seed, Array(words[4...])) else {
            exit(1)
        }
    default:
        say("usage: SnapshotProgram run|resume|points … (see its main.swift)")
        exit(2)
    }
} catch {
    say("\(error)")
    exit(1)
}
