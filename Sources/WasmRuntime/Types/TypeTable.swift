/// Parameters and results of a function or a block, as raw value types.
struct Signature {
    // Safety: both point into a `TypeTable` (or its table of single types, which is never freed).
    let parameters: UnsafeBufferPointer<UInt32>
    let results: UnsafeBufferPointer<UInt32>
}

/// A module's function types at addresses that do not change, so that neither validation nor translation copies arrays.
/// Validation sees values, translation the slots that they take: a `v128` is followed by its upper half there.
final class TypeTable: Sendable {
    // Safety: written only in `init`, freed only in `deinit`.
    nonisolated(unsafe) private let storage: UnsafeMutablePointer<UInt32>
    nonisolated(unsafe) private let signatures: UnsafeMutableBufferPointer<Signature>
    // Safety: as above; the same as `signatures` where no type has vectors.
    nonisolated(unsafe) private let slotSignatures: UnsafeMutableBufferPointer<Signature>
    let types: [FunctionType]
    let hasVectors: Bool

    init(_ types: [FunctionType]) {
        self.types = types
        let total = types.reduce(0) { $0 + $1.parameters.count + $1.results.count }
        hasVectors = types.contains(where: \.hasVectors)
        storage = .allocate(capacity: max(1, hasVectors ? total * 3 : total))
        signatures = .allocate(capacity: types.count)
        slotSignatures = hasVectors ? .allocate(capacity: types.count) : signatures
        var next = storage
        func append(_ type: ValueType) {
            next.initialize(to: type.rawValue)
            next += 1
        }
        func values(_ list: [ValueType]) -> UnsafeBufferPointer<UInt32> {
            let start = next
            for type in list { append(type) }
            return UnsafeBufferPointer(start: start, count: next - start)
        }
        func slots(_ list: [ValueType]) -> UnsafeBufferPointer<UInt32> {
            let start = next
            for type in list {
                append(type)
                if type == .v128 { append(.upperHalf) }
            }
            return UnsafeBufferPointer(start: start, count: next - start)
        }
        for (index, type) in types.enumerated() {
            let signature = Signature(parameters: values(type.parameters), results: values(type.results))
            signatures.initializeElement(at: index, to: signature)
            guard hasVectors else { continue }
            let inSlots =
                type.hasVectors
                ? Signature(parameters: slots(type.parameters), results: slots(type.results)) : signature
            slotSignatures.initializeElement(at: index, to: inSlots)
        }
    }

    deinit {
        storage.deallocate()
        if hasVectors { slotSignatures.deallocate() }
        signatures.deallocate()
    }

    var count: Int { types.count }

    /// - Precondition: `index < count`.
    subscript(index: Int) -> Signature { signatures[index] }

    /// The signature with two entries for each `v128`.
    /// - Precondition: `index < count`.
    func slots(_ index: Int) -> Signature { slotSignatures[index] }

    /// The signature of a block without parameters and with at most one result.
    /// - Parameter type: a raw value type, at most 0x7F; 0 for no result.
    static func block(result type: UInt32) -> Signature {
        let empty = UnsafeBufferPointer<UInt32>(start: singles, count: 0)
        guard type != 0 else { return Signature(parameters: empty, results: empty) }
        return Signature(parameters: empty, results: UnsafeBufferPointer(start: singles + Int(type), count: 1))
    }

    /// The same, in slots.
    static func blockInSlots(result type: UInt32) -> Signature {
        guard type == ValueType.v128.rawValue else { return block(result: type) }
        let empty = UnsafeBufferPointer<UInt32>(start: singles, count: 0)
        return Signature(parameters: empty, results: UnsafeBufferPointer(start: singles + 0x80, count: 2))
    }

    // Safety: 0 ... 0x7F, then the halves of a vector; written here only, never freed.
    nonisolated(unsafe) private static let singles: UnsafePointer<UInt32> = {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 0x82)
        for code in 0..<0x80 { table[code] = UInt32(code) }
        table[0x80] = ValueType.v128.rawValue
        table[0x81] = ValueType.upperHalf.rawValue
        return UnsafePointer(table)
    }()
}
