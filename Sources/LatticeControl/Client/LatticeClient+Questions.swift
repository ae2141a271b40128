import LatticeBus
import LatticeIdentity
import LatticeProtocol

extension LatticeClient {
    /// What hosts that do not answer are waited for.
    public static let pingWindow = Duration.milliseconds(500)
    /// No lattice is expected to have more hosts.
    static let hostsMax = 10_000
    /// For one answer that costs a host no work to speak of.
    public static let answerTimeout = Duration.seconds(2)

    /// Every host that answers, by name and key. Two replies may claim one key or name: nobody has judged them.
    /// - Parameter expected: the cluster keys of those who should answer: when they all have, and nobody else, this
    ///   returns at once. Nil waits for the whole window, as others may answer, too.
    public func hosts(
        expecting expected: Set<ClusterKey>? = nil, within window: Duration = pingWindow
    ) async throws(ControlError) -> [HostReply] {
        if let expected, !expected.isEmpty {
            let replies: [HostReply] = try await gather(.pingHosts, within: window, repliesMax: expected.count)
            if replies.count < expected.count || Set(replies.compactMap(\.cluster)) == expected {
                return Self.ordered(replies)
            }
        }
        return Self.ordered(try await gather(.pingHosts, within: window, repliesMax: Self.hostsMax))
    }

    private static func ordered(_ replies: [HostReply]) -> [HostReply] {
        replies.sorted { ($0.name, $0.host) < ($1.name, $1.host) }
    }

    public func inventory(of host: HostKey, within limit: Duration = answerTimeout) async throws(ControlError)
        -> HostInventory
    {
        let subject = subjects.control(.inventory, host)
        let bytes = try await ask(subject, within: limit, nobody: .noHost(host))
        do throws(MessageError) { return try HostInventory(json: bytes) } catch { throw .unreadable(subject, error) }
    }

    /// All hosts at once. Those that fail to answer are named in the view.
    public func view(of hosts: [HostReply]) async -> LatticeView {
        let keys = Set(hosts.map(\.host))
        let found = await withTaskGroup(of: (HostKey, HostInventory?).self) { group in
            for key in keys { group.addTask { (key, try? await inventory(of: key)) } }
            return await group.reduce(into: [HostKey: HostInventory?]()) { $0[$1.0] = .some($1.1) }
        }
        let inventories = found.values.compactMap(\.self).sorted { ($0.name, $0.host) < ($1.name, $1.host) }
        let silent = found.filter { $0.value == nil }.map(\.key).sorted()
        return LatticeView(hosts: hosts, inventories: inventories, silent: silent)
    }

    public func links() async throws(ControlError) -> [LinkReport] {
        // The host asks all others before it answers.
        let reply: LinksReply = try await ask(.getLinks, within: Self.answerTimeout + Self.pingWindow * 2)
        return reply.links
    }

    public func claims() async throws(ControlError) -> [ClaimsEntry] {
        let reply: ClaimsReply = try await ask(.getClaims, within: Self.answerTimeout)
        return reply.claims
    }

    /// What the hosts refused, the newest first.
    /// - Parameters:
    ///   - call: only of this call.
    ///   - hostsCount: how many hosts of ours there are: when so many have answered, nobody waits for more.
    public func refusals(
        of call: InvocationID? = nil, countMax: UInt32 = 1, hostsCount: Int, within window: Duration = .seconds(1)
    ) async throws(ControlError) -> [RefusalReport] {
        let request = RefusalsRequest(call: call?.text, countMax: countMax)
        let replies: [RefusalsReply] = try await gather(
            .refusals, request.json, within: window, repliesMax: hostsCount)
        let reports = replies.flatMap { reply in
            reply.refusals.map { report in
                var report = report
                report.host = report.host ?? reply.host
                return report
            }
        }
        let newestFirst = reports.enumerated().sorted { one, other in
            let times = (one.element.time?.milliseconds ?? 0, other.element.time?.milliseconds ?? 0)
            return times.0 == times.1 ? one.offset < other.offset : times.0 > times.1
        }
        return newestFirst.map(\.element).prefix(Int(countMax)).map { $0 }
    }

    /// Tells of every event from now on.
    /// - Parameter onEvent: called on a thread of the bus; copies, hands over and returns.
    public func events(
        _ onEvent: @escaping @Sendable (CloudEvent) -> Void
    ) throws(ControlError) -> any BusSubscription {
        do throws(BusError) {
            return try bus.subscribe(SubjectPattern(subjects.events)) { message in
                if let event = try? CloudEvent(json: message.payload) { onEvent(event) }
            }
        } catch { throw .bus(error) }
    }
}
