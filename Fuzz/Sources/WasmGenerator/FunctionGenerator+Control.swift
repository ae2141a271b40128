/// Blocks, loops, branches and calls.
extension FunctionGenerator {
    // MARK: Blocks

    private mutating func blockType(_ source: inout ByteSource) -> (code: WasmBytes, signature: ModulePlan.Signature) {
        var code = WasmBytes()
        switch source.below(4) {
        case 0:
            code.byte(0x40)
            return (code, ModulePlan.Signature(parameters: [], results: []))
        case 1:
            let type = plan.type(&source)
            code.byte(type)
            return (code, ModulePlan.Signature(parameters: [], results: [type]))
        default:
            let index = source.below(plan.signatures.count)
            code.signed(Int64(index))
            return (code, plan.signatures[index])
        }
    }

    /// Writes the head of a block whose parameters are on the stack.
    private mutating func open(
        _ opcode: UInt8, _ type: (code: WasmBytes, signature: ModulePlan.Signature), isTarget: Bool = true
    ) {
        code.byte(opcode)
        code.append(type.code.bytes)
        let parameters = type.signature.parameters
        frames.append(
            Frame(
                base: stack.count - parameters.count,
                labelTypes: opcode == 0x03 ? parameters : type.signature.results,
                resultTypes: type.signature.results, isTarget: isTarget, isLoop: opcode == 0x03))
        isDead = false
    }

    /// Brings the innermost block's results about, and writes its `end`.
    mutating func closeFrame(_ source: inout ByteSource) {
        settleResults(&source)
        code.byte(0x0B)
        leaveFrame()
    }

    private mutating func leaveFrame() {
        let frame = frames.removeLast()
        stack.removeLast(stack.count - frame.base)
        stack += frame.resultTypes
        isDead = false
    }

    /// Leaves exactly the results above the frame's base: by dropping what is over, or by a branch that does so.
    private mutating func settleResults(_ source: inout ByteSource) {
        let frame = frames[frames.count - 1]
        if isDead, stack.count == frame.base { return }
        if stack.dropFirst(frame.base).elementsEqual(frame.resultTypes) { return }
        if !frame.isLoop, source.chance(128) {
            require(frame.resultTypes, &source)
            if stack.count > frame.base + frame.resultTypes.count {
                code.append([0x0C, 0])
                return becomeDead()
            }
            return
        }
        while !frame.resultTypes.starts(with: stack.dropFirst(frame.base)) {
            code.byte(0x1A)
            pop(1)
        }
        for type in frame.resultTypes.dropFirst(stack.count - frame.base) {
            expression(type, depth: source.below(2), &source)
        }
    }

    mutating func block(_ source: inout ByteSource) {
        guard frames.count < Self.nestingMax else { return }
        let type = blockType(&source)
        require(type.signature.parameters, &source)
        open(0x02, type)
        inner(&source)
        closeFrame(&source)
    }

    mutating func conditional(_ source: inout ByteSource) {
        guard frames.count < Self.nestingMax else { return }
        let type = blockType(&source)
        let parameters = type.signature.parameters
        require(parameters + [.i32], &source)
        pop(1)
        open(0x04, type)
        inner(&source)
        let frame = frames[frames.count - 1]
        if parameters == type.signature.results, source.chance(128) { return closeFrame(&source) }
        settleResults(&source)
        code.byte(0x05)
        stack.removeLast(stack.count - frame.base)
        stack += parameters
        isDead = false
        inner(&source)
        closeFrame(&source)
    }

    private mutating func inner(_ source: inout ByteSource) {
        let outer = room
        room = min(outer, 1 + source.below(24))
        let given = room
        statements(&source)
        room = outer - (given - room)
    }

    /// A loop whose rounds the test's fuel bounds.
    mutating func loop(_ source: inout ByteSource) {
        guard frames.count < Self.nestingMax else { return }
        let type = blockType(&source)
        require(type.signature.parameters, &source)
        open(0x03, type)
        spendFuel()
        inner(&source)
        closeFrame(&source)
    }

