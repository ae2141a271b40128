import CWasmCore

/// Everything that works on whole memories and tables, and the elements of tables.
///
/// Memory 0 with addresses of 32 bits has operations of its own. Tables' operations take 32 bits: operands of 64 are
/// checked first.
extension Translator {
    /// Which operands of a bulk operation have 64 bits.
    private enum Wide { static let first = 1, second = 2, count = 4 }

    private func isWide(memory: Int) -> Bool { module.contents.memories[memory].address == .i64 }
    private func isWide(table: Int) -> Bool { module.contents.tables[table].address == .i64 }
    private func isNear(_ memory: Int) -> Bool { memory == 0 && !isWide(memory: 0) }

    mutating func memoryOrTable(_ source: Int) {
        switch source {
        case 0x3F: memorySize(Int(reader.u32()))
        case 0x40: memoryGrow(Int(reader.u32()))
        case 0x108: memoryInit()
        case 0x109: code.emit(~WASM_OP_data_drop, CodeBuffer.word(immediate: Int32(bitPattern: reader.u32())))
        case 0x10A: memoryCopy()
        case 0x10B: memoryFill(Int(reader.u32()))
        default: table(source)
        }
    }

    // MARK: Memories

    private mutating func memorySize(_ memory: Int) {
        let type = module.contents.memories[memory].address.value.rawValue
        guard memory == 0 else {
            code.emit(
                ~WASM_OP_memory_size_far, CodeBuffer.word(a: slot(atHeight: height), immediate: Int32(memory)))
            return pushSlot(type)
        }
        spillAccumulator()
        code.emit(~WASM_OP_memory_size_T, 0)
        pushAccumulator(type)
    }

    private mutating func memoryGrow(_ memory: Int) {
        let pages = popSlot()
        spillAccumulators()
        code.emit(
            isWide(memory: memory) ? ~WASM_OP_memory_grow_wide : ~WASM_OP_memory_grow,
            CodeBuffer.word(a: slot(atHeight: height), b: pages, c: memory))
        pushSlot(module.contents.memories[memory].address.value.rawValue)
        boundary()
    }

    private mutating func memoryInit() {
        let segment = CodeBuffer.word(immediate: Int32(bitPattern: reader.u32()))
        let memory = Int(reader.u32())
        let slots = popThree().word
        guard !isNear(memory) else {
            code.emit(~WASM_OP_memory_init, slots, segment)
            return
        }
        let widths = isWide(memory: memory) ? Wide.first : 0
        code.emit(~WASM_OP_memory_init_far, slots, CodeBuffer.word(a: memory, b: 0, c: widths), segment)
    }

    private mutating func memoryCopy() {
        let target = Int(reader.u32())
        let source = Int(reader.u32())
        let slots = popThree().word
        guard !isNear(target) || !isNear(source) else {
            code.emit(~WASM_OP_memory_copy, slots)
            return
        }
        let widths = widths(isWide(memory: target), isWide(memory: source))
        code.emit(~WASM_OP_memory_copy_far, slots, CodeBuffer.word(a: target, b: source, c: widths))
    }

    private func widths(_ target: Bool, _ source: Bool) -> Int {
        (target ? Wide.first : 0) | (source ? Wide.second : 0) | (target && source ? Wide.count : 0)
    }

    private mutating func memoryFill(_ memory: Int) {
        let slots = popThree().word
        guard !isNear(memory) else {
            code.emit(~WASM_OP_memory_fill, slots)
            return
        }
        let widths = isWide(memory: memory) ? Wide.first | Wide.count : 0
        code.emit(~WASM_OP_memory_fill_far, slots, CodeBuffer.word(a: memory, b: 0, c: widths))
    }

    // MARK: Tables

    private mutating func table(_ source: Int) {
        switch source {
        case 0x25:
            let table = Int(reader.u32())
            let index = popTableIndex(table)
            code.emit(~WASM_OP_table_get, CodeBuffer.word(a: slot(atHeight: height), b: index, c: table))
            pushSlot(module.contents.tables[table].element.rawValue)
        case 0x26:
            let table = Int(reader.u32())
            let value = popSlot()
            let index = popTableIndex(table)
            code.emit(~WASM_OP_table_set, CodeBuffer.word(a: value, b: index, c: table))
        case 0x10C: tableInit()
        case 0x10D: code.emit(~WASM_OP_elem_drop, CodeBuffer.word(immediate: Int32(bitPattern: reader.u32())))
        case 0x10E: tableCopy()
        case 0x10F: tableGrow(Int(reader.u32()))
        case 0x110:
            let table = Int(reader.u32())
            code.emit(~WASM_OP_table_size, CodeBuffer.word(a: slot(atHeight: height), b: 0, c: table))
            pushSlot(module.contents.tables[table].address.value.rawValue)
        default: tableFill(Int(reader.u32()))
        }
    }

    private mutating func popTableIndex(_ table: Int) -> Int {
        let index = popSlot()
        if isWide(table: table) { code.emit(~WASM_OP_check_table_index, CodeBuffer.word(b: index)) }
        return index
    }

    /// The index of an indirect call.
    mutating func popCallIndex(_ table: Int) -> Int {
        let index = popSlot()
        if isWide(table: table) { code.emit(~WASM_OP_check_call_index, CodeBuffer.word(a: 0, b: index, c: table)) }
        return index
    }

    /// - Parameter widths: `Wide.first` and `Wide.count` of what is checked.
    private mutating func checkTableRange(_ start: Int, _ count: Int, _ widths: Int) {
        guard widths != 0 else { return }
        code.emit(~WASM_OP_check_table_range, CodeBuffer.word(a: start, b: count, c: widths))
    }

    private mutating func tableInit() {
        let segment = reader.u32()
        let table = Int(reader.u32())
        let slots = popThree()
        checkTableRange(slots.a, slots.c, isWide(table: table) ? Wide.first : 0)
        code.emit(
            ~WASM_OP_table_init, slots.word, CodeBuffer.word(a: table, immediate: Int32(bitPattern: segment)))
    }

    private mutating func tableCopy() {
        let target = Int(reader.u32())
        let source = Int(reader.u32())
        let slots = popThree()
        let count = isWide(table: target) && isWide(table: source) ? Wide.count : 0
        checkTableRange(slots.b, slots.c, (isWide(table: source) ? Wide.first : 0) | count)
        checkTableRange(slots.a, slots.c, (isWide(table: target) ? Wide.first : 0) | count)
        code.emit(~WASM_OP_table_copy, slots.word, CodeBuffer.word(a: target, b: source))
    }

    private mutating func tableGrow(_ table: Int) {
        let count = popSlot()
        let value = popSlot()
        spillAccumulators()
        code.emit(
            isWide(table: table) ? ~WASM_OP_table_grow_wide : ~WASM_OP_table_grow,
            CodeBuffer.word(a: slot(atHeight: height), b: value, c: count), CodeBuffer.word(a: table))
        pushSlot(module.contents.tables[table].address.value.rawValue)
        boundary()
    }

    private mutating func tableFill(_ table: Int) {
        let slots = popThree()
        checkTableRange(slots.a, slots.c, isWide(table: table) ? Wide.first | Wide.count : 0)
        code.emit(~WASM_OP_table_fill, slots.word, CodeBuffer.word(a: table))
    }

    /// The slots of an operation on three operands.
    private mutating func popThree() -> (a: Int, b: Int, c: Int, word: UInt64) {
        let c = popSlot()
        let b = popSlot()
        let a = popSlot()
        return (a, b, c, CodeBuffer.word(a: a, b: b, c: c))
    }
}
