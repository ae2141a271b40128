/// Parameters and results of a function or a block, as raw value types.
struct Signature {
    // Safety: both point into a `TypeTable` (or its table of single types, which is never freed).
    let parameters: UnsafeBufferPointer<UInt32>
    let results: UnsafeBufferPointer<UInt32>
}

/// A module's function types at addresses that do not change, so that neither validation nor translation copies arrays.
final class TypeTable: Sendable {
    // Safety: written only in `init`, freed only in `deinit`.
    nonisolated(unsafe) private let storage: UnsafeMutablePointer<UInt32>
    nonisolated(unsafe) private let signatures: UnsafeMutableBufferPointer<Signature>
    let types: [FunctionType]

    init(_ types: [FunctionType]) {
        self.types = types
        let total = types.reduce(0) { $0 + $1.parameters.count + $1.results.count }
        storage = .allocate(capacity: max(1, total))
        signatures = .allocate(capacity: types.count)
        var next = storage
        func append(_ list: [ValueType]) -> UnsafeBufferPointer<UInt32> {
            let start = next
            for type in list {
                next.initialize(to: type.rawValue)
                next += 1
            }
            return UnsafeBufferPointer(start: start, count: list.count)
        }
        for (index, type) in types.enumerated() {
            let parameters = append(type.parameters)
            signatures.initializeElement(
                at: index, to: Signature(parameters: parameters, results: append(type.results)))
        }
    }

    deinit {
        storage.deallocate()
        signatures.deallocate()
    }

    var count: Int { types.count }

    /// - Precondition: `index < count`.
    subscript(index: Int) -> Signature { signatures[index] }

    /// The signature of a block without parameters and with at most one result.
    /// - Parameter type: a raw value type, at most 0x7F; 0 for no result.
    static func block(result type: UInt32) -> Signature {
        let empty = UnsafeBufferPointer<UInt32>(start: singles, count: 0)
        guard type != 0 else { return Signature(parameters: empty, results: empty) }
        return Signature(parameters: empty, results: UnsafeBufferPointer(start: singles + Int(type), count: 1))
    }

    // Safety: 0 ... 0x7F, written here only, never freed.
    nonisolated(unsafe) private static let singles: UnsafePointer<UInt32> = {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 0x80)
        for code in 0..<0x80 { table[code] = UInt32(code) }
        return UnsafePointer(table)
    }()
}
