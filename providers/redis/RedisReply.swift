import CHiredis

/// One answer of a Redis, copied out of the C library.
enum RedisReply: Equatable, Sendable {
    case integer(Int64)
    case string([UInt8])
    case null
    case status(String)
    /// Its first word names the kind: `WRONGTYPE`, `ERR`, ….
    case error(String)
    case array([RedisReply])
}

extension RedisReply {
    /// - Parameter raw: what hiredis made; read, not freed. hiredis nests seven arrays at most.
    init(copying raw: UnsafePointer<redisReply>) {
        let reply = raw.pointee
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING: self = .string(Self.bytes(reply))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .array(elements.map { element in element.map { RedisReply(copying: $0) } ?? .null })
        default: self = .null
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let start = reply.str else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: reply.len))
    }
}
