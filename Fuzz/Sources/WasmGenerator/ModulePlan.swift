/// What a generated module declares, decided before any function body is written.
struct ModulePlan {
    struct Signature: Equatable {
        var parameters: [TypeCode]
        var results: [TypeCode]
    }
    struct Global {
        let type: TypeCode
        let isMutable: Bool
        let bits: UInt64
        /// Of a vector.
        let upperBits: UInt64
    }

    /// Index of the global that counts what a test may still do: function entries and loop rounds.
    static let fuelGlobal = 0
    static let memoryPagesMax = 3
    static let tableSizes = [10, 4, 4]
    static let tableMax = 20
    static let testsMax = 4
    /// Rounds and entries that one test may use.
    static let fuel: Int64 = 150

    /// Types that functions and blocks have. Each is declared once.
    private(set) var signatures: [Signature] = []
    private(set) var globals: [Global] = [Global(type: .i32, isMutable: true, bits: 0, upperBits: 0)]
    /// Index into `signatures` of each function.
    private(set) var functions: [Int] = []
    /// What table 0 begins with; nil is null.
    private(set) var tableFunctions: [Int?] = []
    /// Elements of the passive element segment (index 1; the active one is 0).
    private(set) var passiveFunctions: [Int] = []
    private(set) var dataOffset = 0
    private(set) var data: [UInt8] = []
    private(set) var passiveData: [UInt8] = []
    /// Functions that tests call: none takes or gives references.
    private(set) var tested: [Int] = []

    let style: GeneratorStyle
    let catalogue: InstructionCatalogue

    init(_ source: inout ByteSource, style: GeneratorStyle) {
        self.style = style
        catalogue = Self.catalogues[style.rawValue]
        for _ in 0..<(3 + source.below(5)) { signatures.append(signature(&source)) }
        for _ in 0..<source.below(6) {
            let type = numericType(&source)
            globals.append(
                Global(
                    type: type, isMutable: source.below(4) > 0, bits: Constants.bits(type, &source),
                    upperBits: type == .v128 ? Constants.bits(.i64, &source) : 0))
        }
        for _ in 0..<(1 + source.below(6)) { functions.append(source.below(signatures.count)) }
        for _ in 0..<Self.tableSizes[0] {
            tableFunctions.append(source.chance(40) ? nil : source.below(functions.count))
        }
        for _ in 0..<5 { passiveFunctions.append(source.below(functions.count)) }
        dataOffset = source.below(1_000)
        for _ in 0..<source.below(48) { data.append(source.byte()) }
        for _ in 0..<source.below(24) { passiveData.append(source.byte()) }
        tested = functions.indices.filter { isNumeric(signatures[functions[$0]]) }
        tested = Array(tested.prefix(Self.testsMax))
    }

    private func isNumeric(_ signature: Signature) -> Bool {
        (signature.parameters + signature.results).allSatisfy(TypeCode.numbers.contains)
    }

    private func signature(_ source: inout ByteSource) -> Signature {
        Signature(
            parameters: (0..<source.below(5)).map { _ in type(&source) },
            results: (0..<source.below(4)).map { _ in type(&source) })
    }

    func type(_ source: inout ByteSource) -> TypeCode {
        switch source.below(32) {
        case 0: .funcRef
        case 1: .externRef
        default: numericType(&source)
        }
    }

    private func numericType(_ source: inout ByteSource) -> TypeCode {
        if style.contains(.vectors), source.chance(40) { return .v128 }
        return TypeCode.numbers[source.below(4)]
    }

    /// Memories, and whether each has 64-bit addresses.
    var memories: [Bool] { style.contains(.memories) ? [false, false, true] : [false] }

    private static let catalogues = (0..<32).map { InstructionCatalogue(GeneratorStyle(rawValue: $0)) }
}

/// Numbers at which arithmetic goes wrong, and others.
enum Constants {
    static func bits(_ type: TypeCode, _ source: inout ByteSource) -> UInt64 {
        switch type {
        case .i32: UInt64(UInt32(truncatingIfNeeded: integer(32, &source)))
        case .i64, .v128: integer(64, &source)
        case .f32: float(32, &source)
        case .f64: float(64, &source)
        default: 0
        }
    }

    private static func integer(_ width: UInt64, _ source: inout ByteSource) -> UInt64 {
        switch source.below(8) {
        case 0: return 0
        case 1: return 1
        case 2: return .max
        case 3: return 1 << (width - 1)
        case 4: return (1 << (width - 1)) - 1
        case 5: return 1 << UInt64(source.below(Int(width)))
        case 6: return UInt64(bitPattern: Int64(Int8(bitPattern: source.byte())))
        default: return source.bits(Int(width) / 8)
        }
    }

    private static func float(_ width: UInt64, _ source: inout ByteSource) -> UInt64 {
        let choice = source.below(14)
        if choice == 13 { return source.bits(Int(width) / 8) }
        if width == 32 {
            let values: [UInt32] = [
                0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC1_2345,
                0x7F80_0001, 1, 0x7F7F_FFFF, 0x4F00_0000, 0x3F00_0000,
            ]
            return UInt64(values[choice])
        }
        let values: [UInt64] = [
            0, 1 << 63, 0x3FF0 << 48, 0xBFF0 << 48, 0x7FF0 << 48, 0xFFF0 << 48, 0x7FF8 << 48, 0xFFF8_0000_1234_5678,
            0x7FF0_0000_0000_0001, 1, 0x7FEF_FFFF_FFFF_FFFF, 0x41E0 << 48, 0x43E0 << 48,
        ]
        return values[choice]
    }
}
