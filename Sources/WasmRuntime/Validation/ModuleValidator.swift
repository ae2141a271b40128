/// What validation learns about a function, for its translation.
struct FunctionSummary {
    /// The most operands that are on its stack at once.
    var operandsMax: UInt32 = 0
    /// Occurrences of constants that no instruction of the internal code can carry, at most 65,535.
    var wideConstants: UInt16 = 0
    /// Whether it may leave its place to another function.
    var hasTailCalls = false
    /// Occurrences of vectors that are constants, or may be, at most 65,535.
    var vectorConstants: UInt16 = 0
    /// Whether a vector may be among the operands.
    var usesVectors = false
}

/// The rules of validation for a whole module. Source: WebAssembly 2.0, chapter 3.
struct ModuleValidator {
    private let bytes: ModuleBytes
    private let contents: ModuleContents
    private let types: TypeTable
    private let features: WasmFeatures
    private let limits: ModuleLimits
    /// Functions that `ref.func` may name: those mentioned outside of function bodies.
    private var declared: [Bool]
    /// How many globals a constant expression may name: those that have their value before it is evaluated.
    private var globalsBefore = 0

    /// - Returns: one summary for each function that is not imported.
    static func validate(
        _ contents: ModuleContents, types: TypeTable, bytes: ModuleBytes, features: WasmFeatures, limits: ModuleLimits
    ) throws(ModuleError) -> [FunctionSummary] {
        var validator = ModuleValidator(
            bytes: bytes, contents: contents, types: types, features: features, limits: limits,
            declared: Array(repeating: false, count: contents.functions.count))
        try validator.declarations()
        try validator.globals()
        try validator.elements()
        try validator.data()
        try validator.exportsAndStart()
        return try validator.functions()
    }

    private func invalid(_ message: String, at offset: Int = 0) -> ModuleError {
        ModuleError(.invalid, message, at: offset)
    }

    private func declarations() throws(ModuleError) {
        for type in contents.functions where type >= types.count { throw invalid("unknown type \(type)") }
        for table in contents.tables {
            guard table.size.isOrdered else { throw invalid("size minimum must not be greater than maximum") }
        }
        for memory in contents.memories {
            guard memory.size.isOrdered else { throw invalid("size minimum must not be greater than maximum") }
            let pagesMax: UInt64 = memory.address == .i32 ? 65_536 : 1 << 48
            guard max(memory.size.minimum, memory.size.maximum ?? 0) <= pagesMax else {
                throw invalid("memory size must be at most \(pagesMax) pages")
            }
        }
        guard contents.memories.count <= 1 || features.contains(.multipleMemories) else {
            throw ModuleError(.unsupported, "\(contents.memories.count) memories: multiple memories are off", at: 0)
        }
        for tag in contents.tags {
            guard tag < types.count else { throw invalid("unknown type \(tag)") }
            guard types[Int(tag)].results.isEmpty else { throw invalid("non-empty tag result type") }
        }
        if !features.contains(.mutableGlobals) {
            for global in contents.globals.prefix(contents.importedGlobalCount) where global.isMutable {
                throw ModuleError(.unsupported, "imported mutable globals are off", at: 0)
            }
        }
    }

    private mutating func globals() throws(ModuleError) {
        globalsBefore = contents.importedGlobalCount
        for (table, value) in contents.tableValues { try check(value, is: contents.tables[table].element) }
        for (index, value) in contents.globalValues.enumerated() {
            if features.contains(.extendedConstants) { globalsBefore = contents.importedGlobalCount + index }
            try check(value, is: contents.globals[contents.importedGlobalCount + index].value)
        }
        if features.contains(.extendedConstants) { globalsBefore = contents.globals.count }
    }

    private mutating func elements() throws(ModuleError) {
        for segment in contents.elements {
            if case .active(let table, let offset) = segment.mode {
                guard table < contents.tables.count else { throw invalid("unknown table \(table)", at: segment.offset) }
                guard contents.tables[table].element == segment.type else {
                    throw invalid("type mismatch: segment and table differ", at: segment.offset)
                }
                try check(offset, is: contents.tables[table].address.value)
            }
            switch segment.items {
            case .functions(let indices):
                guard segment.type == .funcRef else { throw invalid("type mismatch in segment", at: segment.offset) }
                for index in indices { try declare(index, at: segment.offset) }
            case .expressions(let expressions): for item in expressions { try check(item, is: segment.type) }
            }
        }
    }

