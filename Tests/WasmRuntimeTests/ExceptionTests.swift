import Testing
import WasmRuntime
import WasmTestSupport

/// The text format's assembler knows only the older exceptions, so these modules are bytes.
@Suite("Exceptions")
struct ExceptionTests {
    private typealias Bytes = BinaryModule

    private static let (i32, i64, f64, exnRef) = (Bytes.i32, Bytes.i64, Bytes.f64, Bytes.exnRef)

    /// Tags: 0 and 1 as in `imported`, or own ones of types 0 (i32 i64) and 1 (), and 2 (i64).
    /// Functions: 0 `host` (i32) -> i32, imported; then those of `functions`.
    private static func module(
        importsTags: Bool = false, _ functions: [(name: String, type: UInt8, body: [UInt8])], global: Bool = false
    ) -> [UInt8] {
        let tags: [[UInt8]] =
            importsTags
            ? [
                Bytes.text("a") + Bytes.text("pair") + [4, 0, 0],
                Bytes.text("a") + Bytes.text("empty") + [4, 0, 1],
            ] : []
        var exports = functions.enumerated().map { Bytes.export($1.name, 0, UInt8($0 + 1)) }
        exports += [Bytes.export("pair", 4, 0), Bytes.export("empty", 4, 1)]
        return Bytes.module(
            Bytes.section(
                1, Bytes.type([i32, i64], []), Bytes.type([], []), Bytes.type([i32], [i32]),
                Bytes.type([], [i32, i64]), Bytes.type([], [i32, i64, exnRef]), Bytes.type([i64], [i64]),
                Bytes.type([i64], [])),
            Bytes.section(2, [Bytes.text("a") + Bytes.text("host") + [0, 2]] + tags),
            Bytes.section(3, functions.map { [$0.type] }),
            importsTags ? [] : Bytes.section(13, [0, 0], [0, 1], [0, 6]),
            global ? Bytes.section(6, [exnRef, 1, 0xD0, exnRef, 0x0B]) : [],
            Bytes.section(7, exports), Bytes.section(10, functions.map(\.body)))
    }

    private static var host: HostFunction {
        HostFunction(FunctionType([.i32], [.i32])) { $0.setResult(.i32($0[0].i32 + 1)) }
    }

    private func instance(
        _ bytes: [UInt8], store: Store = Store(), host: HostFunction = host, tags: [String: ExceptionTag] = [:]
    ) throws -> Instance {
        var imports = Imports()
        imports.define("a", "host", .function(store.add(host)))
        for (name, tag) in tags { imports.define("a", name, .tag(tag)) }
        return try Instance(Module(bytes), imports: imports, store: store)
    }

