import WasmRuntime

/// Something of the right type for everything that a module imports.
public enum AnyImports {
    /// - Returns: nil where the store's limits forbid an import.
    public static func make(for module: Module, store: Store) -> Imports? {
        var imports = Imports()
        for item in module.imports {
            guard let value = external(item.type, store) else { return nil }
            imports.define(item.module, item.name, value)
        }
        return imports
    }

    private static func external(_ type: ExternalType, _ store: Store) -> External? {
        switch type {
        case .function(let type): .function(store.add(answeringZero(type)))
        case .table(let type): store.makeTable(type).map(External.table)
        case .memory(let type): store.makeMemory(type).map(External.memory)
        case .global(let type): zero(type.value).map { .global(Global($0, isMutable: type.isMutable)) }
        case .tag(let type): .tag(ExceptionTag(type))
        }
    }

    private static func answeringZero(_ type: FunctionType) -> HostFunction {
        HostFunction(type) { call in
            for (index, result) in type.results.enumerated() {
                if let value = zero(result) { call.setResult(value, at: index) }
            }
        }
    }

    /// A value of zero bits; nil for a type that the host cannot make values of.
    public static func zero(_ type: ValueType) -> Value? {
        switch type {
        case .i32: .i32(0)
        case .i64: .i64(0)
        case .f32: .f32(0)
        case .f64: .f64(0)
        case .v128: .v128(lower: 0, upper: 0)
        case .funcRef: .nullFuncRef
        case .externRef: .externRef(nil)
        case .exnRef: .nullExnRef
        default: nil
        }
    }
}
