import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// Giving the provider the links that are in force, one step at a time.
extension ProviderRuntime {
    /// Looks after every hint, and when time alone changes something, until it ends.
    func followLinks() async {
        while !hasEnded {
            let seen = hints.value
            let nextChange = adoptRecords()
            while !hasEnded, let step = ledger.withLock({ $0.nextStep(at: .now) }) {
                await take(step)
                adoptRecords()
            }
            progress.advance()
            await hints.wait(beyond: seen, until: wakeTime(nextChange))
        }
    }

    /// Nothing is left to do for the links as they are known now.
    var isSettled: Bool {
        let verdicts = verdicts()
        return ledger.withLock { ledger in
            verdicts.all.allSatisfy { id, verdict in
                guard let known = ledger.link(id), known.link == verdict.link else { return false }
                return known.standing != .pending
            }
        }
    }

    private func verdicts() -> LinkVerdicts {
        let gatekeeper = surroundings.gatekeeper
        return LinkVerdicts(gatekeeper.records, gatekeeper.basis, for: place, at: gatekeeper.now)
    }

    /// Takes what the lattice's records say now for what should be.
    /// - Returns: when to look again, though nobody says so.
    @discardableResult
    func adoptRecords() -> TokenTime? {
        let verdicts = verdicts()
        change { $0.adopt(verdicts.all) }
        return verdicts.nextChange
    }

    private func wakeTime(_ nextChange: TokenTime?) -> ContinuousClock.Instant? {
        let retry = ledger.withLock(\.nextRetry)
        guard let nextChange else { return retry }
        let now = surroundings.gatekeeper.now
        // Clocks get set: no longer than an hour.
        let seconds = nextChange > now ? min(nextChange.seconds - now.seconds, 3_600) : 0
        let expiry = ContinuousClock.now + .seconds(seconds)
        return min(retry ?? expiry, expiry)
    }

    private func take(_ step: LinkLedger.Step) async {
        switch step {
        case .put(let link):
            let problem = await put(link)
            if problem == nil { gate.open(for: link.actor) }
            change { $0.finished(step, problem: problem, at: .now) }
        case .remove(let link):
            gate.close(for: link.actor)
            await provider.remove(link)
            change { $0.finished(step, problem: nil, at: .now) }
        }
    }

    /// - Returns: why the provider does not take it.
    private func put(_ link: LinkDefinition) async -> String? {
        let resolved: ResolvedLink
        do throws(LinkProblem) { resolved = try ResolvedLink(link, secret: surroundings.secret) } catch {
            return error.description
        }
        do throws(LinkProblem) { try await provider.put(resolved.link) } catch { return resolved.shown(error) }
        return nil
    }

    /// At the end: what the provider holds is its own to close.
    func releaseLinks() async {
        for link in links { gate.close(for: link.link.actor) }
        change { $0.releaseAll() }
    }

    /// Changes the ledger and tells what that means for each link.
    private func change(_ body: (inout LinkLedger) -> Void) {
        // One change after the other is told, in their order.
        telling.withLock { _ in
            let (before, after) = ledger.withLock { ledger in
                let before = ledger.links
                body(&ledger)
                return (before, ledger.links)
            }
            guard before != after else { return }
            progress.advance()
            let known = Dictionary(before.map { ($0.link.id, $0) }, uniquingKeysWith: { $1 })
            let present = Set(after.map(\.link.id))
            for link in after where known[link.link.id] != link { surroundings.observer(link.link, link.standing) }
            for link in before where !present.contains(link.link.id) { surroundings.observer(link.link, nil) }
        }
    }
}
