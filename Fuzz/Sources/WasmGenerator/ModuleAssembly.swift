/// Writes the sections of a generated module.
struct ModuleAssembly {
    let plan: ModulePlan
    let bodies: [WasmBytes]
    /// For each test the arguments of the function that it calls.
    let arguments: [[UInt64]]

    private typealias Signature = ModulePlan.Signature

    func bytes() -> [UInt8] {
        var module = WasmBytes()
        module.append([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0])
        let types = plan.signatures + testTypes + checksumTypes + [Signature(parameters: [], results: [.i64])]
        module.section(1) { section in
            section.list(types) { bytes, type in
                bytes.byte(0x60)
                bytes.list(type.parameters) { $0.byte($1) }
                bytes.list(type.results) { $0.byte($1) }
            }
        }
        let firstTestType = plan.signatures.count
        let added = (0..<(2 * tests + 1)).map { firstTestType + $0 }
        module.section(3) { $0.list(plan.functions + added) { $0.unsigned($1) } }
        module.section(4) { tables(&$0) }
        module.section(5) { section in
            section.list(plan.memories) { $0.append([$1 ? 5 : 1, 1, UInt8(ModulePlan.memoryPagesMax)]) }
        }
        module.section(6) { globals(&$0) }
        module.section(7) { exports(&$0) }
        module.section(9) { elements(&$0) }
        module.section(12) { $0.unsigned(2) }
        module.section(10) { $0.list(bodies + wrappers()) { $0.append($1.bytes) } }
        module.section(11) { data(&$0) }
        return module.bytes
    }

    private var tests: Int { plan.tested.count }
    private var testTypes: [Signature] {
        plan.tested.map { Signature(parameters: [], results: plan.signatures[plan.functions[$0]].results) }
    }
    private var checksumTypes: [Signature] {
        testTypes.map { Signature(parameters: [], results: $0.results + [.i64]) }
    }

    private func tables(_ section: inout WasmBytes) {
        section.list(Array(ModulePlan.tableSizes.enumerated())) { bytes, table in
            bytes.byte(table.offset == 2 ? .externRef : .funcRef)
            bytes.byte(1)
            bytes.unsigned(table.element)
            bytes.unsigned(ModulePlan.tableMax)
        }
    }

    private func globals(_ section: inout WasmBytes) {
        section.list(plan.globals) { bytes, global in
            bytes.byte(global.type)
            bytes.byte(global.isMutable ? 1 : 0)
            bytes.constant(global.type, global.bits, global.upperBits)
            bytes.byte(0x0B)
        }
    }

    private func exports(_ section: inout WasmBytes) {
        section.unsigned(plan.memories.count + plan.globals.count + 2 * tests)
        for index in plan.memories.indices {
            section.name(index == 0 ? "m" : "m\(index)")
            section.append([2, UInt8(index)])
        }
        for index in plan.globals.indices {
            section.name("g\(index)")
            section.byte(3)
            section.unsigned(index)
        }
        for index in 0..<(2 * tests) {
            section.name(index < tests ? "t\(index)" : "c\(index - tests)")
            section.byte(0)
            section.unsigned(plan.functions.count + index)
        }
    }

    private func elements(_ section: inout WasmBytes) {
        section.unsigned(2)
        section.append([4, 0x41, 0, 0x0B])
        section.list(plan.tableFunctions) { bytes, function in
            if let function {
                bytes.byte(0xD2)
                bytes.unsigned(function)
            } else {
                bytes.append([0xD0, .funcRef])
            }
            bytes.byte(0x0B)
        }
        section.append([1, 0])
        // Every function, so that each may be referred to.
        section.list(plan.passiveFunctions + plan.functions.indices) { $0.unsigned($1) }
    }

    private func data(_ section: inout WasmBytes) {
        section.unsigned(2)
        section.append([0, 0x41])
        section.signed(Int64(plan.dataOffset))
        section.byte(0x0B)
        section.list(plan.data) { $0.byte($1) }
        section.byte(1)
        section.list(plan.passiveData) { $0.byte($1) }
    }

