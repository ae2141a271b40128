/// Loads, stores, and what works on whole memories and tables.
extension FunctionGenerator {
    /// Pushes an address, nearly always one inside the memory.
    /// - Returns: the offset for the access.
    private mutating func address(_ width: Int, _ source: inout ByteSource) -> Int {
        switch source.below(16) {
        case 0...4:
            number(source.below(1_100))
            return source.below(64)
        case 5...7:
            pushPointer()
            return source.below(8)
        case 8...10:
            pushPointer()
            number(source.below(256) - 8)
            code.byte(0x6A)
            pop(1)
            return source.below(8)
        case 11...13:
            require([.i32], &source)
            code.append([0x41, 0xFF, 0xFF, 0x03, 0x71])
            return source.below(256)
        case 14:
            // Around the end of the first page, which is the memory's end until it grows.
            let end = 65_536 - width + source.below(3) - 1
            let offset = source.below(65_536)
            guard offset <= end else { return address(width, &source) }
            number(end - offset)
            return offset
        default:
            require([.i32], &source)
            return source.chance(64) ? 0xFFFF_FFFF - source.below(16) : source.below(8)
        }
    }

    private mutating func pushPointer() {
        code.byte(0x20)
        code.unsigned(pointerLocal)
        stack.append(.i32)
    }

    /// Most often the first.
    private func memory(_ source: inout ByteSource) -> Int {
        plan.memories.count > 1 && source.chance(60) ? source.below(plan.memories.count) : 0
    }

    /// Makes the address on the stack one of the memory's type.
    private mutating func widenAddress(_ memory: Int) {
        guard plan.memories[memory] else { return }
        code.byte(0xAD)
        stack[stack.count - 1] = .i64
    }

    private mutating func access(
        _ row: InstructionCatalogue.Row, _ memory: Int, _ offset: Int, _ source: inout ByteSource
    ) {
        code.instruction(row.code)
        var alignment = 0
        while 1 << alignment < row.width { alignment += 1 }
        alignment = source.below(alignment + 1)
        code.unsigned(memory == 0 ? alignment : alignment | 0x40)
        if memory > 0 { code.unsigned(memory) }
        code.unsigned(offset)
        immediates(row, &source)
    }

    mutating func load(_ source: inout ByteSource) {
        let row = plan.catalogue.loads[source.below(plan.catalogue.loads.count)]
        let memory = memory(&source)
        let offset = address(row.width, &source)
        widenAddress(memory)
        for operand in row.operands.dropFirst() { expression(operand, depth: source.below(3), &source) }
        access(row, memory, offset, &source)
        pop(row.operands.count)
        stack.append(row.result)
    }

    mutating func store(_ source: inout ByteSource) {
        let row = plan.catalogue.stores[source.below(plan.catalogue.stores.count)]
        let memory = memory(&source)
        let offset = address(row.width, &source)
        widenAddress(memory)
        expression(row.operands[1], depth: source.below(3), &source)
        access(row, memory, offset, &source)
        pop(2)
    }

    /// Three small numbers: places and a count.
    /// - Parameter isWide: which of them have 64 bits.
    private mutating func range(
        _ limits: (Int, Int, Int), isWide: (Bool, Bool, Bool) = (false, false, false), _ source: inout ByteSource
    ) {
        for (limit, isWide) in [(limits.0, isWide.0), (limits.1, isWide.1), (limits.2, isWide.2)] {
            if source.chance(30) { expression(.i32, depth: 1, &source) } else { number(source.below(limit)) }
            if isWide { code.byte(0xAD) }
        }
        pop(3)
    }

    mutating func bulkMemory(_ source: inout ByteSource) {
        switch source.below(6) {
        case 0...1:
            let (to, from) = (memory(&source), memory(&source))
            let (isWideTo, isWideFrom) = (plan.memories[to], plan.memories[from])
            let isWide = (isWideTo, isWideFrom, isWideTo && isWideFrom)
            range((60_000, 60_000, 5_000), isWide: isWide, &source)
            code.append([0xFC, 10, UInt8(to), UInt8(from)])
        case 2:
            let memory = memory(&source)
            let isWide = plan.memories[memory]
            range((65_000, 256, 600), isWide: (isWide, false, isWide), &source)
            code.append([0xFC, 11, UInt8(memory)])
        case 3:
            let memory = memory(&source)
            range((65_536, 24, 12), isWide: (plan.memories[memory], false, false), &source)
            code.append([0xFC, 8, 1, UInt8(memory)])
        case 4 where source.chance(40): code.append([0xFC, 9, UInt8(source.below(2))])
        case 5:
            let memory = memory(&source)
            if source.chance(128) { number(source.below(3)) } else { expression(.i32, depth: 0, &source) }
            widenAddress(memory)
            code.append([0x40, UInt8(memory)])
        default:
            let memory = memory(&source)
            code.append([0x3F, UInt8(memory)])
            stack.append(plan.memories[memory] ? .i64 : .i32)
        }
    }

    // MARK: Tables

    private func elementType(_ table: Int) -> TypeCode { table == 2 ? .externRef : .funcRef }

    mutating func table(_ source: inout ByteSource) {
        let table = source.below(ModulePlan.tableSizes.count)
        let type = elementType(table)
        switch source.below(8) {
        case 0:
            number(source.below(6))
            code.append([0x25, UInt8(table)])
            pop(1)
            stack.append(type)
        case 1:
            number(source.below(6))
            push(leaf: type, &source)
            code.append([0x26, UInt8(table)])
            pop(2)
        case 2:
            push(leaf: type, &source)
            number(source.below(4))
            code.append([0xFC, 15, UInt8(table)])
            pop(2)
            stack.append(.i32)
        case 3:
            code.append([0xFC, 16, UInt8(table)])
            stack.append(.i32)
        case 4:
            number(source.below(6))
            push(leaf: type, &source)
            number(source.below(3))
            code.append([0xFC, 17, UInt8(table)])
            pop(3)
        case 5:
            range((5, 5, 4), &source)
            let other = table == 2 ? 2 : source.below(2)
            code.append([0xFC, 14, UInt8(table), UInt8(other)])
        case 6:
            range((5, 5, 3), &source)
            code.append([0xFC, 12, 1, UInt8(table == 2 ? 0 : table)])
        default: if source.chance(40) { code.append([0xFC, 13, 1]) }
        }
    }
}
