import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// One change of the lattice's trust document: read, changed, signed, written unless somebody else was quicker, and then
/// followed until every enrolled host that answers goes by it.
struct TrustChange {
    let session: LatticeSession

    struct Outcome {
        let document: TrustDocument
        let isChanged: Bool
        /// Enrolled hosts that go by it.
        let reached: [HostReply]
    }

    private static let attemptsMax = 5
    private static let spreadTimeout = Duration.seconds(5)
    /// Anybody can answer a ping with any number. One beyond this is no host of ours that outlived a bucket.
    private static let versionLeap: UInt64 = 1_000_000

    /// - Parameter change: tells whether anything became different.
    func apply(_ change: (inout TrustContents) throws -> Bool) async throws -> Outcome {
        for _ in 0..<Self.attemptsMax {
            if let outcome = try await attempt(change) { return outcome }
        }
        throw CLIError(.refused, "others change the trust document all the time: nothing was changed")
    }

    /// - Returns: nil when somebody else was quicker.
    private func attempt(_ change: (inout TrustContents) throws -> Bool) async throws -> Outcome? {
        let stored = try await session.client.storedTrust()
        let (document, pair) = try current(stored)
        var contents = TrustContents(document)
        guard try change(&contents) else { return try await follow(document, isChanged: false) }
        let replies = try await session.client.hosts(expecting: Set(document.clusters.map(\.key)))
        let enrolled = replies.filter { reply in document.clusters.contains { $0.key == reply.cluster } }
        let changed = try TrustDocument.signed(
            by: pair, lattice: session.lattice, version: Self.next(after: document.version, enrolled),
            issuers: contents.issuers, clusters: contents.clusters, accountTokens: contents.accountTokens,
            at: .now(), ids: NUIDGenerator())
        guard try await write(changed, over: stored) else { return nil }
        return try await follow(changed, isChanged: true)
    }

    /// - Returns: whether nobody was quicker.
    private func write(_ document: TrustDocument, over stored: LatticeClient.StoredTrust) async throws -> Bool {
        do {
            try await session.client.put(document, over: stored)
            return true
        } catch ControlError.store(.conflict) { return false }
    }

    private func current(_ stored: LatticeClient.StoredTrust) throws -> (TrustDocument, OperatorKeyPair) {
        guard let text = stored.text else { throw Self.noDocument(session.lattice) }
        guard let signer = stored.signer else {
            throw CLIError(.refused, "what the lattice '\(session.lattice)' has as trust document can't be read")
        }
        let pair = try session.operatorPair(of: signer)
        do throws(ProofError) {
            return (try TrustDocument(verifying: text, operatorKey: signer, lattice: session.lattice), pair)
        } catch { throw CLIError(.refused, "the trust document does not count: \(error)") }
    }

    private func follow(_ document: TrustDocument, isChanged: Bool) async throws -> Outcome {
        let spread = try await session.client.spread(of: document, within: Self.spreadTimeout)
        guard spread.behind.isEmpty else {
            let hosts = spread.behind.map { "\($0.name) (\($0.host)) by version \($0.trustVersion ?? 0)" }
            throw CLIError(
                .timedOut,
                "version \(document.version) is stored, but not all hosts go by it after \(Self.spreadTimeout): "
                    + hosts.joined(separator: ", "))
        }
        return Outcome(document: document, isChanged: isChanged, reached: spread.reached)
    }

    /// Higher than what the bucket has, and than what enrolled hosts go by.
    static func next(after version: UInt64, _ hosts: [HostReply]) -> UInt64 {
        let seen = hosts.compactMap(\.trustVersion).filter { $0 <= version.saturating(adding: versionLeap) }
        return max(version, seen.max() ?? 0).saturating(adding: 1)
    }

    static func noDocument(_ lattice: LatticeName) -> CLIError {
        CLIError(.refused, "the lattice '\(lattice)' has no trust document yet", fix: "lattice trust init")
    }
}

extension TrustChange.Outcome {
    func report(_ done: String, unchanged: String) -> OutcomeReport {
        var fields = Trust.fields(document)
        fields["outcome"] = .string(isChanged ? "changed" : "unchanged")
        fields["reached"] = .array(reached.map { .string("\($0.host)") })
        let spread =
            reached.isEmpty
            ? "no enrolled host answers: it is stored, and hosts go by it as soon as they are there"
            : "version \(document.version), and every enrolled host that answers goes by it (\(reached.count))"
        return OutcomeReport([isChanged ? done : unchanged, spread], fields)
    }
}

extension UInt64 {
    fileprivate func saturating(adding other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
