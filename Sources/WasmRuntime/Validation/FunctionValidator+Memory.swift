import CWasmCore

/// Which memory or table an instruction is about, and with what it is addressed.
extension FunctionValidator {
    /// The immediates of a load or store. Bit 6 of the alignment says that the index of a memory follows.
    /// - Returns: the type of its address.
    mutating func memoryArgument(_ row: WasmInstruction) throws(ModuleError) -> UInt32 {
        let flags = try reader.u32()
        // Before there were several memories, all but an alignment was malformed.
        guard flags < 0x20 || (flags < 0x80 && (flags >= 0x40 || features.contains(.multipleMemories))) else {
            throw ModuleError(.malformed, "malformed memop flags", at: at)
        }
        var index: UInt32 = 0
        if flags & 0x40 != 0 {
            guard features.contains(.multipleMemories) else {
                throw ModuleError(.unsupported, "memory index: multiple memories are off", at: at)
            }
            index = try reader.u32()
        }
        // Where there is no such memory, the offset is still part of the format.
        let address = index < contents.memories.count ? contents.memories[Int(index)].address : .i64
        _ = try reader.size("offset", address, features: features)
        try requireMemory(index)
        guard flags & 0x3F <= row.width_log2 else { throw invalid("alignment must not be larger than natural") }
        return address.value.rawValue
    }

    private func requireMemory(_ index: UInt32) throws(ModuleError) {
        guard index < contents.memories.count else { throw invalid("unknown memory \(index)") }
    }

    private mutating func memory() throws(ModuleError) -> AddressType {
        let index = features.contains(.multipleMemories) ? try reader.u32() : try reservedByte()
        try requireMemory(index)
        return contents.memories[Int(index)].address
    }

    /// What stood where the index stands now that there can be several memories.
    private mutating func reservedByte() throws(ModuleError) -> UInt32 {
        let at = reader.position
        switch try reader.byte() {
        case 0: return 0
        case let byte where byte < 0x80:
            throw ModuleError(.unsupported, "memory \(byte): multiple memories are off", at: at)
        default: throw ModuleError(.malformed, "zero byte expected", at: at)
        }
    }

    mutating func tableIndex() throws(ModuleError) -> Int {
        let index = try reader.u32()
        guard index < contents.tables.count else { throw invalid("unknown table \(index)") }
        return Int(index)
    }

    private mutating func table() throws(ModuleError) -> TableType { contents.tables[try tableIndex()] }

    private mutating func dataIndex() throws(ModuleError) {
        let index = try reader.u32()
        guard let count = contents.dataCount else {
            throw ModuleError(.malformed, "data count section required", at: at)
        }
        guard index < count else { throw invalid("unknown data segment \(index)") }
    }

    private mutating func elementSegment() throws(ModuleError) -> ElementSegment {
        let index = try reader.u32()
        guard index < contents.elements.count else { throw invalid("unknown element segment \(index)") }
        return contents.elements[Int(index)]
    }

    private mutating func pop(_ address: AddressType) throws(ModuleError) { try pop(address.value.rawValue) }

    /// What a copy counts with: the narrower of the two.
    private func narrower(_ first: AddressType, _ second: AddressType) -> AddressType {
        first == .i64 && second == .i64 ? .i64 : .i32
    }

    mutating func memoryOrTable(_ code: Int) throws(ModuleError) {
        let i32 = AddressType.i32
        switch code {
        case 0x3F: push(try memory().value.rawValue)
        case 0x40:
            let memory = try memory()
            try pop(memory)
            push(memory.value.rawValue)
        case 0x108:
            try dataIndex()
            let memory = try memory()
            try pop(i32)
            try pop(i32)
            try pop(memory)
        case 0x109: try dataIndex()
        case 0x10A:
            let target = try memory()
            let source = try memory()
            try pop(narrower(target, source))
            try pop(source)
            try pop(target)
        case 0x10B:
            let memory = try memory()
            try pop(memory)
            try pop(i32)
            try pop(memory)
        default: try table(code)
        }
    }

    private mutating func table(_ code: Int) throws(ModuleError) {
        let i32 = AddressType.i32
        switch code {
        case 0x25:
            let table = try table()
            try pop(table.address)
            push(table.element.rawValue)
        case 0x26:
            let table = try table()
            try pop(table.element.rawValue)
            try pop(table.address)
        case 0x10C:
            let segment = try elementSegment()
            let table = try table()
            guard table.element == segment.type else { throw mismatch("segment and table differ") }
            try pop(i32)
            try pop(i32)
            try pop(table.address)
        case 0x10D: _ = try elementSegment()
        case 0x10E:
            let target = try table()
            let source = try table()
            guard target.element == source.element else { throw mismatch("tables differ") }
            try pop(narrower(target.address, source.address))
            try pop(source.address)
            try pop(target.address)
        case 0x10F:
            let table = try table()
            try pop(table.address)
            try pop(table.element.rawValue)
            push(table.address.value.rawValue)
        case 0x110: push(try table().address.value.rawValue)
        default:
            let table = try table()
            try pop(table.address)
            try pop(table.element.rawValue)
            try pop(table.address)
        }
    }
}
