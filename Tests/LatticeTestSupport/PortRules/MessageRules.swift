import LatticeBus
import Testing

extension PortRule {
    static let messageRules: [PortRule] = [
        PortRule("a message arrives whole: subject, reply subject, headers, every byte") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let received = EventLog<BusMessage>()
            let subscription = try await two.bus.record(subject.text, into: received)
            var headers: BusHeaders = ["X-Case": "Kept", "x-case": "other", "X-Spaces": "a  b : c"]
            headers.append("X-Twice", "1")
            headers.append("X-Twice", " 2 ")
            let sent = BusMessage(
                to: subject, reply: try Subject("answers.here"), headers: headers, payload: Array(0...255))
            try one.bus.publish(sent)
            let message = try #require(try await received.wait(forCount: 1).first)
            #expect(message.subject == sent.subject)
            #expect(message.reply == sent.reply)
            #expect(message.payload == sent.payload)
            #expect(message.headers["X-Case"] == "Kept")
            #expect(message.headers["x-case"] == "other")
            #expect(message.headers["X-CASE"] == nil)
            #expect(message.headers["X-Spaces"] == "a  b : c")
            #expect(message.headers.values("X-Twice") == ["1", "2"])
            #expect(message.headers.fields.count == 5)
            subscription.unsubscribe()
            await one.close()
            await two.close()
        },
        PortRule("without reply subject, headers and payload none of them arrives") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let received = EventLog<BusMessage>()
            let subscription = try await connection.bus.record(subject.text, into: received)
            try connection.bus.publish([], to: subject)
            #expect(try await received.wait(forCount: 1) == [BusMessage(to: subject)])
            subscription.unsubscribe()
            await connection.close()
        },
        PortRule("messages of one sender arrive in their order") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let received = EventLog<BusMessage>()
            let subscription = try await two.bus.record(subject.text, into: received)
            let payloads = (0..<2_000).map { Array("\($0)".utf8) }
            for payload in payloads { try one.bus.publish(payload, to: subject) }
            #expect(try await received.wait(forCount: payloads.count).map(\.payload) == payloads)
            subscription.unsubscribe()
            await one.close()
            await two.close()
        },
        PortRule("a payload of exactly the limit passes, one byte more is refused with both numbers") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let received = EventLog<BusMessage>()
            let subscription = try await connection.bus.record(subject.text, into: received)
            let limit = connection.bus.payloadBytesMax
            try connection.bus.publish([UInt8](repeating: 7, count: limit), to: subject)
            #expect(try await received.wait(forCount: 1).first?.payload.count == limit)
            let tooLarge = BusMessage(to: subject, payload: [UInt8](repeating: 7, count: limit + 1))
            let expected = BusError.payloadTooLarge(bytesCount: limit + 1, max: limit)
            #expect(throws: expected) { try connection.bus.publish(tooLarge) }
            #expect(
                try await failure(of: BusError.self) {
                    try await connection.bus.request(tooLarge, timeout: .seconds(5))
                } == expected)
            #expect(
                try await failure(of: BusError.self) {
                    try await connection.bus.gather(tooLarge, within: .seconds(5))
                } == expected)
            subscription.unsubscribe()
            await connection.close()
        },
        PortRule("a header that cannot travel on a line of its own is refused by name") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let bad: [BusHeaders] = [
                ["": "v"], ["a b": "v"], ["a:b": "v"], ["a\r\n": "v"], ["a": "v\r\nb: c"], ["a": "v\n"], ["a": "\u{0}"],
                ["a": ""],
            ]
            for headers in bad {
                let name = try #require(headers.fields.first?.name)
                #expect(throws: BusError.invalidHeader(name: name)) {
                    try connection.bus.publish(BusMessage(to: subject, headers: headers))
                }
            }
            await connection.close()
        },
        PortRule("a request gets its own reply, also among many at once") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let service = try await two.bus.serve(subject.text) { message in
                message.payload + Array(message.headers["X-Tail"].map { Array($0.utf8) } ?? [])
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let question = BusMessage(
                            to: subject, headers: ["X-Tail": "!"], payload: Array("\(number)".utf8))
                        let reply = try await one.bus.request(question, timeout: .seconds(20))
                        #expect(reply.payload == Array("\(number)!".utf8))
                    }
                }
                try await group.waitForAll()
            }
            service.unsubscribe()
            await one.close()
            await two.close()
        },
        PortRule("a request to nobody fails at once") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let error = try await failure(of: BusError.self) {
                try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(600))
            }
            #expect(error == .noResponders(subject))
            let silence = try await failure(of: BusError.self) {
                try await connection.bus.gather(BusMessage(to: subject), within: .seconds(600))
            }
            #expect(silence == .noResponders(subject))
            await connection.close()
        },
        PortRule("a request to somebody silent times out, naming subject and limit") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let service = try await connection.bus.serve(subject.text) { _ in nil }
            let error = try await failure(of: BusError.self) {
                try await connection.bus.request(BusMessage(to: subject), timeout: .milliseconds(30))
            }
            #expect(error == .timedOut(subject, after: .milliseconds(30)))
            service.unsubscribe()
            await connection.close()
        },
        PortRule("a cancelled request fails at once") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let asked = EventLog<BusMessage>()
            let service = try await connection.bus.record(subject.text, into: asked)
            let request = Task {
                try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(600))
            }
            try await asked.wait(forCount: 1)
            request.cancel()
            #expect(try await failure(of: BusError.self) { try await request.value } == .cancelled)
            service.unsubscribe()
            await connection.close()
        },
        PortRule("gathering returns the replies of all who answer in time") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let services = [
                try await one.bus.serve(subject.text) { _ in [1] }, try await two.bus.serve(subject.text) { _ in [2] },
                try await two.bus.serve(subject.text) { _ in nil },
            ]
            let replies = try await one.bus.gather(BusMessage(to: subject), within: .milliseconds(500))
            #expect(replies.map(\.payload).sorted { $0[0] < $1[0] } == [[1], [2]])
            services.forEach { $0.unsubscribe() }
            await one.close()
            await two.close()
        },
        PortRule("gathering ends early with as many replies as wanted") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let services = [
                try await connection.bus.serve(subject.text) { _ in [1] },
                try await connection.bus.serve(subject.text) { _ in [1] },
                try await connection.bus.serve(subject.text) { _ in [1] },
            ]
            let replies = try await connection.bus.gather(
                BusMessage(to: subject), within: .seconds(600), repliesMax: 2)
            #expect(replies.map(\.payload) == [[1], [1]])
            services.forEach { $0.unsubscribe() }
            await connection.close()
        },
        PortRule("gathering from the silent returns nothing") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let service = try await connection.bus.serve(subject.text) { _ in nil }
            #expect(try await connection.bus.gather(BusMessage(to: subject), within: .milliseconds(30)).isEmpty)
            service.unsubscribe()
            await connection.close()
        },
    ]
}
