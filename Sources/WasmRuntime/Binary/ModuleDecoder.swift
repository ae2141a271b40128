/// Bytes → sections. Checks what the binary format demands; what validation demands comes later.
struct ModuleDecoder {
    let features: WasmFeatures
    let limits: ModuleLimits
    private var contents = ModuleContents()
    private var declaredFunctions = 0

    static func decode(
        _ bytes: ModuleBytes, features: WasmFeatures, limits: ModuleLimits
    ) throws(ModuleError) -> ModuleContents {
        guard bytes.count <= limits.moduleBytesMax else {
            throw ModuleError(.tooLarge, "\(bytes.count) bytes, at most \(limits.moduleBytesMax) allowed", at: 0)
        }
        var decoder = ModuleDecoder(features: features, limits: limits)
        var reader = ByteReader(bytes)
        try decoder.header(&reader)
        try decoder.sections(&reader)
        return decoder.contents
    }

    private init(features: WasmFeatures, limits: ModuleLimits) {
        self.features = features
        self.limits = limits
    }

    private func header(_ reader: inout ByteReader) throws(ModuleError) {
        guard reader.bytesLeft >= 4, try reader.fixed32() == 0x6D73_6100 else {
            throw ModuleError(.malformed, "magic header not detected: this is not a WebAssembly module", at: 0)
        }
        let version = try reader.fixed32()
        guard version == 1 else {
            if version >> 16 == 1 {
                throw ModuleError(.unsupported, "this is a component; only core modules can run", at: 4)
            }
            throw ModuleError(.malformed, "unknown binary version \(version)", at: 4)
        }
    }

