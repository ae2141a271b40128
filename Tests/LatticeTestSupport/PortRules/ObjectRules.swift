import LatticeBus
import Testing

extension PortRule {
    static let objectRules: [PortRule] = [
        PortRule("an object of any size is got as it was put") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let name = try BucketName.unique()
            let (writer, reader) = (one.objects.bucket(name), two.objects.bucket(name))
            let chunk = 128 << 10
            for bytesCount in [0, 1, chunk - 1, chunk, chunk + 1, 40 * chunk + 3] {
                let bytes = (0..<bytesCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
                let object = try ObjectName("object-\(bytesCount)")
                let info = try await writer.put(object, bytes)
                #expect(info.name == object && info.bytesCount == bytesCount)
                #expect(try await reader.info(object) == info)
                #expect(try await reader.get(object, bytesMax: bytesCount) == bytes)
            }
            await one.close()
            await two.close()
        },
        PortRule("what is not there is named") { bench in
            let connection = try await bench.connect()
            let bucket = connection.objects.bucket(try .unique())
            let name = try ObjectName("absent")
            #expect(try await bucket.info(name) == nil)
            #expect(
                try await failure(of: StoreError.self) { try await bucket.get(name, bytesMax: 9) } == .noObject(name))
            #expect(
                try await failure(of: StoreError.self) { try await bucket.take(name, bytesMax: 9) } == .noObject(name))
            try await bucket.delete(name)
            #expect(try await bucket.info(name) == nil)
            await connection.close()
        },
        PortRule("putting again replaces") { bench in
            let connection = try await bench.connect()
            let bucket = connection.objects.bucket(try .unique())
            let name = try ObjectName("again")
            for bytes in [[UInt8](repeating: 1, count: 300_000), [2, 2], [UInt8](repeating: 3, count: 200_000)] {
                try await bucket.put(name, bytes)
                #expect(try await bucket.get(name, bytesMax: 1 << 20) == bytes)
            }
            await connection.close()
        },
        PortRule("a deleted object is gone, and can be put anew") { bench in
            let connection = try await bench.connect()
            let bucket = connection.objects.bucket(try .unique())
            let name = try ObjectName("deleted")
            try await bucket.put(name, [1, 2, 3])
            try await bucket.delete(name)
            try await bucket.delete(name)
            #expect(try await bucket.info(name) == nil)
            #expect(
                try await failure(of: StoreError.self) { try await bucket.get(name, bytesMax: 9) } == .noObject(name))
            try await bucket.put(name, [4])
            #expect(try await bucket.get(name, bytesMax: 9) == [4])
            await connection.close()
        },
        PortRule("an object over the reader's limit is refused and left where it is") { bench in
            let connection = try await bench.connect()
            let bucket = connection.objects.bucket(try .unique())
            let name = try ObjectName("large")
            try await bucket.put(name, [1, 2, 3, 4])
            let expected = StoreError.tooLarge(bytesCount: 4, max: 3)
            #expect(try await failure(of: StoreError.self) { try await bucket.get(name, bytesMax: 3) } == expected)
            #expect(try await failure(of: StoreError.self) { try await bucket.take(name, bytesMax: 3) } == expected)
            #expect(try await bucket.take(name, bytesMax: 4) == [1, 2, 3, 4])
            #expect(try await bucket.info(name) == nil, "taking deletes what was fetched whole")
            await connection.close()
        },
        PortRule("a name may be any text") { bench in
            let connection = try await bench.connect()
            let bucket = connection.objects.bucket(try .unique())
            let names = ["a.b", "a b", "*", ">", "ünïcode/…", "0a1b-r", "==", String(repeating: "x", count: 255)]
            for (index, text) in names.enumerated() { try await bucket.put(ObjectName(text), [UInt8(index)]) }
            for (index, text) in names.enumerated() {
                #expect(try await bucket.get(ObjectName(text), bytesMax: 1) == [UInt8(index)])
            }
            await connection.close()
        },
        PortRule("object buckets do not see each other") { bench in
            let connection = try await bench.connect()
            let (one, two) = (connection.objects.bucket(try .unique()), connection.objects.bucket(try .unique()))
            let name = try ObjectName("here")
            try await one.put(name, [1])
            try await two.put(try ObjectName("there"), [2])
            #expect(try await two.info(name) == nil)
            await connection.close()
        },
    ]
}
