/// Where things stand in a function's frame, in slots from its start:
/// parameters and results · caller's frame · return address · further locals · constants · operands.
/// A `v128` takes two slots wherever it stands, the lower half first; everything here counts slots.
struct FrameLayout {
    /// Constants that get slots; the others are moved into place where they are used.
    static let constantsMax = 32
    /// Room behind the operands: a call's results may exceed its arguments.
    static let slack = 8

    let parameterCount: Int
    let header: Int
    let localCount: Int
    let constantCapacity: Int
    /// Slots for vectors, beyond those for other constants.
    let vectorConstantCapacity: Int

    /// - Parameters:
    ///   - signature: in slots.
    ///   - localCount: slots of parameters and further locals.
    init(_ signature: Signature, localCount: Int, wideConstants: Int, vectorConstants: Int = 0) {
        parameterCount = signature.parameters.count
        header = max(signature.parameters.count, signature.results.count)
        self.localCount = localCount
        constantCapacity = min(wideConstants, Self.constantsMax)
        vectorConstantCapacity = 2 * min(vectorConstants, Self.constantsMax)
    }

    var firstFurtherLocal: Int { header + 2 }
    var firstConstant: Int { firstFurtherLocal + localCount - parameterCount }
    var firstOperand: Int { firstConstant + constantCapacity + vectorConstantCapacity }

    @inline(__always)
    func slot(ofLocal index: Int) -> Int { index < parameterCount ? index : header + 2 + index - parameterCount }
    func frameSlots(operandsMax: Int) -> Int { firstOperand + operandsMax + Self.slack }

    static func slotsMax(
        _ signature: Signature, locals: Int, wideConstants: Int, vectorConstants: Int, operandsMax: Int
    ) -> Int {
        FrameLayout(
            signature, localCount: locals, wideConstants: wideConstants, vectorConstants: vectorConstants
        ).frameSlots(operandsMax: operandsMax)
    }
}
