import LatticeProtocol
import LatticeTrust

/// How far a link of a running provider is.
public enum LinkStanding: Hashable, Sendable {
    /// The provider is about to get it. → applied, refused
    case pending
    /// The provider serves it. → pending (other values), refused
    case applied
    /// The rules say no (`refusal`), or the provider does. → pending (changed, or tried again)
    case refused(reason: String, Refusal?)
}

/// A link of a running provider.
public struct ProviderLink: Hashable, Sendable {
    /// As the lattice has it.
    public let link: LinkDefinition
    public let standing: LinkStanding
}

/// The links that a provider should have and those that it has: decides what to do next, one step at a time. A value: no
/// clock, no provider, no tasks.
struct LinkLedger: Sendable {
    enum Step: Hashable, Sendable {
        case put(LinkDefinition)
        case remove(LinkDefinition)
    }

    private struct Entry {
        /// As the bucket has it, grant included; nil for one that has gone.
        var found: LinkDefinition?
        var refusal: Refusal?
        /// What the provider has. Without its grant, which is none of its business.
        var held: LinkDefinition?
        /// The last attempt to give it what it should have.
        var failure: Failure?

        /// What the provider should have.
        var wanted: LinkDefinition? { refusal == nil ? found?.withoutGrant : nil }
    }

    private struct Failure {
        let link: LinkDefinition
        let reason: String
        let attempts: Int
        let retryAt: ContinuousClock.Instant
    }

    private let retryDelay: Duration
    private let retryDelayMax: Duration
    private var entries: [LinkID: Entry] = [:]

    /// - Parameters: before a link that the provider refused is offered to it again; doubled with each attempt.
    init(retryDelay: Duration = .seconds(5), retryDelayMax: Duration = .seconds(60)) {
        self.retryDelay = retryDelay
        self.retryDelayMax = retryDelayMax
    }

    // MARK: What should be

    /// - Parameter verdicts: of all links of this provider; what is not among them has gone.
    mutating func adopt(_ verdicts: [LinkID: LinkVerdicts.Verdict]) {
        for (id, verdict) in verdicts {
            var entry = entries[id] ?? Entry()
            entry.found = verdict.link
            entry.refusal = verdict.refusal
            if entry.failure?.link != entry.wanted { entry.failure = nil }
            entries[id] = entry
        }
        for (id, var entry) in entries where verdicts[id] == nil {
            entry.found = nil
            entry.refusal = nil
            entry.failure = nil
            entries[id] = entry.held == nil ? nil : entry
        }
    }

    /// The provider is to end: everything goes.
    mutating func releaseAll() { adopt([:]) }

    /// A link that the provider refused is offered to it again at once.
    mutating func retry(_ id: LinkID) { entries[id]?.failure = nil }

    // MARK: What to do

    /// Removals come first: what they free may be what another link needs.
    func nextStep(at now: ContinuousClock.Instant) -> Step? {
        let sorted = entries.sorted { "\($0.key)" < "\($1.key)" }.map(\.value)
        for entry in sorted where entry.wanted == nil {
            if let held = entry.held { return .remove(held) }
        }
        for entry in sorted {
            guard let wanted = entry.wanted, wanted != entry.held else { continue }
            if let failure = entry.failure, failure.link == wanted, failure.retryAt > now { continue }
            return .put(wanted)
        }
        return nil
    }

    /// - Parameter problem: why the provider did not take it; it goes on with what it had.
    mutating func finished(_ step: Step, problem: String?, at now: ContinuousClock.Instant) {
        switch step {
        case .put(let link):
            // One that has gone meanwhile is still held, and will be removed.
            var entry = entries[link.id] ?? Entry()
            if let problem {
                let attempts = (entry.failure?.attempts ?? 0) + 1
                let delay = min(retryDelayMax, retryDelay * (1 << min(attempts - 1, 16)))
                entry.failure = Failure(link: link, reason: problem, attempts: attempts, retryAt: now + delay)
            } else {
                entry.failure = nil
                entry.held = link
            }
            entries[link.id] = entry.found == nil && entry.held == nil ? nil : entry
        case .remove(let link):
            entries[link.id]?.held = nil
            if entries[link.id]?.found == nil { entries[link.id] = nil }
        }
    }

    /// When a refused link is to be offered again.
    var nextRetry: ContinuousClock.Instant? {
        entries.values.compactMap { entry in
            entry.wanted != nil && entry.wanted != entry.held && entry.failure?.link == entry.wanted
                ? entry.failure?.retryAt : nil
        }.min()
    }

    // MARK: What is

    /// Nil for a link that has gone, and that the provider has given up.
    func link(_ id: LinkID) -> ProviderLink? { entries[id].flatMap(Self.show) }

    /// By their ids.
    var links: [ProviderLink] {
        entries.sorted { "\($0.key)" < "\($1.key)" }.compactMap { Self.show($0.value) }
    }

    private static func show(_ entry: Entry) -> ProviderLink? {
        guard let link = entry.found ?? entry.held else { return nil }
        let standing: LinkStanding =
            if let refusal = entry.refusal {
                .refused(reason: refusal.sentence, refusal)
            } else if let failure = entry.failure, failure.link == entry.wanted {
                .refused(reason: failure.reason, nil)
            } else {
                entry.held != nil && entry.held == entry.wanted ? .applied : .pending
            }
        return ProviderLink(link: link, standing: standing)
    }
}

extension LinkDefinition {
    fileprivate var withoutGrant: LinkDefinition {
        var link = self
        link.grant = nil
        return link
    }
}
