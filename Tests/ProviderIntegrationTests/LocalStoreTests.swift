import Glibc
import KeyValueOperations
import LatticeTestSupport
import LocalKeyValueProvider
import Synchronization
import Testing

@Suite("the local store on a real disk")
struct LocalStoreTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func fill(_ folder: TemporaryFolder) async throws {
        let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        for number in 0..<20 { _ = try await store.perform(.listAdd(list: [1], value: bytes("\(number)"))) }
        await store.close()
    }

    private func list(_ folder: TemporaryFolder) async throws -> (values: [[UInt8]], counts: LocalStoreCounts) {
        let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        let result = try await store.perform(.listRange(list: [1], start: 0, stop: -1))
        let counts = store.status
        await store.close()
        guard case .values(let values) = result else { return ([], counts) }
        return (values, counts)
    }

    @Test("a log cut off anywhere opens with what was whole, and goes on from there")
    func torn() async throws {
        let folder = try TemporaryFolder()
        try await fill(folder)
        let log = try readFile(folder.path + "/keyvalue.log")
        let all = (0..<20).map { bytes("\($0)") }
        for count in stride(from: log.count, through: 0, by: -7) {
            try writeFile(folder.path + "/keyvalue.log", Array(log.prefix(count)))
            let (values, counts) = try await list(folder)
            #expect(values == Array(all.prefix(values.count)))
            #expect(count < log.count || values == all)
            #expect(counts.tornBytes < 30)
            let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
            #expect(try await store.perform(.listAdd(list: [1], value: [7])) == .number(values.count + 1))
            await store.close()
            #expect(try await list(folder).values == values + [[7]])
        }
    }

    @Test("a torn end is said, and kept aside; so is one of zeros or noise")
    func tornNotes() async throws {
        for tail in [[UInt8](repeating: 0, count: 5_000), (0..<999).map { UInt8(truncatingIfNeeded: $0 &* 37) }] {
            let folder = try TemporaryFolder()
            try await fill(folder)
            let path = folder.path + "/keyvalue.log"
            let log = try readFile(path)
            try writeFile(path, log + tail)
            let notes = EventLog<String>()
            var settings = LocalStoreSettings(folder: folder.path)
            settings.note = { notes.append($0) }
            let store = try LocalKeyValueStore(settings)
            #expect(store.status.tornBytes == tail.count)
            #expect(notes.events.count == 1 && notes.events[0].contains("\(tail.count) bytes"))
            #expect(try readFile(path) == log && readFile(path + ".torn") == tail)
            await store.close()
        }
    }

    @Test("damage before good data is no crash's doing: refused, and nothing touched")
    func damaged() async throws {
        let folder = try TemporaryFolder()
        try await fill(folder)
        let path = folder.path + "/keyvalue.log"
        var log = try readFile(path)
        log[log.count / 2] ^= 0x55
        try writeFile(path, log)
        let error = #expect(throws: LocalStoreError.self) {
            try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        }
        guard case .damaged(path, let offset)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(offset > log.count / 2 - 40 && offset <= log.count / 2)
        #expect(try readFile(path) == log)
        try writeFile(path, bytes("something else entirely"))
        #expect(throws: LocalStoreError.foreign(file: path)) {
            try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        }
    }

    @Test("compaction keeps the log small and loses nothing")
    func compaction() async throws {
        let folder = try TemporaryFolder()
        var settings = LocalStoreSettings(folder: folder.path)
        settings.compactionBytesMin = 10_000
        let store = try LocalKeyValueStore(settings)
        _ = try await store.perform(.set(key: [2], value: bytes("kept"), expires: 1_000))
        for number in 1...2_000 {
            #expect(try await store.perform(.increment(key: [1], by: 1)) == .number(number))
            _ = try await store.perform(.setAdd(set: [3], value: [UInt8(number % 5)]))
        }
        #expect(store.status.logBytes < 12_000)
        await store.close()
        let again = try LocalKeyValueStore(settings)
        #expect(try await again.perform(.get(key: [1])) == .value(bytes("2000")))
        #expect(try await again.perform(.get(key: [2])) == .value(bytes("kept")))
        #expect(try await again.perform(.setDel(set: [3], value: [4])) == .number(1))
        await again.close()
    }

    @Test("a full store refuses to grow, says its limit, and gives room back")
    func full() async throws {
        let folder = try TemporaryFolder()
        let clock = MutableTime()
        var settings = LocalStoreSettings(folder: folder.path)
        settings.memoryBytesMax = 5_000
        settings.now = { clock.milliseconds.load(ordering: .relaxed) }
        let store = try LocalKeyValueStore(settings)
        let value = [UInt8](repeating: 1, count: 500)
        var count: UInt8 = 0
        await #expect {
            while true {
                _ = try await store.perform(.set(key: [count], value: value, expires: count == 0 ? 10 : 0))
                count += 1
            }
        } throws: {
            $0 as? KeyValueError == .full(limit: "it may use 5000 bytes of memory (memory_max)")
        }
        #expect(count == 8 && store.status.memoryBytes <= 5_000)
        // Not larger than before, and smaller.
        _ = try await store.perform(.set(key: [1], value: value, expires: 0))
        #expect(try await store.perform(.get(key: [0])) == .value(value))
        // What has expired makes room.
        clock.milliseconds.store(12_000, ordering: .relaxed)
        _ = try await store.perform(.set(key: [count], value: value, expires: 0))
        #expect(try await store.perform(.contains(key: [0])) == .flag(false))
        await #expect(throws: KeyValueError.self) { try await store.perform(.listAdd(list: [99], value: value)) }
        #expect(try await store.perform(.del(key: [1])) == .flag(true))
        #expect(try await store.perform(.listAdd(list: [99], value: value)) == .number(1))
        await #expect(
            throws: KeyValueError.tooLarge(bytesCount: settings.operationBytesMax + 1, max: settings.operationBytesMax)
        ) {
            try await store.perform(
                .set(key: [1], value: [UInt8](repeating: 0, count: settings.operationBytesMax), expires: 0))
        }
        await store.close()
        await #expect(throws: KeyValueError.unavailable(reason: "the store was closed")) {
            try await store.perform(.get(key: [1]))
        }
    }

    @Test("answers may promise the disk")
    func durability() async throws {
        let folder = try TemporaryFolder()
        var settings = LocalStoreSettings(folder: folder.path)
        settings.durability = .beforeAnswer
        let store = try LocalKeyValueStore(settings)
        let numbers = try await withThrowingTaskGroup(of: KeyValueResult.self) { group in
            for _ in 0..<200 { group.addTask { try await store.perform(.increment(key: [1], by: 1)) } }
            return try await group.reduce(into: [KeyValueResult]()) { $0.append($1) }
        }
        #expect(numbers.count == 200)
        await store.close()
        let again = try LocalKeyValueStore(settings)
        #expect(try await again.perform(.get(key: [1])) == .value(bytes("200")))
        await again.close()
    }

    @Test("a folder has one store, in this process and among all")
    func lock() async throws {
        let folder = try TemporaryFolder()
        let settings = LocalStoreSettings(folder: folder.path)
        let store = try LocalKeyValueStore(settings)
        #expect(throws: LocalStoreError.inUse(folder: folder.path, holder: "this very process (\(getpid()))")) {
            try LocalKeyValueStore(settings)
        }
        await store.close()
        let program = try CrashProgram("hold", folder.path)
        #expect(try await program.readLine() == "open")
        #expect(
            throws: LocalStoreError.inUse(
                folder: folder.path, holder: "'KeyValueCrashPr' (process \(program.processID))")
        ) {
            try LocalKeyValueStore(settings)
        }
        program.kill()
        let freed = try LocalKeyValueStore(settings)
        await freed.close()
    }

    @Test("a process killed at any moment has kept all that it answered")
    func crash() async throws {
        let folder = try TemporaryFolder()
        var last = 0
        for _ in 0..<5 {
            let program = try CrashProgram("count", folder.path)
            for _ in 0..<500 { last = Int(try await program.readLine()) ?? -1 }
            program.kill()
            // What it answered and nobody read before the kill.
            while let line = try? await program.readLine(), let number = Int(line) { last = number }
            let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
            guard case .value(let value?) = try await store.perform(.get(key: [1])) else {
                Issue.record("lost"); return
            }
            let kept = Int(String(decoding: value, as: UTF8.self)) ?? -1
            #expect(kept == last || kept == last + 1)
            last = kept
            await store.close()
        }
        #expect(last >= 2_500)
    }

    @Test("a disk that takes no more refuses what is new and keeps what was")
    func diskFull() async throws {
        let folder = try TemporaryFolder()
        // In blocks of 512 bytes.
        let program = try CrashProgram("fill", folder.path, fileBlocksMax: 200)
        let words = try await program.readLine().split(separator: " ", maxSplits: 2)
        let count = Int(words[0]) ?? 0
        #expect(count > 80 && count < 102 && words[1] == "true")
        #expect(words[2].contains("nothing was changed") && words[2].contains("File too large"), "\(words)")
        program.kill()
        let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        #expect(store.status.keys == count && store.status.tornBytes == 0)
        for number in 0..<count {
            #expect(try await store.perform(.contains(key: bytes("\(number)"))) == .flag(true))
        }
        // There is room again.
        #expect(try await store.perform(.set(key: bytes("\(count)"), value: [1], expires: 0)) == .done)
        await store.close()
    }

    @Test("a folder that can't be made or read says what the system says")
    func folders() {
        for path in ["/proc/none", "/nowhere/at/all"] {
            #expect { try LocalKeyValueStore(LocalStoreSettings(folder: path)) } throws: { "\($0)".contains(path) }
        }
    }
}

private final class MutableTime: Sendable {
    let milliseconds = Atomic<Int64>(1_000)
}

private func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw RawClientError("read \(path)") }
    return Array(buffer[..<count])
}

private func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw RawClientError("write \(path)") }
}
