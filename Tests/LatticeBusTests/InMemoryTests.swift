import LatticeBus
import LatticeTestSupport
import Testing

@Suite("What only the in-memory adapters promise")
struct InMemoryTests {
    @Test("a time-out is measured on the clock that was handed in")
    func handedInClock() async throws {
        let clock = ManualClock()
        let bus = InMemoryServer(clock: clock).connect()
        let subject = try Subject("silent")
        let asked = EventLog<BusMessage>()
        let service = try bus.subscribe(SubjectPattern(subject)) { asked.append($0) }
        let request = Task { try await bus.request(BusMessage(to: subject), timeout: .seconds(3_600)) }
        try await clock.sleepersBegun.wait(forCount: 1)
        clock.advance(by: .seconds(3_599))
        #expect(bus.state == .connected(server: "in-memory"))
        clock.advance(by: .seconds(1))
        await #expect(throws: BusError.timedOut(subject, after: .seconds(3_600))) { try await request.value }
        service.unsubscribe()
    }

    @Test("an outage tells the time that was handed in")
    func handedInTime() throws {
        let bus = InMemoryServer(now: { UnixTime(milliseconds: 5) }).connect()
        bus.disconnect(reason: "cable")
        let expected = BusError.disconnected(since: UnixTime(milliseconds: 5), reason: "cable")
        #expect(throws: expected) { try bus.publish([], to: Subject("a")) }
        #expect("\(expected)" == "disconnected from the bus since 1970-01-01T00:00:00.005Z (cable)")
    }

    @Test("one connection can be cut off while the others go on")
    func oneCutOff() async throws {
        let server = InMemoryServer()
        let (near, far) = (server.connect(), server.connect())
        let subject = try Subject("service")
        let service = try far.subscribe(SubjectPattern(subject)) { message in
            do { try far.answer(message, [1]) } catch { Issue.record(error) }
        }
        #expect(try await near.request(BusMessage(to: subject), timeout: .seconds(20)).payload == [1])
        far.disconnect()
        await #expect(throws: BusError.noResponders(subject)) {
            try await near.request(BusMessage(to: subject), timeout: .seconds(20))
        }
        far.reconnect()
        #expect(try await near.request(BusMessage(to: subject), timeout: .seconds(20)).payload == [1])
        service.unsubscribe()
    }

    @Test("members of a group take turns")
    func turns() async throws {
        let bus = InMemoryServer().connect()
        let log = EventLog<Int>()
        let members = try (0..<3).map { member in
            try bus.subscribe(SubjectPattern("work"), group: QueueGroup("g")) { _ in log.append(member) }
        }
        for _ in 0..<6 { try bus.publish([], to: Subject("work")) }
        #expect(try await log.wait(forCount: 6) == [0, 1, 2, 0, 1, 2])
        members.forEach { $0.unsubscribe() }
    }

    @Test("a server without storage says so")
    func storageOff() async throws {
        let bus = InMemoryServer(storage: .off).connect()
        let expected = StoreError.storageOff(remedy: "this in-memory server was made without storage")
        let metadata = InMemoryMetadataStore(bus).bucket(try BucketName("b"))
        let objects = InMemoryObjectStore(bus).bucket(try BucketName("b"))
        await #expect(throws: expected) { try await metadata.open() }
        await #expect(throws: expected) { try await metadata.watch { _ in } }
        await #expect(throws: expected) { try await objects.put(ObjectName("o"), []) }
    }
}