    private func run(
        _ instance: Instance, _ name: String, _ arguments: [Value], slice: UInt64 = .max
    ) throws -> (outcome: Execution.Outcome, fuel: UInt64) {
        let execution = try Execution(calling: try #require(instance.function(name)), arguments)
        var outcome = execution.run(slice: slice)
        while case .outOfFuel = outcome { outcome = execution.run(slice: slice) }
        return (outcome, execution.fuelUsed)
    }

    private func values(_ outcome: Execution.Outcome) -> [Value]? {
        if case .finished(let values) = outcome { values } else { nil }
    }

    private func reason(_ outcome: Execution.Outcome) -> Trap.Reason? {
        if case .trapped(let trap) = outcome { trap.reason } else { nil }
    }

    /// Throws `pair` with its argument doubled and a constant, `empty` for 0, nothing for numbers below 0.
    private static let thrower = Bytes.body([
        0x20, 0, 0x45, 0x04, 0x40, 0x08, 1, 0x0B,
        0x20, 0, 0x41, 0, 0x4E, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x74, 0x42, 0xE4, 0, 0x08, 0, 0x0B, 0x20, 0,
    ])

    /// Calls function 1 in a `try_table`: gives i32 + (i64 wrapped) of what it throws, -1 for `empty`, else 1000 + its result.
    private static func catcher(calling callee: UInt8) -> [UInt8] {
        Bytes.body(
            locals: [i32],
            [
                0x41, 0xE8, 0x07, 0x21, 1,
                0x02, 0x40, 0x02, 3, 0x1F, i32, 2, 0, 0, 0, 2, 1, 0x20, 0, 0x10, callee, 0x0B,
                0x20, 1, 0x6A, 0x0F, 0x0B, 0xA7, 0x6A, 0x0F, 0x0B, 0x41, 0x7F,
            ])
    }

    private static let basic = module([("throw", 2, thrower), ("catch", 2, catcher(calling: 1))])

    @Test(
        "an exception goes to the first clause that takes it, with its values",
        arguments: [(7, 114, 4 + 12 + 3), (0, -1, 4 + 4 + 1), (-5, 995, 4 + 8 + 3)] as [(Int32, Int32, UInt64)])
    func caught(argument: Int32, expected: Int32, expectedFuel: UInt64) throws {
        let (outcome, fuel) = try run(try instance(Self.basic), "catch", [.i32(argument)])
        #expect(values(outcome) == [.i32(expected)], "\(outcome)")
        #expect(fuel == expectedFuel)
    }

    @Test("nobody catches: the outcome names the tag and its values, and who threw")
    func uncaught() throws {
        let (outcome, _) = try run(try instance(Self.basic), "throw", [.i32(4)])
        guard case .trapped(let trap) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(trap.reason == .uncaughtException(tag: "pair", values: [.i32(8), .i64(100)]))
        #expect(trap.frames.map(\.name) == ["throw"])
        #expect("\(trap.reason)" == "uncaught exception pair: (8, 100)")
    }

    @Test("an exception crosses instances, whose tags are the same if they are linked")
    func acrossInstances() throws {
        let store = Store()
        let library = try instance(Self.basic, store: store)
        guard case .tag(let pair)? = library[export: "pair"], case .tag(let empty)? = library[export: "empty"] else {
            return #expect(Bool(false), "no tags")
        }
        let caller = Self.module(importsTags: true, [("catch", 2, Self.catcher(calling: 0))])
        var imports = Imports()
        imports.define("a", "host", .function(try #require(library.function("throw"))))
        imports.define("a", "pair", .tag(pair))
        imports.define("a", "empty", .tag(empty))
        let linked = try Instance(Module(caller), imports: imports, store: store)
        #expect(values(try run(linked, "catch", [.i32(7)]).outcome) == [.i32(114)])
        #expect(values(try run(linked, "catch", [.i32(0)], slice: 1).outcome) == [.i32(-1)])
        // Tags of the same types, but others: only `catch_all` takes it.
        imports.define("a", "pair", .tag(ExceptionTag(pair.type)))
        let unlinked = try Instance(Module(caller), imports: imports, store: store)
        #expect(values(try run(unlinked, "catch", [.i32(7)]).outcome) == [.i32(-1)])
        imports.define("a", "pair", .tag(empty))
        #expect(throws: InstantiationError.self) { try Instance(Module(caller), imports: imports, store: store) }
    }

    @Test("the host throws, and the guest catches")
    func fromHost() throws {
        let pair = ExceptionTag(FunctionType([.i32, .i64]), name: "host's")
        let throwing = HostFunction(FunctionType([.i32], [.i32])) { call in
            throw GuestException(pair, [.i32(call[0].i32 * 3), .i64(1)])
        }
        let bytes = Self.module(
            importsTags: true, [("catch", 2, Self.catcher(calling: 0)), ("pass", 2, Bytes.body([0x20, 0, 0x10, 0]))])
        let instance = try instance(
            bytes, host: throwing, tags: ["pair": pair, "empty": ExceptionTag(FunctionType())])
        #expect(values(try run(instance, "catch", [.i32(5)]).outcome) == [.i32(16)])
        let outcome = try run(instance, "pass", [.i32(5)]).outcome
        #expect(reason(outcome) == .uncaughtException(tag: "host's", values: [.i32(15), .i64(1)]))
    }

    /// Throws and catches with a reference, so many times; then throws the last one again if `again` is not 0.
    private static let references = module(
        [
            (
                "churn", 2,
                Bytes.body(
                    locals: [exnRef],
                    [
                        0x03, 0x40, 0x02, 4, 0x1F, 0x40, 1, 1, 0, 0, 0x20, 0, 0x42, 5, 0x08, 0, 0x0B, 0x00, 0x0B,
                        0x21, 1, 0x1A, 0x1A, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x20, 1, 0xD1,
                    ])
            ),
            (
                "keep", 1,
                Bytes.body([
                    0x02, exnRef, 0x1F, 0x40, 1, 3, 0, 0x41, 9, 0x42, 9, 0x08, 0, 0x0B, 0x00, 0x0B, 0x24, 0,
                ])
            ),
            ("again", 1, Bytes.body([0x23, 0, 0x0A])),
            (
                "deep", 2,
                Bytes.body(
                    locals: [exnRef],
                    [
                        0x02, exnRef, 0x1F, 0x40, 1, 3, 0, 0x08, 1, 0x0B, 0x00, 0x0B, 0x21, 1,
                        0x20, 0, 0x45, 0x04, i32, 0x41, 0, 0x05, 0x20, 0, 0x41, 1, 0x6B, 0x10, 4, 0x0B, 0x20, 1, 0xD1,
                        0x6A,
                    ])
            ),
        ], global: true)

    @Test("references that nobody has any more take no room; those that are kept do, up to the limit")
    func references() throws {
        var limits = InstanceLimits()
        limits.exceptionsMax = 20
        let store = Store(limits: limits)
        let instance = try instance(Self.references, store: store)
        #expect(values(try run(instance, "churn", [.i32(50_000)]).outcome) == [.i32(0)])
        #expect(values(try run(instance, "deep", [.i32(19)]).outcome) == [.i32(0)])
        #expect(reason(try run(instance, "deep", [.i32(20)]).outcome) == .exceptionsExhausted(limit: 20))
        #expect(values(try run(instance, "deep", [.i32(19)]).outcome) == [.i32(0)], "the end released them")
    }

    @Test("a reference in a global outlives its execution, and names nothing once it is gone from there")
    func keptReference() throws {
        let instance = try instance(Self.references)
        #expect(reason(try run(instance, "again", []).outcome) == .nullReference)
        #expect(values(try run(instance, "keep", []).outcome) == [])
        #expect(InstanceTemplate(of: instance) == nil)
        let restored = try self.instance(Self.references)
        _ = try restored.store.restore(try instance.snapshot())
        let thrown = Trap.Reason.uncaughtException(tag: "pair", values: [.i32(9), .i64(9)])
        for _ in 0..<2 {
            let outcome = try run(instance, "again", []).outcome
            #expect(reason(outcome) == thrown, "\(outcome)")
            #expect(reason(try run(restored, "again", []).outcome) == thrown)
        }
        let other = try self.instance(Self.references)
        #expect(InstanceTemplate(of: other) != nil)
    }

    /// Catches at the start of a loop, so many times: what is thrown is the loop's parameter.
    private static let looping = module([
        (
            "loop", 5,
            Bytes.body([
                0x20, 0, 0x03, 5, 0x21, 0, 0x1F, 0x40, 1, 0, 2, 0,
                0x20, 0, 0x50, 0x45, 0x04, 0x40, 0x20, 0, 0x42, 1, 0x7D, 0x08, 2, 0x0B, 0x0B, 0x42, 0x2A, 0x0B,
            ])
        )
    ])

    @Test("a clause can go to a loop's start, where fuel is checked", arguments: [1, 3, 10, .max] as [UInt64])
    func loop(slice: UInt64) throws {
        let (outcome, fuel) = try run(try instance(Self.looping), "loop", [.i64(100)], slice: slice)
        #expect(values(outcome) == [.i64(42)], "\(outcome)")
        #expect(fuel == 1 + 100 * 9 + 5 + 1)
    }

    @Test("refused while the feature is off")
    func off() throws {
        let type = Bytes.section(1, Bytes.type([], []))
        for (bytes, message) in [
            (Bytes.module(type, Bytes.section(13, [0, 0])), "tags: exceptions are off"),
            (
                Bytes.module(type, Bytes.section(2, Bytes.text("a") + Bytes.text("b") + [4, 0, 0])),
                "tag: exceptions are off"
            ),
            (Bytes.module(type, Bytes.section(7, Bytes.export("a", 4, 0))), "tag: exceptions are off"),
            (Bytes.module(Bytes.section(1, Bytes.type([Self.exnRef], []))), "exnref: exceptions are off"),
            (Self.plain([0x1F, 0x40, 0, 0x0B]), "try_table: exceptions is off"),
            (Self.plain([0x08, 0]), "throw: exceptions is off"),
        ] {
            let error = #expect(throws: ModuleError.self) {
                try Module(bytes, features: .all.subtracting(.exceptions))
            }
            #expect(error?.kind == .unsupported)
            #expect(error?.message == message)
        }
    }

    /// A module of one function `f` without parameters and results, and of a tag with an i32.
    private static func plain(_ code: [UInt8]) -> [UInt8] {
        Bytes.module(
            Bytes.section(1, Bytes.type([], []), Bytes.type([i32], []), Bytes.type([], [i32])),
            Bytes.section(3, [0]), code.contains(0x1F) && code.count > 4 ? Bytes.section(13, [0, 1]) : [],
            Bytes.section(7, Bytes.export("f", 0, 0)), Bytes.section(10, Bytes.body(code)))
    }

    @Test(
        "hostile clauses are refused",
        arguments: [
            ([0x1F, 0x40, 1, 4, 0, 0x0B], ModuleError.Kind.malformed, "malformed catch clause 4"),
            ([0x1F, 0x40, 1, 0, 1, 0, 0x0B], .invalid, "unknown tag 1"),
            ([0x1F, 0x40, 1, 2, 1, 0x0B], .invalid, "unknown label 1"),
            ([0x1F, 0x40, 1, 0, 0, 0, 0x0B], .invalid, "type mismatch: a catch clause does not give"),
            ([0x1F, 0x40, 1, 3, 0, 0x0B], .invalid, "type mismatch: a catch clause does not give"),
            ([0x1F, 0x40, 0x80, 0x80, 0x80, 0x80, 0x08, 0x0B], .tooLarge, "2147483648 catch clauses"),
            ([0x1F, 0x40, 100, 2, 0, 0x0B], .malformed, "unexpected end"),
            ([0x1F, 0x7F, 0, 0x0B], .invalid, "type mismatch"),
            ([0x0A], .invalid, "type mismatch"), ([0x08, 9], .invalid, "unknown tag 9"),
            ([0x06, 0x40, 0x0B], .unsupported, "try: exceptions as they were before"),
            ([0x06, 0x40, 0x19, 0x0B], .unsupported, "try: exceptions as they were before"),
            ([0x09, 0], .unsupported, "rethrow: exceptions as they were before"),
        ] as [([UInt8], ModuleError.Kind, String)])
    func hostile(code: [UInt8], kind: ModuleError.Kind, message: String) throws {
        let error = #expect(throws: ModuleError.self) { try Module(Self.plain(code)) }
        #expect(error?.kind == kind)
        #expect(error?.message.hasPrefix(message) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test("tags are bounded, of types that are there, without results")
    func tags() throws {
        let types = Bytes.section(1, Bytes.type([], []), Bytes.type([], [Self.i32]))
        func module(_ tags: [UInt8]...) -> [UInt8] { Bytes.module(types, Bytes.section(13, tags)) }
        #expect(throws: Never.self) { try Module(module([0, 0], [0, 0])) }
        for (tags, message) in [
            ([[0, 1]], "non-empty tag result type"), ([[0, 2]], "unknown type 2"),
            ([[1, 0]], "malformed tag attribute"),
        ] as [([[UInt8]], String)] {
            let error = #expect(throws: ModuleError.self) { try Module(Bytes.module(types, Bytes.section(13, tags))) }
            #expect(error?.message == message)
        }
        var limits = ModuleLimits()
        limits.tagsMax = 1
        let error = #expect(throws: ModuleError.self) { try Module(module([0, 0], [0, 0]), limits: limits) }
        #expect(error?.message == "2 tags, at most 1 allowed")
    }

    @Test("clauses that do not match are paid for, and deep nesting takes linear time")
    func nesting() throws {
        let depth = 100_000
        // catch_all at the outermost, a clause for another tag in each of the others.
        let open: [UInt8] = [0x02, 0x40, 0x1F, 0x40, 1, 2, 0]
        let inner = Array(repeating: [0x1F, 0x40, 1, 0, 0, 0] as [UInt8], count: depth).joined()
        let close: [UInt8] = Array(repeating: 0x0B, count: depth)
        let body = Bytes.body(open + inner + [0x08, 1] + close + [0x0B, 0x0B])
        let bytes = Bytes.module(
            Bytes.section(1, Bytes.type([], [])), Bytes.section(3, [0]), Bytes.section(13, [0, 0], [0, 0]),
            Bytes.section(7, Bytes.export("f", 0, 0)), Bytes.section(10, body))
        let (outcome, fuel) = try run(try Instance(Module(bytes)), "f", [])
        #expect(values(outcome) == [], "\(outcome)")
        #expect(fuel == 1 + UInt64(depth) / 16)
    }

    @Test("a vector is a value of an exception")
    func vector() throws {
        let v128: UInt8 = 0x7B
        let constant: [UInt8] = [0xFD, 0x0C] + Array(0..<16)
        let values = [Self.i32, v128, Self.i32]
        let throwing = Bytes.body([0x41, 1] + constant + [0x41, 2, 0x08, 0])
        let catching = Bytes.body([0x1F, 0x40, 1, 0, 0, 0, 0x10, 0, 0x0B, 0x00])
        let bytes = Bytes.module(
            Bytes.section(1, Bytes.type(values, []), Bytes.type([], values), Bytes.type([], [])),
            Bytes.section(3, [2], [1]), Bytes.section(13, [0, 0]), Bytes.section(7, Bytes.export("f", 0, 1)),
            Bytes.section(10, throwing, catching))
        let (outcome, _) = try run(try Instance(Module(bytes)), "f", [])
        let vector = Value.v128(lower: 0x0706_0504_0302_0100, upper: 0x0F0E_0D0C_0B0A_0908)
        #expect(self.values(outcome) == [.i32(1), vector, .i32(2)], "\(outcome)")
    }

    @Test("between two throws a call can move to another store")
    func snapshots() throws {
        func link() throws -> (module: Module, imports: Imports, store: Store) {
            let store = Store()
            var imports = Imports()
            imports.define("a", "host", .function(store.add(Self.host)))
            return (try Module(Self.looping), imports, store)
        }
        let (module, imports, store) = try link()
        let instance = try Instance(module, imports: imports, store: store)
        let call = try Execution(calling: try #require(instance.function("loop")), [.i64(10)])
        var stops = 0
        while case .outOfFuel = call.run(slice: 0) {
            stops += 1
            let snapshot = try instance.snapshot(of: [call])
            let (module, imports, store) = try link()
            let restored = try Instance(restoring: snapshot, of: module, imports: imports, store: store)
            let outcome = try #require(restored.restoredCalls.first).run()
            #expect(values(outcome) == [.i64(42)], "\(outcome)")
        }
        #expect(stops == 10)
        #expect(call.fuelUsed == 1 + 10 * 9 + 5 + 1)
    }
}
