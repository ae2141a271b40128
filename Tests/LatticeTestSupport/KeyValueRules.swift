import KeyValueOperations
import Testing

/// One thing that every key-value store does alike.
public struct KeyValueRule: Sendable, CustomTestStringConvertible {
    /// What its keys and values are.
    public enum Alphabet: Sendable {
        case text
        /// More than the contract carries.
        case anyBytes
    }

    public let testDescription: String
    public let alphabet: Alphabet
    private let check: @Sendable (KeyValueBench) async throws -> Void

    init(
        _ description: String, _ alphabet: Alphabet = .text,
        _ check: @escaping @Sendable (KeyValueBench) async throws -> Void
    ) {
        testDescription = description
        self.alphabet = alphabet
        self.check = check
    }

    /// - Parameter told: how the store tells an operation's error.
    public func verify(
        on store: any KeyValueStore,
        told: @escaping @Sendable (KeyValueOperation, KeyValueError) -> KeyValueError = { $1 }
    ) async throws { try await check(KeyValueBench(store: store, told: told)) }
}

/// A store and keys of its own on it.
struct KeyValueBench: Sendable {
    let store: any KeyValueStore
    let told: @Sendable (KeyValueOperation, KeyValueError) -> KeyValueError
    private let prefix = uniqueName("kv")

    init(store: any KeyValueStore, told: @escaping @Sendable (KeyValueOperation, KeyValueError) -> KeyValueError) {
        self.store = store
        self.told = told
    }

    func key(_ name: String) -> [UInt8] { Array("\(prefix):\(name)".utf8) }

    func expect(
        _ operation: KeyValueOperation, _ expected: KeyValueResult, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        var result = try await store.perform(operation)
        if case .values(let values) = result, operation.hasUnorderedResult {
            result = .values(values.sorted { $0.lexicographicallyPrecedes($1) })
        }
        #expect(result == expected, sourceLocation: location)
    }

    func expect(
        _ operation: KeyValueOperation, throws expected: KeyValueError, _ location: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: told(operation, expected), sourceLocation: location) {
            try await store.perform(operation)
        }
    }
}

