import KeyValueOperations
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

extension BundledProvider {
    public static let redis = BundledProvider("redis", contract: .keyValue, state: .shared) { setup in
        try RedisKeyValueProvider(configuration: setup.configuration)
    }
}

/// `wasmcloud:keyvalue` on Redis. A link's values name the server; links with the same URL share one connection.
public final class RedisKeyValueProvider: CapabilityProvider {
    private let defaultURL: RedisURL
    private let limits: RedisLimits
    private let pool: RedisPool
    private let stores = Mutex<[ModuleKey: RedisKeyValueStore]>([:])

    /// - Parameter configuration: JSON, `{"url": …}`: where links go that name no URL.
    public init(configuration: String? = nil, limits: RedisLimits = RedisLimits()) throws(LinkProblem) {
        self.limits = limits
        pool = RedisPool(limits: limits)
        defaultURL = try Self.defaultURL(configuration)
    }

    private static func defaultURL(_ configuration: String?) throws(LinkProblem) -> RedisURL {
        guard let configuration, !configuration.isEmpty else { return .contractDefault }
        let object: JSONObject
        do throws(MessageError) {
            object = try JSONFields(parsing: Array(configuration.utf8)).object
        } catch { throw LinkProblem("the provider's configuration is no JSON object: \(error)") }
        if let other = object.members.first(where: { $0.key.lowercased() != "url" }) {
            throw LinkProblem("the provider's configuration has 'url' and nothing else, not '\(other.key.prefix(80))'")
        }
        var values: [String: String] = [:]
        for member in object.members {
            guard case .string(let text) = member.value else {
                throw LinkProblem("the provider's configuration: '\(member.key)' is not a string")
            }
            values[member.key] = text
        }
        do throws(RedisURLError) { return try RedisURL(linkValues: values) } catch {
            throw LinkProblem("the provider's configuration: \(error)")
        }
    }

    /// A Redis that does not answer is no reason to refuse a link, since it may come back: that shows in `health` and in
    /// every call. One that turns the login or the database away is.
    public func put(_ link: LinkDefinition) async throws(LinkProblem) {
        let url: RedisURL
        do throws(RedisURLError) { url = try RedisURL(linkValues: link.values, default: defaultURL) } catch {
            throw LinkProblem("\(error)")
        }
        if stores.withLock({ $0[link.actor]?.connection.url }) == url { return }
        let connection: RedisConnection
        do throws(KeyValueError) { connection = try pool.connection(to: url) } catch { throw LinkProblem("\(error)") }
        if let outage = await connection.probe(within: limits.connectTimeout), outage.kind == .turnedAway {
            throw LinkProblem(outage.reason)
        }
        stores.withLock { $0[link.actor] = RedisKeyValueStore(connection: connection, limits: limits) }
    }

    public func remove(_ link: LinkDefinition) async {
        // What it still performs keeps the connection until it is answered.
        stores.withLock { $0[link.actor] = nil }
    }

    public func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        guard let store = stores.withLock({ $0[call.link.actor] }) else {
            return completion(.failure(.noProvider(call.link).of(call.id)))
        }
        store.perform(call, completion: completion)
    }

    /// Unhealthy while one of its servers is out of reach.
    public var health: HealthReply {
        let reasons = pool.states.compactMap { _, state in
            if case .down(let outage) = state { outage.reason } else { nil }
        }
        return HealthReply(isHealthy: reasons.isEmpty, message: reasons.isEmpty ? nil : reasons.joined(separator: "; "))
    }

    public func shutdown() async { stores.withLock { $0 = [:] } }
}
