import LatticeProtocol
import LatticeProviders

extension LocalStoreSettings {
    /// What a provider's start may change, as JSON: `memory_max` (bytes, 1 MiB to 64 GiB, for each namespace) and `durable`
    /// (`"answer"`: on the disk before it is answered; `"interval"`: at most 100 ms later, the default).
    mutating func apply(configuration: String?) throws(LinkProblem) {
        guard let configuration, !configuration.isEmpty else { return }
        let fields: JSONFields
        let (bytesMax, durable): (Int?, String?)
        do throws(MessageError) {
            fields = try JSONFields(parsing: Array(configuration.utf8))
            (bytesMax, durable) = (try fields.integer("memory_max"), try fields.string("durable"))
        } catch { throw LinkProblem("the provider's configuration: \(error)") }
        if let other = fields.object.members.first(where: { !["memory_max", "durable"].contains($0.key) }) {
            throw LinkProblem(
                "the provider's configuration has 'memory_max' and 'durable', not '\(other.key.prefix(80))'")
        }
        if let bytesMax {
            guard (1 << 20...64 << 30).contains(bytesMax) else {
                throw LinkProblem("memory_max: \(bytesMax) is not between 1048576 and 68719476736 bytes")
            }
            memoryBytesMax = bytesMax
        }
        switch durable {
        case nil, "interval"?: break
        case "answer"?: durability = .beforeAnswer
        case let other?: throw LinkProblem("durable: '\(other.prefix(80))' is not 'answer' or 'interval'")
        }
    }
}
