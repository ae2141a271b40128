import FoundationEssentials
import WasmRuntime

/// Runs one script of the suite and counts what holds.
struct SpecRunner {
    struct Report {
        var passed = 0
        /// Modules instantiated.
        var modules = 0
        /// Commands whose module is only text, which this engine does not read.
        var skippedText = 0
        /// Refusals that came from a feature being off rather than from the rule that was tested.
        var refusedFeature = 0
        var failures: [Failure] = []
    }

    struct Failure: CustomStringConvertible {
        let line: Int
        let message: String

        var description: String { "line \(line): \(message)" }
    }

    private let folder: URL
    private let features: WasmFeatures
    private let store: Store
    private var instances: [String: Instance] = [:]
    private var definitions: [String: Module] = [:]
    private var current: Instance?
    private var imports = Imports()
    private var report = Report()

    static func run(_ file: URL, features: WasmFeatures) throws -> Report {
        let script = try JSONDecoder().decode(SpecScript.self, from: Data(contentsOf: file))
        var runner = SpecRunner(folder: file.deletingLastPathComponent(), features: features)
        for command in script.commands { runner.run(command) }
        return runner.report
    }

    private init(folder: URL, features: WasmFeatures) {
        self.folder = folder
        self.features = features
        var limits = InstanceLimits()
        limits.stackBytesMax = 1 << 20
        store = Store(limits: limits)
        defineSpectest()
    }

    private mutating func run(_ command: SpecScript.Command) {
        do {
            if let failure = try perform(command) {
                report.failures.append(Failure(line: command.line, message: "\(command.type): \(failure)"))
            }
        } catch {
            report.failures.append(Failure(line: command.line, message: "\(command.type): \(error)"))
        }
    }

    private mutating func load(_ command: SpecScript.Command) throws -> Module? {
        guard let name = command.binary else { return nil }
        return try Module([UInt8](Data(contentsOf: folder.appending(path: name))), features: features)
    }

    /// - Returns: what is wrong, if anything.
    private mutating func perform(_ command: SpecScript.Command) throws -> String? {
        switch command.type {
        case "module":
            current = nil
            guard let module = try load(command) else { return skip() }
            let instance = try Instance(module, imports: imports, store: store)
            current = instance
            report.modules += 1
            if let name = command.name { instances[name] = instance }
        case "module_definition":
            guard let module = try load(command) else { return skip() }
            definitions[command.name ?? ""] = module
        case "module_instance":
            guard let module = definitions[command.module ?? ""] else { return "no such definition" }
            let instance = try Instance(module, imports: imports, store: store)
            current = instance
            if let name = command.instance { instances[name] = instance }
        case "register":
            guard let instance = command.name.map({ instances[$0] }) ?? current else { return "no such instance" }
            for export in instance.module.exports {
                if let item = instance[export: export.name] { imports.define(command.as ?? "", export.name, item) }
            }
        case "action": return passed(unless: try values(command).failure)
        case "assert_return": return passed(unless: try checkReturn(command))
        case "assert_trap", "assert_exhaustion": return passed(unless: try checkTrap(command))
        case "assert_exception": return passed(unless: try checkException(command))
        case "assert_invalid": return try checkRefused(command, as: .invalid)
        case "assert_malformed_custom", "assert_invalid_custom":
            return try checkCustom(command)
        case "assert_malformed": return try checkRefused(command, as: .malformed)
        case "assert_unlinkable", "assert_uninstantiable": return try checkUnlinkable(command)
        default: return "unknown command"
        }
        return nil
    }

    private mutating func skip() -> String? {
        report.skippedText += 1
        return nil
    }

    private mutating func passed(unless failure: String?) -> String? {
        if failure == nil { report.passed += 1 }
        return failure
    }

    // MARK: Assertions

    private func outcome(_ command: SpecScript.Command) throws -> Execution.Outcome? {
        guard let action = command.action, let instance = action.module.map({ instances[$0] }) ?? current else {
            return nil
        }
        if action.type == "get" { return instance.global(action.field).map { .finished([$0.value]) } }
        guard let function = instance.function(action.field) else { return nil }
        let arguments = (action.args ?? []).compactMap(SpecValue.argument)
        guard arguments.map(\.type) == function.type.parameters else { return nil }
        return try Execution(calling: function, arguments).run()
    }

