/// The objects of an `InMemoryServer`, as one of its connections sees them.
public struct InMemoryObjectStore: ObjectStore {
    private let bus: InMemoryBus

    public init(_ bus: InMemoryBus) { self.bus = bus }

    public func bucket(_ name: BucketName) -> any ObjectBucket { InMemoryObjectBucket(bus: bus, name: name) }
}

struct InMemoryObject {
    let info: ObjectInfo
    let bytes: [UInt8]
}

struct InMemoryObjectBucket: ObjectBucket {
    let bus: InMemoryBus
    let name: BucketName

    func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> ObjectInfo {
        try bus.requireStorage()
        let info = ObjectInfo(name: name, bytesCount: bytes.count, modified: bus.server.now())
        withBucket { $0[name] = InMemoryObject(info: info, bytes: bytes) }
        return info
    }

    func get(_ name: ObjectName, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        try bus.requireStorage()
        guard let object = withBucket({ $0[name] }) else { throw .noObject(name) }
        guard object.bytes.count <= bytesMax else { throw .tooLarge(bytesCount: object.bytes.count, max: bytesMax) }
        return object.bytes
    }

    func info(_ name: ObjectName) async throws(StoreError) -> ObjectInfo? {
        try bus.requireStorage()
        return withBucket { $0[name]?.info }
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        try bus.requireStorage()
        withBucket { $0[name] = nil }
    }

    private func withBucket<Result: Sendable>(_ body: (inout [ObjectName: InMemoryObject]) -> Result) -> Result {
        bus.server.withState { body(&$0.objects[name, default: [:]]) }
    }
}
