import LatticeBus
import LatticeControl
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

/// The providers that a host runs: in itself, or as child processes.
final class ProviderSupervisor: Sendable {
    /// What names a provider in a lattice.
    struct Address: Hashable, Sendable {
        let key: ProviderKey
        let link: LinkName
    }

    /// A provider that was told to run.
    private struct Entry: Sendable {
        let bundled: BundledProvider
        let command: StartProviderCommand
        let isolation: ProviderIsolation
        let instance = UUIDText.random()
        /// Nil while it is being started.
        var running: (any RunningProvider)?
    }

    struct Parts: Sendable {
        var host: HostKey
        var cluster: ClusterKey
        var version: String
        var gatekeeper: Gatekeeper
        var bundled: [BundledProvider]
        var launcher: ProviderLauncher
        var table: ProviderTable
        var claims: ClaimsPublisher
        var restore: RestoreBook
        var events: EventPublisher
        var client: LatticeClient
        var refused: @Sendable (Refusal) -> Void
        var log: HostLog
    }

    private let parts: Parts
    private let entries = Mutex<[Address: Entry]>([:])

    init(_ parts: Parts) { self.parts = parts }

    // MARK: Asking

    /// Whether a start here could succeed: known, and not running under this link name yet.
    func canStart(_ reference: ArtifactReference, _ link: LinkName) -> Bool {
        guard let bundled = bundled(reference) else { return false }
        return entries.withLock { $0[Address(key: bundled.key, link: link)] == nil }
    }

    private func bundled(_ reference: ArtifactReference) -> BundledProvider? {
        parts.bundled.first { $0.name == reference.text || "\($0.key)" == reference.text }
    }

    private var all: [(address: Address, entry: Entry)] {
        entries.withLock { $0.map { ($0.key, $0.value) } }.sorted {
            ($0.0.key, $0.0.link.text) < ($1.0.key, $1.0.link.text)
        }
    }

    // MARK: Starting

    func start(_ command: StartProviderCommand) async -> ControlAck {
        guard let bundled = bundled(command.reference) else {
            let known = parts.bundled.map(\.name).joined(separator: ", ")
            return failed(
                command, "no provider '\(command.reference.text.prefix(200))' is known here; there are \(known)")
        }
        do throws(Refusal) {
            try StartJudgement.enrolled(parts.host, parts.cluster, by: parts.gatekeeper.basis)
        } catch {
            parts.refused(error)
            return ControlAck(accepted: false, error: "\(error)", refusal: error.report())
        }
        let address = Address(key: bundled.key, link: command.link)
        let entry = Entry(bundled: bundled, command: command, isolation: command.isolation ?? .host)
        let known: Entry? = entries.withLock { entries in
            if let known = entries[address] { return known }
            entries[address] = entry
            return nil
        }
        if let known {
            if known.isolation == entry.isolation, known.command.configuration == command.configuration {
                return .done(.unchanged)
            }
            return failed(
                command,
                "Provider with that link name is already running on this host, with another configuration: stop it first"
            )
        }
        do {
            try await forbidSecondState(of: bundled, command.link)
            try await keep(try await launch(entry, at: address), of: entry, at: address)
        } catch {
            entries.withLock { entries in
                if entries[address]?.instance == entry.instance { entries[address] = nil }
            }
            return failed(command, "\(error)")
        }
        await announce(entry, address)
        return .done(.started)
    }

    /// Remembers what runs now. Where that can't be, or nobody wants it any more, it is ended: no start fails and leaves
    /// something running.
    private func keep(_ running: any RunningProvider, of entry: Entry, at address: Address) async throws {
        do {
            try parts.restore.update { list in
                list.put(
                    RestoreList.Provider(
                        reference: entry.bundled.name, linkName: address.link.text,
                        isolation: entry.isolation.rawValue, configuration: entry.command.configuration))
            }
            let isWanted = entries.withLock { entries in
                guard entries[address]?.instance == entry.instance else { return false }
                entries[address]?.running = running
                return true
            }
            guard isWanted else { throw LinkProblem("it was stopped while it started") }
            parts.table.set(running.localProvider, at: address)
        } catch {
            forget(entry, at: address)
            await running.stop()
            throw error
        }
    }

    private func forget(_ entry: Entry, at address: Address) {
        try? parts.restore.update { $0.remove(provider: entry.bundled.name, address.link.text) }
    }

    private func failed(_ command: StartProviderCommand, _ error: String) -> ControlAck {
        parts.events.publish(
            .providerStartFailed(reference: command.reference.text, command.link, error: error))
        return .failed(error)
    }

    /// What keeps its state in files of one host would answer differently on a second one.
    private func forbidSecondState(of bundled: BundledProvider, _ link: LinkName) async throws {
        guard case .local = bundled.state else { return }
        let view = try? await parts.client.view(expecting: parts.gatekeeper.basis)
        guard let other = view?.runs(of: bundled.key, link).first(where: { $0.host != parts.host }) else { return }
        throw SecondState(provider: bundled.name, link: link, host: other.host)
    }