    /// A loop that counts a local of its own up or down, as compilers write it.
    mutating func countdown(_ source: inout ByteSource) {
        guard frames.count < Self.nestingMax, countersUsed < Self.countersMax else { return }
        let counter = counterLocal(countersUsed)
        countersUsed += 1
        let rounds = 1 + source.below(8)
        let style = source.below(4)
        let signature = ModulePlan.Signature(parameters: [], results: [])
        var type = WasmBytes()
        type.byte(0x40)
        number(style == 0 ? rounds : 0)
        setLocal(counter)
        open(0x03, (type, signature), isTarget: false)
        inner(&source)
        discardToBase()
        getLocal(counter)
        switch style {
        case 0: code.append([0x41, 0x7F, 0x6A, 0x22])
        default: code.append([0x41, 1, 0x6A, 0x22])
        }
        code.unsigned(counter)
        switch style {
        case 0: break
        case 1: code.append([0x41, UInt8(rounds), 0x48])
        case 2: code.append([0x41, UInt8(rounds), 0x47])
        default: code.append([0x41, UInt8(rounds), 0x49])
        }
        code.append([0x0D, 0, 0x0B])
        isDead = false
        frames.removeLast()
        countersUsed -= 1
    }

    private mutating func discardToBase() {
        while stack.count > frames[frames.count - 1].base {
            code.byte(0x1A)
            pop(1)
        }
    }

    private mutating func setLocal(_ index: Int) {
        code.byte(0x21)
        code.unsigned(index)
        pop(1)
    }

    private mutating func getLocal(_ index: Int) {
        code.byte(0x20)
        code.unsigned(index)
    }

    // MARK: Branches

    mutating func branch(_ source: inout ByteSource) {
        let targets = frames.indices.filter { frames[$0].isTarget }
        let target = targets[source.below(targets.count)]
        let types = frames[target].labelTypes
        switch source.below(16) {
        case 0...9:
            require(types + [.i32], &source)
            pop(1)
            code.byte(0x0D)
            code.unsigned(frames.count - 1 - target)
        case 10...11: branchTable(like: types, targets, &source)
        case 12...13:
            require(types, &source)
            code.byte(0x0C)
            code.unsigned(frames.count - 1 - target)
            becomeDead()
        case 14:
            require(frames[0].labelTypes, &source)
            code.byte(0x0F)
            becomeDead()
        default: break
        }
    }

    private mutating func branchTable(like types: [TypeCode], _ targets: [Int], _ source: inout ByteSource) {
        let fitting = targets.filter { frames[$0].labelTypes == types }
        require(types + [.i32], &source)
        code.byte(0x0E)
        let count = 1 + source.below(5)
        code.unsigned(count - 1)
        for _ in 0..<count { code.unsigned(frames.count - 1 - fitting[source.below(fitting.count)]) }
        becomeDead()
    }

    // MARK: Calls

    mutating func call(_ source: inout ByteSource) {
        if plan.style.contains(.tailCalls), source.chance(30) { return tailCall(&source) }
        let index = source.below(plan.functions.count)
        let signature = plan.signatures[plan.functions[index]]
        require(signature.parameters, &source)
        code.byte(0x10)
        code.unsigned(index)
        finish(signature)
    }

    mutating func indirectCall(_ source: inout ByteSource) {
        let element = source.below(plan.tableFunctions.count)
        var type = source.below(plan.signatures.count)
        if let function = plan.tableFunctions[element], !source.chance(20) { type = plan.functions[function] }
        let signature = plan.signatures[type]
        require(signature.parameters, &source)
        if source.chance(200) {
            number(element)
        } else {
            expression(.i32, depth: 1, &source)
            if source.chance(200) { code.append([0x41, 7, 0x71]) }
        }
        pop(1)
        let isTail = plan.style.contains(.tailCalls) && signature.results == frames[0].resultTypes && source.chance(90)
        code.byte(isTail ? 0x13 : 0x11)
        code.unsigned(type)
        code.unsigned(0)
        if isTail { becomeDead() } else { finish(signature) }
    }

    /// Of a function with the same results.
    private mutating func tailCall(_ source: inout ByteSource) {
        let fitting = plan.functions.indices.filter {
            plan.signatures[plan.functions[$0]].results == frames[0].resultTypes
        }
        guard !fitting.isEmpty else { return }
        let index = fitting[source.below(fitting.count)]
        require(plan.signatures[plan.functions[index]].parameters, &source)
        code.byte(0x12)
        code.unsigned(index)
        becomeDead()
    }

    private mutating func finish(_ signature: ModulePlan.Signature) {
        pop(signature.parameters.count)
        stack += signature.results
    }
}
