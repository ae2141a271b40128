import WASI
import WasmRuntime

/// What a run may use; nil is without limit.
struct RunLimits {
    /// Source instructions.
    var fuel: UInt64?
    /// Of 64 KiB.
    var memoryPages: UInt64?
    /// From loading on.
    var time: Duration?
}

/// One program or one function call, from its file to its end.
struct GuestRun {
    private let file: String
    private let limits: RunLimits
    private let system: WASISystem
    private let deadline: ContinuousClock.Instant?
    private var fuelLeft: UInt64?

    /// Instructions between two looks at the clock: some milliseconds.
    private static let sliceFuel: UInt64 = 4_000_000

    init(file: String, limits: RunLimits, grants: WASIGrants) {
        self.file = file
        self.limits = limits
        system = WASISystem(grants)
        deadline = limits.time.map { .now + $0 }
        system.deadline = deadline
        fuelLeft = limits.fuel
    }

    /// Runs it.
    /// - Parameter call: an exported function and its arguments; nil runs the program.
    /// - Throws: `CLIError` where `call` does not fit the module.
    func end(calling call: (name: String, arguments: [String])?) throws(CLIError) -> RunEnd {
        var run = self
        do throws(Ended) { return .finished(try run.results(calling: call)) } catch {
            switch error {
            case .run(let end): return end
            case .usage(let error): throw error
            }
        }
    }

    private enum Ended: Error {
        case run(RunEnd)
        case usage(CLIError)

        static func failed(_ failure: RunFailure) -> Ended { .run(.failed(failure)) }
    }

    private mutating func results(calling call: (name: String, arguments: [String])?) throws(Ended) -> [Value] {
        let module = try load()
        let (function, arguments) = try target(of: call, in: module)
        let instance = try instantiate(module)
        // Never freed: the process ends with the run, and the system takes everything back at once.
        _ = Unmanaged.passRetained(instance)
        if let start = instance.startFunction { _ = try run(start, [], in: instance) }
        if let initialize = command("_initialize", in: instance), function != "_start" {
            _ = try run(initialize, [], in: instance)
        }
        guard let target = instance.function(function) else { throw .failed(.notLoadable("no function \(function)")) }
        return try run(target, arguments, in: instance)
    }

    // MARK: Loading

    private func load() throws(Ended) -> Module {
        let bytes: [UInt8]
        do throws(CLIError) { bytes = try InputFile.read(file) } catch { throw .failed(.notLoadable(error.message)) }
        do throws(ModuleError) { return try Module(bytes) } catch { throw .failed(.notLoadable("\(error)")) }
    }

    /// The function to call, before anything runs.
    private func target(
        of call: (name: String, arguments: [String])?, in module: Module
    ) throws(Ended) -> (String, [Value]) {
        let functions = module.exports.compactMap { export in
            if case .function(let type) = export.type { (name: export.name, type: type) } else { nil }
        }
        guard let call else {
            guard functions.contains(where: { $0.name == "_start" && $0.type == FunctionType() }) else {
                throw .failed(.notLoadable("it exports no '_start', so it is no program; --invoke calls a function"))
            }
            return ("_start", [])
        }
        guard let type = functions.first(where: { $0.name == call.name })?.type else {
            let names = functions.prefix(12).map(\.name).joined(separator: ", ")
            let others = functions.isEmpty ? "none at all" : functions.count > 12 ? "\(names), …" : names
            throw .usage(CLIError(.wrongUsage, "\(file) exports no function '\(call.name)'; it exports \(others)"))
        }
        guard call.arguments.count == type.parameters.count else {
            throw .usage(
                CLIError(
                    .wrongUsage, "'\(call.name)' is \(type): \(call.arguments.count) arguments are given for it"))
        }
        var arguments: [Value] = []
        for (text, type) in zip(call.arguments, type.parameters) {
            guard let value = ValueArgument.parse(text, as: type) else {
                throw .usage(CLIError(.wrongUsage, "'\(text)' is no \(type), which '\(call.name)' takes there"))
            }
            arguments.append(value)
        }
        return (call.name, arguments)
    }

    private func instantiate(_ module: Module) throws(Ended) -> Instance {
        var instanceLimits = InstanceLimits()
        if let pages = limits.memoryPages { instanceLimits.memoryPagesMax = pages }
        let store = Store(limits: instanceLimits)
        var imports = Imports()
        system.define(in: &imports, for: module, store: store)
        do {
            return try Instance(deferringStart: module, imports: imports, store: store)
        } catch InstantiationError.trapped(let trap) {
            throw .failed(.trapped(trap.reason, trap.frames))
        } catch InstantiationError.tooLarge(let what) {
            if let pages = limits.memoryPages { throw .failed(.outOfMemory(pages: pages, what, [])) }
            throw .failed(.notLoadable("not within limits: \(what)"))
        } catch {
            throw .failed(.notLoadable("\(error)"))
        }
    }

    // MARK: Running

    private func command(_ name: String, in instance: Instance) -> Function? {
        instance.function(name).flatMap { $0.type == FunctionType() ? $0 : nil }
    }

    private mutating func run(
        _ function: Function, _ arguments: [Value], in instance: Instance
    ) throws(Ended) -> [Value] {
        let execution: Execution
        do throws(InstantiationError) {
            execution = try Execution(calling: function, arguments, fuel: fuelLeft)
        } catch {
            throw .failed(.notLoadable("\(error)"))
        }
        while true {
            switch execution.run(slice: deadline == nil ? .max : Self.sliceFuel) {
            case .finished(let results):
                if let left = fuelLeft { fuelLeft = left - min(left, execution.fuelUsed) }
                return results
            case .outOfFuel:
                if let deadline, let time = limits.time, deadline <= .now { throw .failed(.outOfTime(time)) }
            case .trapped(let trap): throw .failed(failure(trap, in: instance))
            case .failed(let error): throw ended(error, in: instance)
            case .suspended(let call):
                throw .failed(.notLoadable("it called \(call.name), which nobody answers here"))
            }
        }
    }

    private func failure(_ trap: Trap, in instance: Instance) -> RunFailure {
        if case .fuel = trap.reason { return .outOfFuel(limits.fuel ?? 0, trap.frames) }
        if let pages = refusedPages(instance) {
            return .outOfMemory(pages: pages, "then it trapped: \(trap.reason)", trap.frames)
        }
        return .trapped(trap.reason, trap.frames)
    }

    private func ended(_ error: any Error, in instance: Instance) -> Ended {
        switch error {
        case WASIEnd.exit(let code):
            let note = refusedPages(instance).map {
                "its memory could not grow beyond the \(RunFailure.size($0)) of --memory-max"
            }
            return .run(.exited(code: code, note: code == 0 ? nil : note))
        case WASIEnd.raised(let signal): return .failed(.raised(signal: signal))
        case WASIEnd.deadline: return .failed(.outOfTime(limits.time ?? .zero))
        default: return .failed(.notLoadable("\(error)"))
        }
    }

    /// The limit that a growth of the memory was refused for; nil if none was, or not because of it.
    private func refusedPages(_ instance: Instance) -> UInt64? {
        guard let pages = limits.memoryPages, let memory = instance.memory, memory.wasGrowthRefused,
            memory.pagesMax == pages
        else { return nil }
        return pages
    }
}
