import LatticeContracts
import LatticeProtocol

/// The contracts that a host serves itself. Whether an actor may use them is judged before.
/// - Source: lattice protocol §6.10.
struct BuiltinContracts: Sendable {
    enum Level: String, Sendable {
        case debug, info, warn, error
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Takes an actor's log entry.
    let log: @Sendable (Level, String) -> Void
    /// Numbers nobody can foresee; handed in for tests.
    let random: @Sendable () -> UInt64

    init(
        log: @escaping @Sendable (Level, String) -> Void,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.log = log
        self.random = random
    }

    /// - Returns: the result, zero bytes where there is none.
    func perform(_ contract: ContractID, _ operation: String, _ payload: [UInt8]) throws(Failure) -> [UInt8] {
        switch operation {
        case Logging.writeLog where contract == .logging:
            let entry: Logging.LogEntry = try argument(of: operation, payload)
            log(Level(rawValue: entry.level) ?? .debug, entry.text)
            return []
        case NumberGen.random32 where contract == .numbergen:
            return UInt32(truncatingIfNeeded: random()).messagePack
        case NumberGen.randomInRange where contract == .numbergen:
            let range: NumberGen.Range = try argument(of: operation, payload)
            guard range.min <= range.max else {
                throw Failure(description: "\(operation): \(range.min) is larger than \(range.max)")
            }
            return number(in: range).messagePack
        case NumberGen.generateGUID where contract == .numbergen: return UUIDText.random(drawing: random).messagePack
        default: throw Failure(description: "\(contract) has no operation '\(operation)'")
        }
    }

    private func argument<Argument: ContractValue>(
        of operation: String, _ payload: [UInt8]
    ) throws(Failure) -> Argument {
        do throws(MessagePackError) { return try Argument(messagePack: payload) } catch {
            throw Failure(description: "\(operation): the argument cannot be read: \(error)")
        }
    }

    /// Every number of the range is equally likely: draws that would favour the low ones are drawn again.
    private func number(in range: NumberGen.Range) -> UInt32 {
        let count = UInt64(range.max) - UInt64(range.min) + 1
        let limit = UInt64.max - UInt64.max % count
        while true {
            let draw = random()
            if draw < limit { return UInt32(UInt64(range.min) + draw % count) }
        }
    }
}
