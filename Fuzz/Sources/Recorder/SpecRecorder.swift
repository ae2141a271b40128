import FoundationEssentials
import WasmRuntime

/// Records each module of a script of WebAssembly's test suite with the calls that the script makes of it. What a module
/// shares with other modules of the script it does not share here: one that imports from them is left out.
struct SpecRecorder {
    private(set) var recordings: [[UInt8]] = []
    private(set) var calls = 0
    private(set) var skipped = 0
    private var current: (recorder: CallRecorder, instance: Instance)?

    init(_ file: URL) throws {
        let script = try JSONDecoder().decode(SpecScript.self, from: Data(contentsOf: file))
        for command in script.commands {
            switch command.type {
            case "module":
                finishModule()
                start(command, file.deletingLastPathComponent())
            case "assert_return", "assert_trap", "assert_exhaustion", "action": try call(command)
            default: continue
            }
        }
        finishModule()
    }

    private mutating func finishModule() {
        guard let current, current.recorder.callCount > 0 else { return }
        recordings.append(current.recorder.recording())
        calls += current.recorder.callCount
        self.current = nil
    }

    private mutating func start(_ command: SpecScript.Command, _ folder: URL) {
        current = nil
        guard let name = command.binary, let data = try? Data(contentsOf: folder.appending(path: name)),
            let module = try? Module([UInt8](data), features: .recordable)
        else { return }
        var limits = InstanceLimits()
        limits.stackBytesMax = 1 << 20
        let store = Store(limits: limits)
        current = try? RecordableModule(module: module).recorder(imports: Spectest.imports(store), store: store)
    }

    private mutating func call(_ command: SpecScript.Command) throws {
        guard let action = command.action, action.type != "get" else { return }
        // A call of another module than the last one is not followed.
        guard action.module == nil, let function = current?.instance.function(action.field) else {
            skipped += 1
            return
        }
        let arguments = (action.args ?? []).compactMap(SpecValue.argument)
        guard arguments.map(\.type) == function.type.parameters else { return }
        if try current?.recorder.call(function, arguments) != true { skipped += 1 }
    }
}

/// The host module that every script expects.
enum Spectest {
    static func imports(_ store: Store) -> Imports {
        var imports = Imports()
        let functions: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]), ("print_f64", [.f64]),
            ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, parameters) in functions {
            let function = store.add(HostFunction(FunctionType(parameters)) { _ in })
            imports.define("spectest", name, .function(function))
        }
        let globals: [(String, Value)] = [
            ("global_i32", .i32(666)), ("global_i64", .i64(666)), ("global_f32", .f32(666.6)),
            ("global_f64", .f64(666.6)),
        ]
        for (name, value) in globals { imports.define("spectest", name, .global(Global(value))) }
        if let table = store.makeTable(TableType(element: .funcRef, size: SizeRange(minimum: 10, maximum: 20))) {
            imports.define("spectest", "table", .table(table))
        }
        if let memory = store.makeMemory(MemoryType(size: SizeRange(minimum: 1, maximum: 2))) {
            imports.define("spectest", "memory", .memory(memory))
        }
        return imports
    }
}