    private struct SecondState: Error, CustomStringConvertible {
        let provider: String
        let link: LinkName
        let host: HostKey

        var description: String {
            "'\(provider)' keeps its data in files of one host, and under the link name '\(link)' that is \(host): "
                + "start this one under another name with --link-name"
        }
    }

    private func launch(_ entry: Entry, at address: Address) async throws -> any RunningProvider {
        switch entry.isolation {
        case .host:
            try await parts.launcher.launchHere(entry.bundled, entry.command.link, entry.command.configuration)
        case .process:
            try await parts.launcher.launchProcess(
                entry.bundled, entry.command.link, entry.command.configuration, instance: entry.instance)
        }
    }

    private func announce(_ entry: Entry, _ address: Address) async {
        let (parts, bundled) = (parts, entry.bundled)
        parts.gatekeeper.update { $0.noteProvider(bundled.key, offers: bundled.contract) }
        let issuer = parts.gatekeeper.basis.issuers.min()
        await withDeadline(.seconds(2)) {
            try? await parts.claims.publish(
                provider: bundled.key, name: bundled.name, contract: bundled.contract, version: parts.version,
                issuer: issuer)
        }
        parts.events.publish(.providerStarted(facts(of: entry, address)))
    }

    private func facts(of entry: Entry, _ address: Address) -> ProviderFacts {
        ProviderFacts(
            key: address.key, host: parts.host, imageReference: entry.bundled.name, link: address.link,
            contract: entry.bundled.contract, instance: entry.instance, annotations: entry.command.annotations,
            claims: EventClaims(
                .provider, issuer: parts.gatekeeper.basis.issuers.min().map { "\($0)" } ?? "",
                name: entry.bundled.name, version: parts.version, revision: 0))
    }

    /// Starts what ran when this host last stopped.
    func restoreAll() async {
        for provider in parts.restore.contents.providers {
            guard let reference = try? ArtifactReference(provider.reference),
                let link = try? LinkName(provider.linkName),
                canStart(reference, link)
            else { continue }
            let ack = await start(
                StartProviderCommand(
                    reference, link: link, on: parts.host, configuration: provider.configuration,
                    isolation: ProviderIsolation(rawValue: provider.isolation)))
            if !ack.accepted {
                parts.log(.error, "provider not started again: \(ack.error)", ["provider": provider.reference])
            }
        }
    }

    // MARK: Stopping

    func stop(_ command: StopProviderCommand) async -> ControlAck {
        let address = Address(key: command.provider, link: command.link)
        guard let entry = entries.withLock({ $0.removeValue(forKey: address) }) else {
            return .failed("provider with that link name is not running")
        }
        forget(entry, at: address)
        await end(entry, address)
        return .done(.stopped)
    }

    /// At the end of the host, or when it is not enrolled any more: the list stays as it is.
    func stopAll() async {
        let stopped = entries.withLock { entries in
            defer { entries = [:] }
            return entries
        }
        await withTaskGroup { group in
            for (address, entry) in stopped { group.addTask { await self.end(entry, address) } }
        }
    }

    private func end(_ entry: Entry, _ address: Address) async {
        parts.table.set(nil, at: address)
        await entry.running?.stop()
        parts.events.publish(.providerStopped(facts(of: entry, address), reason: "normal"))
    }

    // MARK: Links

    /// Links or grants have changed.
    func recordsChanged() {
        for (_, entry) in all { entry.running?.recordsChanged() }
    }

    // MARK: Telling

    /// Asks them all at once: one in a process of its own may take its time.
    func descriptions() async -> [ProviderDescription] {
        let all = all
        return await withTaskGroup(of: (Int, ProviderDescription).self) { group in
            for (index, item) in all.enumerated() {
                group.addTask { (index, Self.description(item.address, item.entry, await item.entry.running?.status)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func description(
        _ address: Address, _ entry: Entry, _ status: ProviderStatus?
    ) -> ProviderDescription {
        ProviderDescription(
            key: address.key, imageReference: entry.bundled.name, contract: entry.bundled.contract.text,
            link: address.link, name: entry.bundled.name, annotations: entry.command.annotations,
            instanceID: entry.instance, isolation: entry.isolation, state: status?.state ?? .starting,
            restartsCount: status?.restartsCount ?? 0, lastError: status?.lastError,
            linkErrors: status?.linkErrors ?? [:])
    }

    var addresses: [HostHeartbeat.Provider] {
        all.map { .init(key: $0.address.key, link: $0.address.link, contract: $0.entry.bundled.contract.text) }
    }
}

/// A provider that runs, wherever.
protocol RunningProvider: Sendable {
    var status: ProviderStatus { get async }
    /// For calls that need not leave the process.
    var localProvider: (any LocalProvider)? { get }
    /// Links or grants have changed: look at them again.
    func recordsChanged()
    func stop() async
}

/// How a provider is.
struct ProviderStatus: Sendable {
    var state: ProviderDescription.State
    var restartsCount: UInt32 = 0
    var lastError: String?
    /// By link id.
    var linkErrors: [String: String] = [:]
}