    private func values(_ command: SpecScript.Command) throws -> (values: [Value], failure: String?) {
        switch try outcome(command) {
        case .finished(let values): (values, nil)
        case let other: ([], other.map { "ended with \($0)" } ?? "the action cannot be run")
        }
    }

    private func checkReturn(_ command: SpecScript.Command) throws -> String? {
        let (values, failure) = try values(command)
        if let failure { return failure }
        let expected = command.expected ?? []
        guard values.count == expected.count, zip(values, expected).allSatisfy(SpecValue.matches) else {
            let given = values.map { "\($0.type) \($0.bits) \($0.upperBits)" }
            return "\(command.action?.field ?? "") gave \(given), expected \(expected)"
        }
        return nil
    }

    private mutating func checkTrap(_ command: SpecScript.Command) throws -> String? {
        if command.action == nil { return try checkUnlinkable(command) }
        let outcome = try outcome(command)
        guard case .trapped(let trap)? = outcome else { return "no trap: \(String(describing: outcome))" }
        let isExhausted = if case .stackExhausted = trap.reason { true } else { false }
        return isExhausted == (command.type == "assert_exhaustion") ? nil : "the wrong trap: \(trap)"
    }

    private func checkException(_ command: SpecScript.Command) throws -> String? {
        let outcome = try outcome(command)
        guard case .trapped(let trap)? = outcome, case .uncaughtException(_, let values) = trap.reason else {
            return "no exception: \(String(describing: outcome))"
        }
        guard let expected = command.expected else { return nil }
        let holds = values.count == expected.count && zip(values, expected).allSatisfy(SpecValue.matches)
        return holds ? nil : "thrown with \(values), expected \(expected)"
    }

    private mutating func checkRefused(_ command: SpecScript.Command, as kind: ModuleError.Kind) throws -> String? {
        guard command.binary != nil else { return skip() }
        do {
            _ = try load(command)
            return "accepted, though \(command.text ?? "")"
        } catch let error as ModuleError {
            if error.kind == .unsupported { report.refusedFeature += 1 }
            let holds = error.kind == kind || error.kind == .unsupported || error.kind == .tooLarge
            return passed(unless: holds ? nil : "\(error), though \(command.text ?? "")")
        }
    }

    /// The core specification has an engine ignore faults in custom sections, and ours gives no custom section a
    /// meaning: the module has to load.
    private mutating func checkCustom(_ command: SpecScript.Command) throws -> String? {
        guard try load(command) != nil else { return skip() }
        return passed(unless: nil)
    }

    private mutating func checkUnlinkable(_ command: SpecScript.Command) throws -> String? {
        guard let module = try load(command) else { return skip() }
        do {
            _ = try Instance(module, imports: imports, store: store)
            return "instantiated, though \(command.text ?? "")"
        } catch let error as InstantiationError {
            let isTrap = if case .trapped = error { true } else { false }
            return passed(unless: isTrap == (command.type != "assert_unlinkable") ? nil : "\(error)")
        }
    }

    // MARK: The host module that every script expects

    private mutating func defineSpectest() {
        func print(_ name: String, _ parameters: [ValueType]) {
            let function = store.add(HostFunction(FunctionType(parameters)) { _ in })
            imports.define("spectest", name, .function(function))
        }
        print("print", [])
        print("print_i32", [.i32])
        print("print_i64", [.i64])
        print("print_f32", [.f32])
        print("print_f64", [.f64])
        print("print_i32_f32", [.i32, .f32])
        print("print_f64_f64", [.f64, .f64])
        imports.define("spectest", "global_i32", .global(Global(.i32(666))))
        imports.define("spectest", "global_i64", .global(Global(.i64(666))))
        imports.define("spectest", "global_f32", .global(Global(.f32(666.6))))
        imports.define("spectest", "global_f64", .global(Global(.f64(666.6))))
        if let table = store.makeTable(
            TableType(element: .funcRef, size: SizeRange(minimum: 10, maximum: 20)))
        {
            imports.define("spectest", "table", .table(table))
        }
        if let table = store.makeTable(
            TableType(element: .funcRef, size: SizeRange(minimum: 10, maximum: 20), address: .i64))
        {
            imports.define("spectest", "table64", .table(table))
        }
        if let memory = store.makeMemory(MemoryType(size: SizeRange(minimum: 1, maximum: 2))) {
            imports.define("spectest", "memory", .memory(memory))
        }
    }
}
