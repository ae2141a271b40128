import LatticeBus
import Testing

extension PortRule {
    static let metadataRules: [PortRule] = [
        PortRule("what is put can be got, byte for byte, with a growing revision") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            let (writer, reader) = (one.metadata.bucket(name), two.metadata.bucket(name))
            let key = try MetadataKey("LINKDEF_0.a-b/c=")
            #expect(try await reader.get(key) == nil)
            let first = try await writer.put(key, Array(0...255))
            #expect(first > .none)
            #expect(try await reader.get(key) == MetadataEntry(key: key, value: Array(0...255), revision: first))
            let second = try await writer.put(key, [])
            #expect(second > first)
            #expect(try await reader.get(key) == MetadataEntry(key: key, value: [], revision: second))
            await one.close()
            await two.close()
        },
        PortRule("opening a bucket twice, or by two, is no mistake") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            try await one.metadata.bucket(name).open()
            try await two.metadata.bucket(name).open()
            try await one.metadata.bucket(name).open()
            #expect(try await one.metadata.bucket(name).entries().isEmpty)
            await one.close()
            await two.close()
        },
        PortRule("a put at a revision succeeds only at that revision") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let key = try MetadataKey("k")
            let stale = try await failure(of: StoreError.self) {
                try await bucket.put(key, [0], at: MetadataRevision(1))
            }
            #expect(stale == .conflict(key, expected: MetadataRevision(1)))
            let created = try await bucket.put(key, [1], at: .none)
            #expect(
                try await failure(of: StoreError.self) { try await bucket.put(key, [2], at: .none) }
                    == .conflict(key, expected: .none))
            let updated = try await bucket.put(key, [3], at: created)
            #expect(
                try await failure(of: StoreError.self) { try await bucket.put(key, [4], at: created) }
                    == .conflict(key, expected: created))
            #expect(try await bucket.get(key)?.value == [3])
            try await bucket.delete(key)
            #expect(
                try await failure(of: StoreError.self) { try await bucket.put(key, [5], at: updated) }
                    == .conflict(key, expected: updated))
            let reborn = try await bucket.put(key, [6], at: .none)
            #expect(reborn > updated)
            #expect(try await bucket.get(key) == MetadataEntry(key: key, value: [6], revision: reborn))
            await connection.close()
        },
        PortRule("of many who put at one revision exactly one succeeds") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            let key = try MetadataKey("counter")
            try await one.metadata.bucket(name).put(key, [0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let bucket = (number % 2 == 0 ? one : two).metadata.bucket(name)
                    group.addTask {
                        while true {
                            let entry = try #require(try await bucket.get(key))
                            do {
                                try await bucket.put(key, [entry.value[0] + 1], at: entry.revision)
                                return
                            } catch StoreError.conflict {
                                // Somebody was quicker: look again.
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await one.metadata.bucket(name).get(key)?.value == [20])
            await one.close()
            await two.close()
        },
        PortRule("a deleted key has no value, and deleting what is not there is no mistake") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let (key, other) = (try MetadataKey("k"), try MetadataKey("other"))
            try await bucket.put(key, [1])
            let kept = try await bucket.put(other, [2])
            try await bucket.delete(key)
            try await bucket.delete(key)
            try await bucket.delete(MetadataKey("never"))
            #expect(try await bucket.get(key) == nil)
            #expect(try await bucket.entries() == [MetadataEntry(key: other, value: [2], revision: kept)])
            await connection.close()
        },
        PortRule("entries come by revision, newest values only, and never more than wanted") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            #expect(try await bucket.entries().isEmpty)
            for number in 0..<50 { try await bucket.put(MetadataKey("k\(number)"), Array("\(number)".utf8)) }
            try await bucket.put(MetadataKey("k7"), Array("again".utf8))
            let entries = try await bucket.entries(entriesMax: 50)
            #expect(entries.map(\.key.text) == (0..<50).filter { $0 != 7 }.map { "k\($0)" } + ["k7"])
            #expect(entries.last?.value == Array("again".utf8))
            #expect(
                try await failure(of: StoreError.self) { try await bucket.entries(entriesMax: 49) }
                    == .tooMany(entriesCount: 50, max: 49))
            await connection.close()
        },
        PortRule("a value over the limit is refused with both numbers") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let limit = connection.bus.payloadBytesMax
            let value = [UInt8](repeating: 1, count: limit + 1)
            let expected = StoreError.tooLarge(bytesCount: limit + 1, max: limit)
            let key = try MetadataKey("k")
            #expect(try await failure(of: StoreError.self) { try await bucket.put(key, value) } == expected)
            #expect(try await failure(of: StoreError.self) { try await bucket.put(key, value, at: .none) } == expected)
            try await bucket.put(key, [UInt8](repeating: 1, count: limit))
            #expect(try await bucket.get(key)?.value.count == limit)
            #expect(try await bucket.entries().map(\.value.count) == [limit])
            await connection.close()
        },
        PortRule("buckets do not see each other") { bench in
            let connection = try await bench.connect()
            let (one, two) = (connection.metadata.bucket(try .unique()), connection.metadata.bucket(try .unique()))
            let key = try MetadataKey("k")
            try await one.put(key, [1])
            #expect(try await two.get(key) == nil)
            #expect(try await two.entries().isEmpty)
            await connection.close()
        },
    ]

    static let watchRules: [PortRule] = [
        PortRule("a watch tells all values, then current, then every change in order") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            let (writer, watched) = (one.metadata.bucket(name), two.metadata.bucket(name))
            let (a, b) = (try MetadataKey("a"), try MetadataKey("b"))
            try await writer.put(b, [0])
            let first = try await writer.put(a, [1])
            let second = try await writer.put(b, [2])
            let events = EventLog<MetadataEvent>()
            let watch = Task { try await watched.watch { events.append($0) } }
            try await events.wait(for: .current)
            let third = try await writer.put(a, [3])
            try await writer.delete(b)
            try await events.wait(forCount: 5)
            let told = events.events
            #expect(told[0] == .put(MetadataEntry(key: a, value: [1], revision: first)))
            #expect(told[1] == .put(MetadataEntry(key: b, value: [2], revision: second)))
            #expect(told[2] == .current)
            #expect(told[3] == .put(MetadataEntry(key: a, value: [3], revision: third)))
            guard case .deleted(b, let marker) = told[4] else { throw EventMissing(what: "deleted", seen: "\(told)") }
            #expect(marker > third)
            watch.cancel()
            try await watch.value
            try await writer.put(a, [9])
            try await two.bus.flush(timeout: .seconds(10))
            #expect(events.events.count == 5, "a cancelled watch hears nothing more")
            await one.close()
            await two.close()
        },
        PortRule("a watch of an empty bucket is current at once") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let events = EventLog<MetadataEvent>()
            let watch = Task { try await bucket.watch { events.append($0) } }
            #expect(try await events.wait(forCount: 1) == [.current])
            watch.cancel()
            try await watch.value
            await connection.close()
        },
        PortRule("a watch tells of keys that were deleted before it began") { bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let key = try MetadataKey("gone")
            let revision = try await bucket.put(key, [1])
            try await bucket.delete(key)
            let events = EventLog<MetadataEvent>()
            let watch = Task { try await bucket.watch { events.append($0) } }
            let told = try await events.wait(forCount: 2)
            guard case .deleted(key, let marker) = told[0] else { throw EventMissing(what: "deleted", seen: "\(told)") }
            #expect(marker > revision)
            #expect(told[1] == .current)
            watch.cancel()
            try await watch.value
            await connection.close()
        },
        PortRule("many changes are all told, in order") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            let bucket = one.metadata.bucket(name)
            let events = EventLog<MetadataEvent>()
            let watch = Task { try await two.metadata.bucket(name).watch { events.append($0) } }
            try await events.wait(for: .current)
            for number in 0..<300 { try await bucket.put(MetadataKey("k\(number % 10)"), Array("\(number)".utf8)) }
            let told = try await events.wait(forCount: 301).dropFirst()
            let values = told.map {
                if case .put(let entry) = $0 { String(decoding: entry.value, as: UTF8.self) } else { "" }
            }
            #expect(values == (0..<300).map(String.init))
            watch.cancel()
            try await watch.value
            await one.close()
            await two.close()
        },
    ]
}
