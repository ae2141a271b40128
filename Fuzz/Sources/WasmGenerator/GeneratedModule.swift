/// A module that is valid by construction, made from a source of decisions.
///
/// It exports `t0`, `t1` … : `() -> (numbers)`, to be called in order on one instance; `c0`, `c1` … : the same with an
/// i64 more, a checksum over the first page and the size of each memory and over the globals; its memories as `m`, `m1`,
/// `m2`, and its globals as `g0` … .
public struct GeneratedModule: Sendable {
    public let bytes: [UInt8]
    public let testCount: Int
    public let globalCount: Int

    public init(_ source: inout ByteSource, style: GeneratorStyle) {
        let plan = ModulePlan(&source, style: style)
        var bodies: [WasmBytes] = []
        let arguments = plan.tested.map { function in
            plan.signatures[plan.functions[function]].parameters.map { Constants.bits($0, &source) }
        }
        for function in plan.functions {
            var generator = FunctionGenerator(plan, plan.signatures[function], &source)
            bodies.append(generator.body(&source))
        }
        bytes = ModuleAssembly(plan: plan, bodies: bodies, arguments: arguments).bytes()
        testCount = plan.tested.count
        globalCount = plan.globals.count
    }
}