    private mutating func data() throws(ModuleError) {
        for segment in contents.data {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            guard memory < contents.memories.count else {
                throw invalid("unknown memory \(memory)", at: segment.offset)
            }
            try check(offset, is: contents.memories[memory].address.value)
        }
    }

    private mutating func exportsAndStart() throws(ModuleError) {
        var names: Set<ExactName> = []
        for export in contents.exports {
            guard names.insert(ExactName(export.name)).inserted else {
                throw invalid("duplicate export name \(export.name.debugDescription)", at: export.offset)
            }
            let count =
                switch export.kind {
                case .function: contents.functions.count
                case .table: contents.tables.count
                case .memory: contents.memories.count
                case .global: contents.globals.count
                case .tag: contents.tags.count
                }
            guard export.index < count else {
                throw invalid("unknown \(export.kind) \(export.index)", at: export.offset)
            }
            if export.kind == .function { declared[export.index] = true }
            if export.kind == .global, contents.globals[export.index].isMutable, !features.contains(.mutableGlobals) {
                throw ModuleError(.unsupported, "exported mutable globals are off", at: export.offset)
            }
        }
        if let start = contents.start {
            guard start < contents.functions.count else { throw invalid("unknown function \(start)") }
            guard contents.type(ofFunction: Int(start)) == FunctionType() else {
                throw invalid("start function must have no parameters and no results")
            }
        }
    }

    private func functions() throws(ModuleError) -> [FunctionSummary] {
        var validator = FunctionValidator(
            contents, types: types, declared: declared, features: features, limits: limits)
        var summaries: [FunctionSummary] = []
        summaries.reserveCapacity(contents.bodies.count)
        for (index, body) in contents.bodies.enumerated() {
            let type = contents.functions[contents.importedFunctionCount + index]
            summaries.append(try validator.validate(ByteReader(bytes, body), type: Int(type)))
        }
        return summaries
    }

    private mutating func check(_ expression: ConstantExpression, is expected: ValueType) throws(ModuleError) {
        guard let given = try type(of: expression), given == expected else {
            throw invalid("type mismatch: constant expression must give one \(expected)", at: expression.offset)
        }
    }

    /// - Returns: nil if it does not give one value.
    private mutating func type(of expression: ConstantExpression) throws(ModuleError) -> ValueType? {
        guard let first = expression.first else { return nil }
        if expression.isSingle {
            if case .arithmetic = first { throw mismatch(at: expression.offset) }
            return try type(of: first, at: expression.offset)
        }
        // One value, then operators on two: never more than a few deep in practice, and bounded by the bytes.
        var stack: [ValueType] = []
        for instruction in try expression.instructions(in: bytes) {
            if case .arithmetic(_, let type) = instruction {
                guard stack.suffix(2) == [type, type] else { throw mismatch(at: expression.offset) }
                stack.removeLast(2)
            }
            stack.append(try type(of: instruction, at: expression.offset))
        }
        return stack.count == 1 ? stack[0] : nil
    }

    private func mismatch(at offset: Int) -> ModuleError { invalid("type mismatch in constant expression", at: offset) }

    /// What an instruction gives.
    private mutating func type(
        of instruction: ConstantExpression.Instruction, at offset: Int
    ) throws(ModuleError) -> ValueType {
        switch instruction {
        case .constant(let type, _), .nullReference(let type), .arithmetic(_, let type): return type
        case .vector: return .v128
        case .function(let index):
            try declare(index, at: offset)
            return .funcRef
        case .global(let index):
            guard index < globalsBefore else { throw invalid("unknown global \(index)", at: offset) }
            let global = contents.globals[Int(index)]
            guard !global.isMutable else { throw invalid("constant expression required", at: offset) }
            return global.value
        }
    }

    private mutating func declare(_ function: UInt32, at offset: Int) throws(ModuleError) {
        guard function < declared.count else { throw invalid("unknown function \(function)", at: offset) }
        declared[Int(function)] = true
    }
}

extension SizeRange {
    var isOrdered: Bool { maximum.map { minimum <= $0 } ?? true }
}
