import WasmComparison
import WasmRuntime

/// What the tests of a generated module give, in words that other engines can be compared with: one line for each
/// exported `c…`, called in order on one instance. NaNs are all the same; traps are named by their kind.
public enum PeerReport {
    private static let fuel: UInt64 = 100_000_000

    /// - Parameter isFresh: whether each call gets an instance of its own.
    public static func lines(_ bytes: [UInt8], isFresh: Bool) throws -> [String] {
        let module = try Module(bytes)
        var instance: Instance?
        return try module.exports.filter { $0.name.hasPrefix("c") }.map { export in
            if isFresh { instance = nil }
            let current = try instance ?? Instance(module, store: Store(limits: Comparison.limits))
            instance = current
            guard let function = current.function(export.name) else { return "\(export.name) absent" }
            return "\(export.name) \(describe(try Execution(calling: function, [], fuel: fuel).run()))"
        }
    }

    private static func describe(_ outcome: Execution.Outcome) -> String {
        switch outcome {
        case .finished(let values): values.map(describe).joined(separator: " ")
        case .trapped(let trap): "trap \(kind(trap.reason))"
        default: "other"
        }
    }

    private static func describe(_ value: Value) -> String {
        switch value.type {
        case .f32: value.f32.isNaN ? "f32:nan" : "f32:\(value.bits)"
        case .f64: value.f64.isNaN ? "f64:nan" : "f64:\(value.bits)"
        default: "\(value.type):\(value.bits)"
        }
    }

    private static func kind(_ reason: Trap.Reason) -> String {
        switch reason {
        case .unreachable: "unreachable"
        case .divisionByZero: "division"
        case .integerOverflow: "overflow"
        case .invalidConversion: "conversion"
        case .memoryBounds: "memory"
        case .tableBounds, .undefinedElement: "table"
        case .uninitializedElement: "null"
        case .indirectCallTypeMismatch: "signature"
        case .stackExhausted: "stack"
        case .fuel: "fuel"
        case .uncaughtException: "exception"
        case .nullReference, .expiredExceptionReference: "null exception"
        case .exceptionsExhausted: "exceptions"
        }
    }
}
