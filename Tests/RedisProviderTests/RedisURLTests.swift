import KeyValueOperations
import Testing

@testable import RedisProvider

@Suite("addresses and commands")
struct RedisURLTests {
    @Test(
        "what an address says",
        arguments: [
            ("redis://h", RedisURL(host: "h", port: 6379)), ("REDIS://h:1/", RedisURL(host: "h", port: 1)),
            ("redis://10.0.0.1:65535/15", RedisURL(host: "10.0.0.1", port: 65_535, database: 15)),
            ("redis://[::1]", RedisURL(host: "::1", port: 6379)), ("redis://[::1]:7", RedisURL(host: "::1", port: 7)),
            ("redis://:p@h", RedisURL(host: "h", port: 6379, password: "p")),
            ("redis://u:p%40%25@h", RedisURL(host: "h", port: 6379, user: "u", password: "p@%")),
            ("redis://u:a:b@h", RedisURL(host: "h", port: 6379, user: "u", password: "a:b")),
            ("redis://u:a@b@h", RedisURL(host: "h", port: 6379, user: "u", password: "a@b")),
            ("redis://@h", RedisURL(host: "h", port: 6379)),
        ])
    func accepted(text: String, expected: RedisURL) throws { #expect(try RedisURL(text) == expected) }

    @Test(
        "what is none, and which part of it",
        arguments: [
            ("", RedisURLError.scheme), ("h", .scheme), ("://h", .scheme), ("http://h", .scheme), ("redis:h", .scheme),
            ("rediss://h", .encrypted), ("REDISS://u:p@h", .encrypted), ("redis://", .host), ("redis:///1", .host),
            ("redis://:p@", .host), ("redis://a b", .host), ("redis://[::1", .host), ("redis://[::1]x", .host),
            ("redis://h:", .port), ("redis://h:0", .port), ("redis://h:65536", .port), ("redis://h:1x", .port),
            ("redis://h:+1", .port), ("redis://h/x", .database), ("redis://h/65536", .database),
            ("redis://h/1/2", .database), ("redis://h/-1", .database), ("redis://h/1?x=1", .trailingPart),
            ("redis://h#x", .trailingPart), ("redis://u@h", .login), ("redis://u:@h", .login),
            ("redis://:%zz@h", .login), ("redis://:%2@h", .login), ("redis://:%ff@h", .login),
            ("redis://:%+1@h", .login),
        ])
    func refused(text: String, expected: RedisURLError) {
        #expect(throws: expected) { try RedisURL(text) }
    }

    @Test("a link's key in any case, else the standard")
    func linkValues() throws {
        #expect(try RedisURL(linkValues: [:]) == .contractDefault)
        #expect(try RedisURL(linkValues: ["Url": "redis://h", "x": "y"]).host == "h")
        #expect(throws: RedisURLError.ambiguous(key: "URL", other: "url")) {
            try RedisURL(linkValues: ["url": "redis://h", "URL": "redis://h"])
        }
    }

    @Test("no error repeats what it refuses")
    func silence() {
        for text in ["redis://u:secret@h:secret", "rediss://u:secret@h", "x://u:secret@h", "redis://u:%secret@h"] {
            #expect { try RedisURL(text) } throws: { !"\($0)".contains("secret") }
        }
    }

    @Test("each operation is the command of the protocol's table")
    func commands() {
        func words(_ operation: KeyValueOperation) -> String {
            RedisCommand(operation).words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        let (k, v) = (Array("k".utf8), Array("v".utf8))
        #expect(words(.increment(key: k, by: -5)) == "INCRBY k -5")
        #expect(words(.contains(key: k)) == "EXISTS k")
        #expect(words(.del(key: k)) == "DEL k")
        #expect(words(.get(key: k)) == "GET k")
        #expect(words(.set(key: k, value: v, expires: 0)) == "SET k v")
        #expect(words(.set(key: k, value: v, expires: 7)) == "SETEX k 7 v")
        #expect(words(.listAdd(list: k, value: v)) == "RPUSH k v")
        #expect(words(.listClear(list: k)) == "DEL k")
        #expect(words(.listDel(list: k, value: v)) == "LREM k 1 v")
        #expect(words(.listRange(list: k, start: -2, stop: 3)) == "LRANGE k -2 3")
        #expect(words(.setAdd(set: k, value: v)) == "SADD k v")
        #expect(words(.setDel(set: k, value: v)) == "SREM k v")
        #expect(words(.setIntersection(sets: [k, v])) == "SINTER k v")
        #expect(words(.setUnion(sets: [k])) == "SUNION k")
        #expect(words(.setQuery(set: k)) == "SMEMBERS k")
        #expect(words(.setClear(set: k)) == "DEL k")
        #expect(RedisCommand.decrement(key: k, by: .min).words[2] == Array("2147483648".utf8))
        #expect(
            RedisCommand(.get(key: Array("a\r\n".utf8))).encoded == Array("*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\n".utf8))
    }

    @Test(
        "what Redis refuses is said in the contract's words",
        arguments: [
            ("WRONGTYPE Operation against …", KeyValueError.wrongType(keys: [[1]])),
            ("ERR value is not an integer or out of range", .notAnInteger(key: [1])),
            ("ERR increment or decrement would overflow", .overflow(key: [1])),
            ("OOM command not allowed", .full(limit: "Redis has reached its maxmemory")),
            ("LOADING Redis is loading", .unavailable(reason: "LOADING Redis is loading")),
            ("READONLY You can't", .refused("READONLY You can't")), ("", .refused("")),
        ])
    func errors(words: String, expected: KeyValueError) {
        #expect(throws: expected) { try KeyValueOperation.increment(key: [1], by: 1).result(of: .error(words)) }
    }

    @Test("an answer of the wrong kind is refused")
    func mismatches() {
        for reply in [RedisReply.null, .array([]), .status("OK"), .string([])] {
            #expect(throws: KeyValueError.self) { try KeyValueOperation.increment(key: [1], by: 1).result(of: reply) }
        }
        #expect(throws: KeyValueError.self) { try KeyValueOperation.get(key: [1]).result(of: .integer(1)) }
    }
}