    /// Sections in the order that the format prescribes; data count (12) comes before code (10).
    private static let order: [UInt8] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]

    private mutating func sections(_ reader: inout ByteReader) throws(ModuleError) {
        var last = -1
        while !reader.isAtEnd {
            let at = reader.position
            let id = try reader.byte()
            let size = Int(try reader.u32())
            var section = try reader.slice(size)
            if id == 0 {
                let name = try section.name()
                contents.customSections.append(CustomSection(name: name, payload: section.position..<section.end))
                continue
            }
            guard let rank = Self.order.firstIndex(of: id) else {
                throw ModuleError(.malformed, "malformed section id \(id)", at: at)
            }
            guard rank > last else {
                throw ModuleError(.malformed, "unexpected content: section \(id) is repeated or out of order", at: at)
            }
            last = rank
            try self.section(id, &section)
            guard section.isAtEnd else { throw section.malformed("section size mismatch") }
        }
        guard contents.bodies.count == declaredFunctions else {
            throw reader.malformed("function and code section have inconsistent lengths")
        }
        if let count = contents.dataCount, count != contents.data.count {
            throw reader.malformed("data count and data section have inconsistent lengths")
        }
    }

    private mutating func section(_ id: UInt8, _ reader: inout ByteReader) throws(ModuleError) {
        switch id {
        case 1: try types(&reader)
        case 2: try imports(&reader)
        case 3: try functions(&reader)
        case 4: try tables(&reader)
        case 5: try memories(&reader)
        case 6: try globals(&reader)
        case 7: try exports(&reader)
        case 8: contents.start = try reader.u32()
        case 9: try elements(&reader)
        case 10: try code(&reader)
        case 11: try data(&reader)
        case 12: contents.dataCount = Int(try reader.u32())
        default: try tags(&reader)
        }
    }

    private mutating func types(_ reader: inout ByteReader) throws(ModuleError) {
        let count = try reader.count("types", max: limits.typesMax)
        contents.types.reserveCapacity(count)
        for _ in 0..<count { contents.types.append(try reader.functionType(features: features, limits: limits)) }
    }

    private mutating func imports(_ reader: inout ByteReader) throws(ModuleError) {
        for _ in 0..<(try reader.count("imports", max: limits.importsMax)) {
            let module = try reader.name()
            let name = try reader.name()
            let type = try importType(&reader)
            contents.imports.append(ImportEntry(module: module, name: name, type: type))
        }
        contents.importedFunctionCount = contents.functions.count
        contents.importedTableCount = contents.tables.count
        contents.importedMemoryCount = contents.memories.count
        contents.importedGlobalCount = contents.globals.count
        contents.importedTagCount = contents.tags.count
    }

    private mutating func importType(_ reader: inout ByteReader) throws(ModuleError) -> ExternalType {
        let at = reader.position
        switch try reader.byte() {
        case 0:
            let index = try reader.u32()
            guard index < contents.types.count else {
                throw ModuleError(.invalid, "unknown type \(index)", at: at)
            }
            contents.functions.append(index)
            return .function(contents.types[Int(index)])
        case 1:
            let table = try reader.tableType(features: features)
            contents.tables.append(table)
            return .table(table)
        case 2:
            let memory = try reader.memoryType(features: features)
            contents.memories.append(memory)
            return .memory(memory)
        case 3:
            let global = try reader.globalType(features: features)
            contents.globals.append(global)
            return .global(global)
        case 4:
            let index = try reader.tagType(features: features)
            guard index < contents.types.count else {
                throw ModuleError(.invalid, "unknown type \(index)", at: at)
            }
            contents.tags.append(index)
            return .tag(contents.types[Int(index)])
        default: throw ModuleError(.malformed, "malformed import kind", at: at)
        }
    }

    private mutating func functions(_ reader: inout ByteReader) throws(ModuleError) {
        declaredFunctions = try reader.count("functions", max: limits.functionsMax)
        contents.functions.reserveCapacity(contents.functions.count + declaredFunctions)
        for _ in 0..<declaredFunctions { contents.functions.append(try reader.u32()) }
    }

    private mutating func tables(_ reader: inout ByteReader) throws(ModuleError) {
        for _ in 0..<(try reader.count("tables", max: limits.tablesMax)) {
            let hasValue = try tableHasValue(&reader)
            contents.tables.append(try reader.tableType(features: features))
            guard hasValue else { continue }
            contents.tableValues[contents.tables.count - 1] = try ConstantExpression(&reader, features: features)
        }
    }

    private func tableHasValue(_ reader: inout ByteReader) throws(ModuleError) -> Bool {
        guard try reader.peek() == 0x40 else { return false }
        guard features.contains(.tableInitialisers) else {
            throw ModuleError(.unsupported, "table initialisers are off", at: reader.position)
        }
        _ = try reader.byte()
        guard try reader.byte() == 0 else { throw reader.malformed("malformed table") }
        return true
    }

    private mutating func memories(_ reader: inout ByteReader) throws(ModuleError) {
        for _ in 0..<(try reader.count("memories", max: limits.memoriesMax)) {
            contents.memories.append(try reader.memoryType(features: features))
        }
    }

    private mutating func globals(_ reader: inout ByteReader) throws(ModuleError) {
        let count = try reader.count("globals", max: limits.globalsMax)
        contents.globals.reserveCapacity(contents.globals.count + count)
        contents.globalSlots.reserveCapacity(count)
        contents.globalValues.reserveCapacity(count)
        for _ in 0..<count {
            let type = try reader.globalType(features: features)
            contents.globals.append(type)
            contents.globalSlots.append(contents.ownGlobalSlots)
            contents.ownGlobalSlots += Int32(type.value.slots)
            contents.globalValues.append(try ConstantExpression(&reader, features: features))
        }
    }

    private mutating func tags(_ reader: inout ByteReader) throws(ModuleError) {
        guard features.contains(.exceptions) else {
            throw ModuleError(.unsupported, "tags: exceptions are off", at: reader.position)
        }
        for _ in 0..<(try reader.count("tags", max: limits.tagsMax)) {
            contents.tags.append(try reader.tagType(features: features))
        }
    }

    private mutating func exports(_ reader: inout ByteReader) throws(ModuleError) {
        for _ in 0..<(try reader.count("exports", max: limits.exportsMax)) {
            let at = reader.position
            let name = try reader.name()
            let code = try reader.byte()
            guard let kind = ExternalKind(rawValue: code) else { throw reader.malformed("malformed export kind") }
            guard kind != .tag || features.contains(.exceptions) else {
                throw ModuleError(.unsupported, "tag: exceptions are off", at: at)
            }
            contents.exports.append(ExportEntry(name: name, kind: kind, index: Int(try reader.u32()), offset: at))
        }
    }

    private mutating func code(_ reader: inout ByteReader) throws(ModuleError) {
        let count = try reader.count("function bodies", max: limits.functionsMax)
        contents.bodies.reserveCapacity(count)
        for _ in 0..<count {
            let size = Int(try reader.u32())
            guard size <= limits.functionBytesMax else {
                throw ModuleError(
                    .tooLarge, "function of \(size) bytes, at most \(limits.functionBytesMax) allowed",
                    at: reader.position)
            }
            let body = try reader.slice(size)
            contents.bodies.append(body.position..<body.end)
        }
    }

    private mutating func data(_ reader: inout ByteReader) throws(ModuleError) {
        let count = try reader.count("data segments", max: limits.segmentsMax)
        contents.data.reserveCapacity(count)
        for _ in 0..<count {
            let at = reader.position
            let mode: DataSegment.Mode
            switch try reader.u32() {
            case 0: mode = .active(memory: 0, offset: try ConstantExpression(&reader, features: features))
            case 1: mode = .passive
            case 2:
                let memory = Int(try reader.u32())
                mode = .active(memory: memory, offset: try ConstantExpression(&reader, features: features))
            default: throw ModuleError(.malformed, "malformed data segment flags", at: at)
            }
            let size = Int(try reader.u32())
            let bytes = try reader.slice(size)
            contents.data.append(DataSegment(mode: mode, bytes: bytes.position..<bytes.end, offset: at))
        }
    }

    private mutating func elements(_ reader: inout ByteReader) throws(ModuleError) {
        for _ in 0..<(try reader.count("element segments", max: limits.segmentsMax)) {
            contents.elements.append(try elementSegment(&reader))
        }
    }

    /// Bit 0 of the flags: passive or declarative; bit 1: explicit table, or declarative; bit 2: expressions.
    private func elementSegment(_ reader: inout ByteReader) throws(ModuleError) -> ElementSegment {
        let at = reader.position
        let flags = try reader.u32()
        guard flags < 8 else { throw ModuleError(.malformed, "malformed element segment flags", at: at) }
        let mode: ElementSegment.Mode
        switch flags & 3 {
        case 0: mode = .active(table: 0, offset: try ConstantExpression(&reader, features: features))
        case 1: mode = .passive
        case 2:
            let table = Int(try reader.u32())
            mode = .active(table: table, offset: try ConstantExpression(&reader, features: features))
        default: mode = .declarative
        }
        var type = ValueType.funcRef
        if flags & 3 != 0 {
            if flags & 4 != 0 {
                type = try reader.referenceType(features: features)
            } else {
                guard try reader.byte() == 0 else { throw reader.malformed("malformed element kind") }
            }
        }
        let items: ElementSegment.Items =
            flags & 4 != 0 ? .expressions(try expressions(&reader)) : .functions(try functionIndices(&reader))
        return ElementSegment(mode: mode, type: type, items: items, offset: at)
    }
    private func functionIndices(_ reader: inout ByteReader) throws(ModuleError) -> [UInt32] {
        let count = try reader.count("elements", max: limits.segmentElementsMax)
        var indices: [UInt32] = []
        indices.reserveCapacity(count)
        for _ in 0..<count { indices.append(try reader.u32()) }
        return indices
    }

    private func expressions(_ reader: inout ByteReader) throws(ModuleError) -> [ConstantExpression] {
        let count = try reader.count("elements", max: limits.segmentElementsMax)
        var expressions: [ConstantExpression] = []
        expressions.reserveCapacity(count)
        for _ in 0..<count { expressions.append(try ConstantExpression(&reader, features: features)) }
        return expressions
    }
}
