/// A decoded and validated module. It can be instantiated many times, by many threads; what is translated of its code is
/// shared by all instances.
public final class Module: Sendable {
    let code: ModuleCode

    /// - Parameters:
    ///   - bytes: the binary format. Kept as it is, without a copy.
    ///   - features: extensions that the module may use; by default all that there are.
    /// - Throws: why it can't run, and where in it.
    public init(
        _ bytes: [UInt8], features: WasmFeatures = .all, limits: ModuleLimits = ModuleLimits()
    ) throws(ModuleError) {
        guard bytes.count <= limits.moduleBytesMax else {
            throw ModuleError(.tooLarge, "\(bytes.count) bytes, at most \(limits.moduleBytesMax) allowed", at: 0)
        }
        code = try ModuleCode(ModuleBytes(bytes), features: features, limits: limits)
    }

    /// Copies the bytes, and does as the other.
    public convenience init(
        _ bytes: some Collection<UInt8>, features: WasmFeatures = .all, limits: ModuleLimits = ModuleLimits()
    ) throws(ModuleError) {
        try self.init(Array(bytes), features: features, limits: limits)
    }

    /// A module that is translated in another way: for tests of what must not depend on that.
    package init(_ bytes: [UInt8], translation: TranslationOptions) throws(ModuleError) {
        code = try ModuleCode(ModuleBytes(bytes), features: .all, limits: ModuleLimits(), translation: translation)
    }

    /// Translates what nobody has called yet, too.
    package func translateAll() {
        for index in 0..<code.contents.functions.count { _ = code.code(of: index) }
    }

    public var bytesCount: Int { code.bytes.count }

    public var imports: [Import] {
        code.contents.imports.map { Import(module: $0.module, name: $0.name, type: $0.type) }
    }

    public var exports: [Export] {
        code.contents.exports.map { Export(name: $0.name, type: code.contents.type(of: $0)) }
    }

    /// Whether it declares or imports a memory.
    public var hasMemory: Bool { !code.contents.memories.isEmpty }

    /// How many functions it defines itself.
    public var functionCount: Int { code.contents.bodies.count }

    /// Names and sizes (in bytes, without the name) of its custom sections, in order.
    public var customSections: [(name: String, bytesCount: Int)] {
        code.contents.customSections.map { ($0.name, $0.payload.count) }
    }

    /// What the module's name section, else an export or import, calls a function.
    /// - Parameter index: in the function index space, imports first.
    public func functionName(_ index: Int) -> String? { code.functionNames[index] }
}

extension ModuleContents {
    func type(of export: ExportEntry) -> ExternalType {
        switch export.kind {
        case .function: .function(type(ofFunction: export.index))
        case .table: .table(tables[export.index])
        case .memory: .memory(memories[export.index])
        case .global: .global(globals[export.index])
        case .tag: .tag(type(ofTag: export.index))
        }
    }
}
