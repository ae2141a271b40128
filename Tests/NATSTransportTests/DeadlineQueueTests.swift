import Testing

@testable import NATSTransport

@Suite("Deadlines of requests")
struct DeadlineQueueTests {
    @Test("what is due comes out by time, and nothing before its time")
    func order() {
        var queue = DeadlineQueue()
        let times: [UInt64] = [50, 10, 40, 10, 30, 90, 20, 70, 60, 80]
        for (id, time) in times.enumerated() { queue.insert(.init(nanoseconds: time, id: UInt64(id))) }
        #expect(queue.earliest == 10)
        let early = queue.popDue(at: 9)
        #expect(early == nil)
        var due: [UInt64] = []
        while let item = queue.popDue(at: 60) { due.append(item.nanoseconds) }
        #expect(due == [10, 10, 20, 30, 40, 50, 60])
        #expect(queue.earliest == 70)
        while queue.popDue(at: .max) != nil {}
        #expect(queue.earliest == nil)
    }

    @Test("what is over is swept out once it outweighs what waits")
    func sweep() {
        var queue = DeadlineQueue()
        for id in 0..<1_030 { queue.insert(.init(nanoseconds: UInt64(id), id: UInt64(id))) }
        queue.sweep(waitingCount: 3) { $0 < 3 }
        #expect(queue.count == 1_030, "not yet worth it")
        queue.insert(.init(nanoseconds: 5_000, id: 5_000))
        queue.sweep(waitingCount: 3) { $0 >= 1_028 }
        #expect(queue.count == 3)
        let first = queue.popDue(at: .max)
        #expect(first?.id == 1_028)
    }
}
