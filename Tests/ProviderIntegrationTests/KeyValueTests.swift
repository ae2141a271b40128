import KeyValueOperations
import LatticeTestSupport
import LocalKeyValueProvider
import RedisProvider
import Testing

@Suite("key-value stores agree")
struct KeyValueTests {
    private static func redis() throws -> RedisKeyValueStore {
        try RedisPool().store(for: RedisURL(RedisServer.shared.get().url))
    }

    @Test("Redis keeps the rules", arguments: KeyValueRule.all)
    func redis(rule: KeyValueRule) async throws { try await rule.verify(on: Self.redis()) }

    @Test("the local store keeps the rules", arguments: KeyValueRule.all)
    func local(rule: KeyValueRule) async throws {
        let folder = try TemporaryFolder()
        let store = try LocalKeyValueStore(LocalStoreSettings(folder: folder.path))
        try await rule.verify(on: store)
        await store.close()
    }

    @Test("what Redis answers to anything, the local store answers too, before and after it is opened anew")
    func differential() async throws {
        let folder = try TemporaryFolder()
        var settings = LocalStoreSettings(folder: folder.path)
        settings.compactionBytesMin = 1_000
        let redis = try Self.redis()
        var local = try LocalKeyValueStore(settings)
        let prefix = uniqueName("differential")
        var random = SplitMix(state: 20_261_119)
        for round in 0..<4_000 {
            let operation = Self.operation(prefix, &random)
            let expected = await Self.outcome(operation, on: redis)
            let found = await Self.outcome(operation, on: local)
            try #require(found == expected, "round \(round): \(operation)")
            if round % 500 == 499 {
                await local.close()
                local = try LocalKeyValueStore(settings)
            }
        }
        await local.close()
    }

    private static func outcome(
        _ operation: KeyValueOperation, on store: any KeyValueStore
    ) async -> Result<KeyValueResult, KeyValueError> {
        do throws(KeyValueError) {
            let result = try await store.perform(operation)
            if case .values(let values) = result, operation.hasUnorderedResult {
                return .success(.values(values.sorted { $0.lexicographicallyPrecedes($1) }))
            }
            return .success(result)
        } catch {
            return .failure(error)
        }
    }

    /// Few keys and values, so that everything meets everything.
    private static func operation(_ prefix: String, _ random: inout SplitMix) -> KeyValueOperation {
        func key() -> [UInt8] { Array("\(prefix):\(random.next() % 5)".utf8) }
        func value() -> [UInt8] {
            Array(["a", "b", "17", "", "-2147483640", "2147483647"][Int(random.next() % 6)].utf8)
        }
        func number() -> Int32 { Int32(truncatingIfNeeded: random.next() % 13) - 6 }
        switch random.next() % 15 {
        case 0: return .increment(key: key(), by: number())
        case 1: return .contains(key: key())
        case 2: return random.next() % 4 == 0 ? .del(key: key()) : .get(key: key())
        case 3: return .get(key: key())
        case 4: return .set(key: key(), value: value(), expires: UInt32(random.next() % 2) * 1_000)
        case 5, 6: return .listAdd(list: key(), value: value())
        case 7: return random.next() % 4 == 0 ? .listClear(list: key()) : .contains(key: key())
        case 8: return .listDel(list: key(), value: value())
        case 9: return .listRange(list: key(), start: number(), stop: number())
        case 10, 11: return .setAdd(set: key(), value: value())
        case 12: return .setDel(set: key(), value: value())
        case 13: return .setIntersection(sets: (0...random.next() % 3).map { _ in key() })
        default: return random.next() % 2 == 0 ? .setUnion(sets: [key(), key()]) : .setQuery(set: key())
        }
    }
}

/// The same numbers in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