extension KeyValueOperation {
    public var hasUnorderedResult: Bool {
        switch self {
        case .setQuery, .setUnion, .setIntersection: true
        default: false
        }
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension KeyValueRule {
    public static let all: [KeyValueRule] = strings + counters + lists + sets
    /// Those that can be said in the contract.
    public static let textual: [KeyValueRule] = all.filter { $0.alphabet == .text }

    private static let strings: [KeyValueRule] = [
        KeyValueRule("what was set is got") { bench in
            let key = bench.key("a")
            try await bench.expect(.get(key: key), .value(nil))
            try await bench.expect(.contains(key: key), .flag(false))
            for value in [bytes("x"), [], bytes("a\r\n$5\r\n"), bytes("ä€😀"), bytes("\u{0}")] {
                try await bench.expect(.set(key: key, value: value, expires: 0), .done)
                try await bench.expect(.get(key: key), .value(value))
            }
            try await bench.expect(.contains(key: key), .flag(true))
            let odd = bench.key("\u{0}\r\n ä")
            try await bench.expect(.set(key: odd, value: bytes("y"), expires: 0), .done)
            try await bench.expect(.get(key: odd), .value(bytes("y")))
            let large = [UInt8](repeating: 7, count: 1_000_000)
            try await bench.expect(.set(key: key, value: large, expires: 0), .done)
            try await bench.expect(.get(key: key), .value(large))
        },
        KeyValueRule("keys and values may be any bytes", .anyBytes) { bench in
            let everything = Array(UInt8.min...UInt8.max)
            let key = bench.key("a") + everything
            try await bench.expect(.set(key: key, value: everything, expires: 0), .done)
            try await bench.expect(.get(key: key), .value(everything))
        },
        KeyValueRule("deleting says whether there was something, of whatever kind") { bench in
            let (string, list, set) = (bench.key("string"), bench.key("list"), bench.key("set"))
            try await bench.expect(.del(key: string), .flag(false))
            for delete in [KeyValueOperation.del, KeyValueOperation.listClear, KeyValueOperation.setClear] {
                try await bench.expect(.set(key: string, value: [1], expires: 0), .done)
                try await bench.expect(.listAdd(list: list, value: [1]), .number(1))
                try await bench.expect(.setAdd(set: set, value: [1]), .number(1))
                for key in [string, list, set] {
                    try await bench.expect(delete(key), .flag(true))
                    try await bench.expect(delete(key), .flag(false))
                    try await bench.expect(.contains(key: key), .flag(false))
                }
            }
        },
        KeyValueRule("what expires is gone, and what is set anew has a new life") { bench in
            let (short, long) = (bench.key("short"), bench.key("long"))
            let (renewed, counted) = (bench.key("renewed"), bench.key("counted"))
            try await bench.expect(.set(key: short, value: bytes("v"), expires: 1), .done)
            try await bench.expect(.set(key: renewed, value: bytes("v"), expires: 1), .done)
            try await bench.expect(.set(key: renewed, value: bytes("w"), expires: 0), .done)
            try await bench.expect(.set(key: counted, value: bytes("5"), expires: 3), .done)
            // Counting does not prolong a life.
            try await bench.expect(.increment(key: counted, by: 1), .number(6))
            try await bench.expect(.set(key: long, value: bytes("x"), expires: 1_000), .done)
            try await bench.expect(.get(key: long), .value(bytes("x")))
            try await Task.sleep(for: .milliseconds(3_050))
            try await bench.expect(.get(key: short), .value(nil))
            try await bench.expect(.contains(key: short), .flag(false))
            try await bench.expect(.get(key: renewed), .value(bytes("w")))
            try await bench.expect(.increment(key: counted, by: 1), .number(1))
            try await bench.expect(.get(key: long), .value(bytes("x")))
            // In the place of what expired something of another kind may come.
            try await bench.expect(.listAdd(list: short, value: [1]), .number(1))
            try await bench.expect(.listRange(list: short, start: 0, stop: -1), .values([[1]]))
            try await bench.expect(.set(key: short, value: bytes("v"), expires: .max), .done)
            try await bench.expect(.get(key: short), .value(bytes("v")))
        },
        KeyValueRule("a value of another kind is refused by every operation that wants one, and stays") { bench in
            let (string, list, set) = (bench.key("string"), bench.key("list"), bench.key("set"))
            try await bench.expect(.set(key: string, value: bytes("1"), expires: 0), .done)
            try await bench.expect(.listAdd(list: list, value: [1]), .number(1))
            try await bench.expect(.setAdd(set: set, value: [1]), .number(1))
            for key in [list, set] {
                await bench.expect(.get(key: key), throws: .wrongType(keys: [key]))
                await bench.expect(.increment(key: key, by: 1), throws: .wrongType(keys: [key]))
            }
            for key in [string, set] {
                await bench.expect(.listAdd(list: key, value: [1]), throws: .wrongType(keys: [key]))
                await bench.expect(.listDel(list: key, value: [1]), throws: .wrongType(keys: [key]))
                await bench.expect(.listRange(list: key, start: 0, stop: -1), throws: .wrongType(keys: [key]))
            }
            for key in [string, list] {
                await bench.expect(.setAdd(set: key, value: [1]), throws: .wrongType(keys: [key]))
                await bench.expect(.setDel(set: key, value: [1]), throws: .wrongType(keys: [key]))
                await bench.expect(.setQuery(set: key), throws: .wrongType(keys: [key]))
                await bench.expect(.setUnion(sets: [set, key]), throws: .wrongType(keys: [set, key]))
                await bench.expect(.setIntersection(sets: [set, key]), throws: .wrongType(keys: [set, key]))
                let absent = bench.key("absent")
                await bench.expect(
                    .setIntersection(sets: [absent, key]), throws: .wrongType(keys: [absent, key]))
            }
            try await bench.expect(.get(key: string), .value(bytes("1")))
            try await bench.expect(.listRange(list: list, start: 0, stop: -1), .values([[1]]))
            try await bench.expect(.setQuery(set: set), .values([[1]]))
            // Setting asks nobody.
            try await bench.expect(.set(key: list, value: bytes("2"), expires: 0), .done)
            try await bench.expect(.get(key: list), .value(bytes("2")))
        },
    ]

    private static let counters: [KeyValueRule] = [
        KeyValueRule("counters begin at zero and go to the ends of 32 bits, not beyond") { bench in
            let key = bench.key("n")
            try await bench.expect(.increment(key: key, by: 5), .number(5))
            try await bench.expect(.increment(key: key, by: -7), .number(-2))
            try await bench.expect(.increment(key: key, by: 0), .number(-2))
            try await bench.expect(.get(key: key), .value(bytes("-2")))
            try await bench.expect(.set(key: key, value: bytes("2147483646"), expires: 0), .done)
            try await bench.expect(.increment(key: key, by: 1), .number(Int(Int32.max)))
            await bench.expect(.increment(key: key, by: 1), throws: .overflow(key: key))
            await bench.expect(.increment(key: key, by: .max), throws: .overflow(key: key))
            try await bench.expect(.get(key: key), .value(bytes("2147483647")))
            try await bench.expect(.increment(key: key, by: .min), .number(-1))
            try await bench.expect(.increment(key: key, by: .min + 1), .number(Int(Int32.min)))
            await bench.expect(.increment(key: key, by: -1), throws: .overflow(key: key))
            await bench.expect(.increment(key: key, by: .min), throws: .overflow(key: key))
            try await bench.expect(.get(key: key), .value(bytes("-2147483648")))
        },
        KeyValueRule("only what is written as an integer of 64 bits counts") { bench in
            let key = bench.key("n")
            for text in [
                "", " 1", "1 ", "+1", "01", "-0", "1.0", "0x1", "a", "9223372036854775808", "-9223372036854775809",
                "--1", "1\u{0}", "-",
            ] {
                try await bench.expect(.set(key: key, value: bytes(text), expires: 0), .done)
                await bench.expect(.increment(key: key, by: 1), throws: .notAnInteger(key: key))
                try await bench.expect(.get(key: key), .value(bytes(text)))
            }
            for text in ["9223372036854775807", "5000000000", "-9223372036854775808"] {
                try await bench.expect(.set(key: key, value: bytes(text), expires: 0), .done)
                await bench.expect(.increment(key: key, by: 1), throws: .overflow(key: key))
                try await bench.expect(.get(key: key), .value(bytes(text)))
            }
            try await bench.expect(.set(key: key, value: bytes("2147483648"), expires: 0), .done)
            try await bench.expect(.increment(key: key, by: -1), .number(Int(Int32.max)))
        },
    ]

    private static let lists: [KeyValueRule] = [
        KeyValueRule("lists grow at their end and are read from and to anywhere") { bench in
            let list = bench.key("l")
            try await bench.expect(.listRange(list: list, start: 0, stop: -1), .values([]))
            for number in UInt8(0)..<5 {
                try await bench.expect(.listAdd(list: list, value: [number]), .number(Int(number) + 1))
            }
            let rows: [(Int32, Int32, [UInt8])] = [
                (0, -1, [0, 1, 2, 3, 4]), (0, 4, [0, 1, 2, 3, 4]), (0, 99, [0, 1, 2, 3, 4]), (1, 3, [1, 2, 3]),
                (-2, -1, [3, 4]), (-99, 1, [0, 1]), (-99, -5, [0]), (-99, -6, []), (3, 1, []), (5, 9, []),
                (4, 4, [4]), (-1, 0, []), (.min, .max, [0, 1, 2, 3, 4]), (.max, .max, []), (.min, .min, []),
            ]
            for (start, stop, expected) in rows {
                try await bench.expect(
                    .listRange(list: list, start: start, stop: stop), .values(expected.map { [$0] }))
            }
        },
        KeyValueRule("deleting from a list takes the first that is equal; an empty list is none") { bench in
            let list = bench.key("l")
            try await bench.expect(.listDel(list: list, value: bytes("a")), .flag(false))
            for text in ["a", "b", "a", ""] {
                _ = try await bench.store.perform(.listAdd(list: list, value: bytes(text)))
            }
            try await bench.expect(.listDel(list: list, value: bytes("c")), .flag(false))
            try await bench.expect(.listDel(list: list, value: bytes("a")), .flag(true))
            try await bench.expect(
                .listRange(list: list, start: 0, stop: -1), .values([bytes("b"), bytes("a"), []]))
            for text in ["a", "b", ""] { try await bench.expect(.listDel(list: list, value: bytes(text)), .flag(true)) }
            try await bench.expect(.contains(key: list), .flag(false))
            try await bench.expect(.setAdd(set: list, value: [1]), .number(1))
        },
    ]

    private static let sets: [KeyValueRule] = [
        KeyValueRule("a set has each member once; an empty set is none") { bench in
            let set = bench.key("s")
            try await bench.expect(.setQuery(set: set), .values([]))
            try await bench.expect(.setAdd(set: set, value: bytes("a")), .number(1))
            try await bench.expect(.setAdd(set: set, value: bytes("a")), .number(0))
            try await bench.expect(.setAdd(set: set, value: []), .number(1))
            try await bench.expect(.setQuery(set: set), .values([[], bytes("a")]))
            try await bench.expect(.setDel(set: set, value: bytes("b")), .number(0))
            try await bench.expect(.setDel(set: set, value: bytes("a")), .number(1))
            try await bench.expect(.setDel(set: set, value: bytes("a")), .number(0))
            try await bench.expect(.setDel(set: set, value: []), .number(1))
            try await bench.expect(.contains(key: set), .flag(false))
            try await bench.expect(.setDel(set: set, value: []), .number(0))
        },
        KeyValueRule("intersections and unions of one set, of several, of absent ones; of none is refused") { bench in
            let (one, two, absent) = (bench.key("1"), bench.key("2"), bench.key("3"))
            for number in UInt8(0)..<6 { _ = try await bench.store.perform(.setAdd(set: one, value: [number])) }
            for number in UInt8(4)..<9 { _ = try await bench.store.perform(.setAdd(set: two, value: [number])) }
            func values(_ numbers: Range<UInt8>) -> KeyValueResult { .values(numbers.map { [$0] }) }
            try await bench.expect(.setIntersection(sets: [one]), values(0..<6))
            try await bench.expect(.setIntersection(sets: [one, two]), values(4..<6))
            try await bench.expect(.setIntersection(sets: [two, one, two]), values(4..<6))
            try await bench.expect(.setIntersection(sets: [one, absent]), values(0..<0))
            try await bench.expect(.setUnion(sets: [one, two]), values(0..<9))
            try await bench.expect(.setUnion(sets: [two, absent]), values(4..<9))
            try await bench.expect(.setUnion(sets: [absent]), values(0..<0))
            await bench.expect(.setIntersection(sets: []), throws: .noSets)
            await bench.expect(.setUnion(sets: []), throws: .noSets)
        },
    ]
}
