import LatticeBus
import LatticeIdentity

/// Every subject of one lattice. Nothing else in the system puts a subject together: all parts are checked types here.
/// - Source: lattice protocol §4.1, §7, §8.
public struct LatticeSubjects: Hashable, Sendable {
    public let lattice: LatticeName
    public let controlPrefix: ControlPrefix

    public init(_ lattice: LatticeName, controlPrefix: ControlPrefix = .default) {
        self.lattice = lattice
        self.controlPrefix = controlPrefix
    }

    // MARK: Calls

    /// Invocations of an actor. Every host that runs it subscribes, in the queue group of the same name.
    public func calls(of actor: ModuleKey) -> Subject { rpc("\(actor)") }

    public func callGroup(of actor: ModuleKey) -> QueueGroup { QueueGroup(calls(of: actor)) }

    /// Invocations of a provider.
    public func calls(of provider: ProviderKey, _ link: LinkName) -> Subject { rpc("\(provider).\(link)") }

    /// The queue group of a provider's instances.
    public static let providerGroup = QueueGroup(Subject(received: "rpc"))

    /// MessagePack link definitions for every instance of a provider; ours answer.
    public func linkPut(_ provider: ProviderKey, _ link: LinkName) -> Subject {
        rpc("\(provider).\(link).linkdefs.put")
    }

    public func linkDelete(_ provider: ProviderKey, _ link: LinkName) -> Subject {
        rpc("\(provider).\(link).linkdefs.del")
    }

    public func health(_ provider: ProviderKey, _ link: LinkName) -> Subject { rpc("\(provider).\(link).health") }

    /// The same of the one instance on a host; of ours: others don't listen there.
    public func health(_ provider: ProviderKey, _ link: LinkName, on host: HostKey) -> Subject {
        rpc("\(provider).\(link).health.\(host)")
    }

    public func shutdown(_ provider: ProviderKey, _ link: LinkName) -> Subject { rpc("\(provider).\(link).shutdown") }

    private func rpc(_ rest: String) -> Subject { Subject(received: "wasmbus.rpc.\(lattice).\(rest)") }

    // MARK: Control

    public func control(_ topic: ControlTopic) -> Subject { Subject(received: "\(control).\(topic.text)") }

    /// Commands to one host, and questions to it.
    public func control(_ topic: HostTopic, _ host: HostKey) -> Subject {
        Subject(received: "\(control).\(topic.text(host: "\(host)"))")
    }

    public func pattern(_ subscription: ControlSubscription) -> SubjectPattern {
        SubjectPattern(checked: "\(control).\(subscription.text)")
    }

    /// What only this host listens to.
    public func pattern(_ subscription: HostSubscription, _ host: HostKey) -> SubjectPattern {
        SubjectPattern(checked: "\(control).\(subscription.text(host: "\(host)"))")
    }

    /// What a received message asks for; nil for what is not known here.
    public func topic(of subject: Subject) -> ControlTopic? {
        ControlTopic.allCases.first { control($0) == subject }
    }

    /// What a received message asks of this host.
    public func topic(of subject: Subject, _ host: HostKey) -> HostTopic? {
        HostTopic.allCases.first { control($0, host) == subject }
    }

    /// Of each `get.*` question and each `linkdefs.*` change one host of the group takes care.
    public var controlGroup: QueueGroup { QueueGroup(Subject(received: control)) }

    private var control: String { "\(controlPrefix.text).\(lattice)" }

    // MARK: Events

    /// All events.
    public var events: Subject { Subject(received: "wasmbus.evt.\(lattice)") }

    /// One kind of event; each event goes to both.
    public func events(_ name: EventName) -> Subject { Subject(received: "wasmbus.evt.\(lattice).\(name.rawValue)") }

    // MARK: Buckets

    /// Claims, links and references, as classic hosts know them.
    public var metadataBucket: BucketName { BucketName(checked: "LATTICEDATA_\(lattice)") }
    /// What counts as proof.
    public var trustBucket: BucketName { BucketName(checked: "LATTICETRUST_\(lattice)") }
    /// Objects: modules under their SHA-256.
    public var moduleBucket: BucketName { BucketName(checked: "LATTICEMODULES_\(lattice)") }
    /// Objects: payloads that are too large for a message.
    public var payloadBucket: BucketName { BucketName(checked: lattice.text) }
}

/// What control subjects begin with: `wasmbus.ctl` unless configured otherwise.
public struct ControlPrefix: Hashable, Sendable {
    public static let bytesMax = 128
    public static let `default` = ControlPrefix(checked: "wasmbus.ctl")

    public let text: String

    /// - Parameter text: one or more tokens, at most 128 bytes.
    public init(_ text: String) throws(SubjectError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw .tooLong(bytesCount: text.utf8.count, max: Self.bytesMax)
        }
        self.text = try Subject(text).text
    }

    private init(checked text: String) { self.text = text }
}
