import LatticeIdentity
import LatticeProtocol
import Synchronization

/// What a host says about itself to whoever asks.
public final class HostProfile: Sendable {
    public let host: HostKey
    public let cluster: ClusterKey
    public let name: String
    public let version: String
    public let jetStreamDomain: String?
    private let started = ContinuousClock.now
    private let labelTable: Mutex<[String: String]>

    /// - Parameter labels: of the configuration; those of the machine are added and win.
    public init(
        identity: HostIdentity, name: String, labels: [String: String], version: String, jetStreamDomain: String? = nil
    ) {
        host = identity.host.publicKey
        cluster = identity.cluster.publicKey
        self.name = name
        self.version = version
        self.jetStreamDomain = jetStreamDomain
        labelTable = Mutex(labels.merging(Self.machineLabels) { _, machine in machine })
    }

    public var labels: [String: String] { labelTable.withLock { $0 } }
    public var uptimeSeconds: UInt64 { (ContinuousClock.now - started).wholeMilliseconds / 1_000 }

    /// Whether this host has all of these labels.
    func satisfies(_ constraints: [String: String]) -> Bool {
        labelTable.withLock { labels in constraints.allSatisfy { labels[$0.key] == $0.value } }
    }

    enum LabelProblem: Error, CustomStringConvertible {
        /// The machine's own labels stay as they are.
        case fixed(String)
        case tooMany(limit: Int)
        case malformed

        var description: String {
            switch self {
            case .fixed(let key): "the label '\(key)' says what the machine is and can't be changed"
            case .tooMany(let limit): "a host has at most \(limit) labels"
            case .malformed: "a label has a key of 1 to 256 and a value of at most 256 characters"
            }
        }
    }

    private static let labelsMax = 128

    func setLabel(_ key: String, _ value: String?) throws(LabelProblem) {
        guard Self.machineLabels[key] == nil else { throw .fixed(key) }
        guard (1...256).contains(key.utf8.count), (value ?? "").utf8.count <= 256 else { throw .malformed }
        let isFull = labelTable.withLock { labels in
            if value != nil, labels[key] == nil, labels.count >= Self.labelsMax { return true }
            labels[key] = value
            return false
        }
        if isFull { throw .tooMany(limit: Self.labelsMax) }
    }

    /// - Source: lattice protocol §10.1.
    private static let machineLabels: [String: String] = [
        "hostcore.arch": Machine.architecture, "hostcore.os": Machine.system, "hostcore.osfamily": "unix",
    ]
}
