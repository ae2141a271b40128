/// Bytes too large for a message, kept by the server in named buckets: modules, large arguments and results. A port.
public protocol ObjectStore: Sendable {
    /// A bucket, whether it exists or not: whoever first puts into it creates it. Does no work.
    func bucket(_ name: BucketName) -> any ObjectBucket
}

public protocol ObjectBucket: Sendable {
    var name: BucketName { get }

    /// Stores the bytes under this name and replaces what was there. Until it is complete, readers see the former
    /// object.
    @discardableResult
    func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> ObjectInfo

    /// Fetches the whole object.
    /// - Parameter bytesMax: a larger one is `tooLarge`, before anything is fetched.
    /// - Throws: `noObject`, `tooLarge`, `damaged` when bytes are missing or do not match the digest.
    func get(_ name: ObjectName, bytesMax: Int) async throws(StoreError) -> [UInt8]

    /// - Returns: nil when there is no such object, or none any more.
    func info(_ name: ObjectName) async throws(StoreError) -> ObjectInfo?

    /// Deletes it; nothing happens when it is not there.
    func delete(_ name: ObjectName) async throws(StoreError)
}

extension ObjectBucket {
    /// Fetches the whole object, then deletes it. Where fetching fails, nothing is deleted; where only deleting fails,
    /// the bytes are returned all the same.
    public func take(_ name: ObjectName, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        let bytes = try await get(name, bytesMax: bytesMax)
        try? await delete(name)
        return bytes
    }
}

/// 1–255 bytes of UTF-8 without control characters. Any other text will do: it is encoded on the wire.
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(ObjectNameError) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ObjectNameError(text: text)
        }
        self.text = text
    }

    public var description: String { text }
}

public struct ObjectNameError: Error, Equatable, CustomStringConvertible {
    public let text: String

    public var description: String { "'\(text)' is no object name: 1 to 255 bytes without control characters" }
}

public struct ObjectInfo: Hashable, Sendable {
    public let name: ObjectName
    public let bytesCount: Int
    /// Nil when its writer left none that can be read.
    public let modified: UnixTime?

    public init(name: ObjectName, bytesCount: Int, modified: UnixTime?) {
        self.name = name
        self.bytesCount = bytesCount
        self.modified = modified
    }
}