    // MARK: Tests and the checksum

    private func wrappers() -> [WasmBytes] {
        let checksum = plan.functions.count + 2 * tests
        let first = plan.tested.indices.map { index -> WasmBytes in
            var code = WasmBytes()
            code.constant(.i32, UInt64(ModulePlan.fuel))
            code.append([0x24, UInt8(ModulePlan.fuelGlobal)])
            let function = plan.tested[index]
            for (type, bits) in zip(plan.signatures[plan.functions[function]].parameters, arguments[index]) {
                code.constant(type, bits)
            }
            code.byte(0x10)
            code.unsigned(function)
            return Self.body(code, locals: [])
        }
        let second = plan.tested.indices.map { index -> WasmBytes in
            var code = WasmBytes()
            code.byte(0x10)
            code.unsigned(plan.functions.count + index)
            code.byte(0x10)
            code.unsigned(checksum)
            return Self.body(code, locals: [])
        }
        return first + second + [checksumBody()]
    }

    private static func body(_ code: WasmBytes, locals: [TypeCode]) -> WasmBytes {
        var content = WasmBytes()
        content.list(locals) { bytes, type in
            bytes.unsigned(1)
            bytes.byte(type)
        }
        content.append(code.bytes)
        content.byte(0x0B)
        var body = WasmBytes()
        body.sized(content)
        return body
    }

    /// Local 0 counts addresses, local 1 is the sum: rotated, then the next word exclusive-or'ed into it.
    private func checksumBody() -> WasmBytes {
        var code = WasmBytes()
        func mix(_ write: (inout WasmBytes) -> Void) {
            code.append([0x20, 1, 0x42, 5, 0x89])
            write(&code)
            code.append([0x85, 0x42, 0x9D, 0x7F, 0x7E, 0x21, 1])
        }
        for (index, isWide) in plan.memories.enumerated() {
            let memory = UInt8(index)
            code.append([0x41, 0, 0x21, 0, 0x03, 0x40])
            mix {
                $0.append([0x20, 0] + (isWide ? [0xAD] : []) + (index == 0 ? [0x29, 0, 0] : [0x29, 0x40, memory, 0]))
            }
            code.append([0x20, 0, 0x41, 8, 0x6A, 0x22, 0, 0x41, 0x80, 0x80, 0x04, 0x49, 0x0D, 0, 0x0B])
            mix { $0.append([0x3F, memory] + (isWide ? [] : [0xAD])) }
        }
        for (index, global) in plan.globals.enumerated().dropFirst() {
            mix { bytes in
                bytes.byte(0x23)
                bytes.unsigned(index)
                switch global.type {
                case .i32: bytes.byte(0xAD)
                case .f32: bytes.append([0xBC, 0xAD])
                case .f64: bytes.byte(0xBD)
                case .v128: bytes.append([0xFD, 29, 0])
                default: break
                }
            }
            guard global.type == .v128 else { continue }
            mix { bytes in
                bytes.byte(0x23)
                bytes.unsigned(index)
                bytes.append([0xFD, 29, 1])
            }
        }
        code.append([0x20, 1])
        return Self.body(code, locals: [.i32, .i64])
    }
}

extension WasmBytes {
    /// A constant of a number or vector type.
    mutating func constant(_ type: TypeCode, _ bits: UInt64, _ upperBits: UInt64 = 0) {
        switch type {
        case .i32:
            byte(0x41)
            signed(Int64(Int32(truncatingIfNeeded: bits)))
        case .i64:
            byte(0x42)
            signed(Int64(bitPattern: bits))
        case .f32:
            byte(0x43)
            fixed(bits, bytesCount: 4)
        case .v128:
            append([0xFD, 12])
            fixed(bits, bytesCount: 8)
            fixed(upperBits, bytesCount: 8)
        default:
            byte(0x44)
            fixed(bits, bytesCount: 8)
        }
    }
}
