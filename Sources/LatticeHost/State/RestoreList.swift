import LatticeIdentity
import LatticeProtocol

/// What a host was told to run and has not been told to stop. Kept in its state folder, so that it runs it again after a
/// crash or a reboot, with or without a bus. A value: `save` is the caller's business.
public struct RestoreList: Hashable, Sendable {
    public struct Actor: Hashable, Sendable {
        public var key: ModuleKey
        /// Where it came from, as it was started.
        public var reference: String
        /// Of the signed module, which lies in the module cache under it.
        public var hash: SHA256Digest
        public var instancesMax: Int
        public var annotations: [String: String]

        public init(
            key: ModuleKey, reference: String, hash: SHA256Digest, instancesMax: Int,
            annotations: [String: String] = [:]
        ) {
            self.key = key
            self.reference = reference
            self.hash = hash
            self.instancesMax = instancesMax
            self.annotations = annotations
        }
    }

    public struct Provider: Hashable, Sendable {
        /// A bundled provider's name, a path or a reference.
        public var reference: String
        public var linkName: String
        /// `host` or `process`.
        public var isolation: String
        public var configuration: String?

        public init(reference: String, linkName: String, isolation: String, configuration: String? = nil) {
            self.reference = reference
            self.linkName = linkName
            self.isolation = isolation
            self.configuration = configuration
        }
    }

    public private(set) var actors: [Actor] = []
    public private(set) var providers: [Provider] = []

    public init() {}

    public mutating func put(_ actor: Actor) {
        actors.removeAll { $0.key == actor.key }
        actors.append(actor)
    }

    public mutating func remove(_ key: ModuleKey) { actors.removeAll { $0.key == key } }

    public mutating func put(_ provider: Provider) {
        remove(provider: provider.reference, provider.linkName)
        providers.append(provider)
    }

    public mutating func remove(provider reference: String, _ linkName: String) {
        providers.removeAll { $0.reference == reference && $0.linkName == linkName }
    }
}

extension RestoreList {
    /// Why a list could not be read.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    private static let format = 1

    public init(json bytes: [UInt8]) throws(Malformed) {
        let format: Int
        do throws(MessageError) {
            let list = try JSONFields(parsing: bytes)
            format = try list.required("format", list.integer("format"))
            for fields in try list.list("actors") ?? [] { put(try Self.actor(fields)) }
            for fields in try list.list("providers") ?? [] { put(try Self.provider(fields)) }
        } catch { throw Malformed("\(error)") }
        guard format == Self.format else { throw Malformed("format \(format), this version reads \(Self.format)") }
    }

    private static func actor(_ fields: JSONFields) throws(MessageError) -> Actor {
        Actor(
            key: try fields.required("key", fields.key("key")),
            reference: try fields.required("reference", fields.string("reference")),
            hash: try fields.required("hash", fields.string("hash").flatMap { SHA256Digest($0) }),
            instancesMax: try fields.required("instances_max", fields.integer("instances_max")),
            annotations: try fields.stringMap("annotations") ?? [:])
    }

    private static func provider(_ fields: JSONFields) throws(MessageError) -> Provider {
        Provider(
            reference: try fields.required("reference", fields.string("reference")),
            linkName: try fields.required("link_name", fields.string("link_name")),
            isolation: try fields.required("isolation", fields.string("isolation")),
            configuration: try fields.string("configuration"))
    }

    public var json: [UInt8] {
        var writer = JSONWriter(layout: .indented)
        writer.object { writer in
            writer.member("format", Self.format)
            writer.key("actors")
            writer.array { writer in for actor in actors { Self.write(actor, to: &writer) } }
            writer.key("providers")
            writer.array { writer in for provider in providers { Self.write(provider, to: &writer) } }
        }
        return writer.bytes
    }

    private static func write(_ actor: Actor, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("key", "\(actor.key)")
            writer.member("reference", actor.reference)
            writer.member("hash", "\(actor.hash)")
            writer.member("instances_max", actor.instancesMax)
            writer.key("annotations")
            writer.object { writer in
                for (key, value) in actor.annotations.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
            }
        }
    }

    private static func write(_ provider: Provider, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("reference", provider.reference)
            writer.member("link_name", provider.linkName)
            writer.member("isolation", provider.isolation)
            writer.member("configuration", ifPresent: provider.configuration)
        }
    }
}

extension RestoreList.Malformed {
    init(_ what: String) { description = "the list of what to restore cannot be read: \(what)" }

    /// Nothing is lost by it: whoever moves the file away starts with an empty list.
    fileprivate init(at path: String, _ problem: Self) {
        description = "'\(path)': \(problem.description); move it away to start without what ran before"
    }
}

extension StateFolder {
    private static let restoreListName = "restore.json"
    private static let restoreListBytesMax = 16 << 20

    /// - Returns: an empty list where there is none yet.
    public func restoreList() throws -> RestoreList {
        let path = try file(Self.restoreListName)
        guard let bytes = try BoundedFile.read(path, bytesMax: Self.restoreListBytesMax) else { return RestoreList() }
        do throws(RestoreList.Malformed) { return try RestoreList(json: bytes) } catch {
            throw RestoreList.Malformed(at: path, error)
        }
    }

    public func save(_ list: RestoreList) throws(FileError) {
        try AtomicFile.write(list.json, to: file(Self.restoreListName), mode: 0o600)
    }
}
