import WasmRuntime

/// Arbitrary bytes as a module: what loads is translated whole, instantiated, and each of its exports is called.
public enum Gauntlet {
    /// Fuel of one call.
    private static let fuel: UInt64 = 20_000
    private static let callsMax = 64

    static let limits: InstanceLimits = {
        var limits = InstanceLimits()
        limits.memoryPagesMax = 16
        limits.tableElementsMax = 10_000
        limits.stackBytesMax = 64 << 10
        limits.startFuel = fuel
        return limits
    }()

    static let moduleLimits: ModuleLimits = {
        var limits = ModuleLimits()
        limits.segmentElementsMax = 100_000
        return limits
    }()

    /// - Returns: whether the bytes are a valid module.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        guard let module = try? Module(bytes, limits: moduleLimits) else { return false }
        module.translateAll()
        let store = Store(limits: limits)
        guard let imports = AnyImports.make(for: module, store: store),
            let instance = try? Instance(module, imports: imports, store: store)
        else { return true }
        for export in module.exports.prefix(callsMax) {
            guard case .function(let type) = export.type, let function = instance.function(export.name) else {
                continue
            }
            call(function, type)
        }
        return true
    }

    private static func call(_ function: Function, _ type: FunctionType) {
        let arguments = type.parameters.compactMap(AnyImports.zero)
        guard arguments.count == type.parameters.count,
            let execution = try? Execution(calling: function, arguments, fuel: fuel)
        else { return }
        while case .outOfFuel = execution.run(slice: 1_000) {}
    }
}
