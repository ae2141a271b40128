import KeyValueOperations
import Testing

@testable import LocalKeyValueProvider

@Suite("what a store holds")
struct KeyValueStateTests {
    private func perform(
        _ operation: KeyValueOperation, on state: inout KeyValueState, now: Int64 = 0
    ) throws -> KeyValueResult {
        let decision = try state.decide(operation, now: now)
        for change in decision.changes { state.apply(change) }
        return decision.result
    }

    @Test("deciding changes nothing, and what changes nothing is not kept")
    func decisions() throws {
        var state = KeyValueState()
        _ = try state.decide(.set(key: [1], value: [2], expires: 0), now: 0)
        #expect(state.entries.isEmpty)
        _ = try perform(.setAdd(set: [1], value: [2]), on: &state)
        for operation: KeyValueOperation in [
            .get(key: [9]), .contains(key: [1]), .del(key: [9]), .setAdd(set: [1], value: [2]),
            .setDel(set: [1], value: [9]), .listDel(list: [9], value: [1]), .setQuery(set: [1]),
        ] {
            #expect(try state.decide(operation, now: 0).changes.isEmpty, "\(operation)")
        }
    }

    @Test("a life ends with its very millisecond")
    func expiry() throws {
        var state = KeyValueState()
        _ = try perform(.set(key: [1], value: [2], expires: 2), on: &state, now: 5_000)
        #expect(state.expiringCount == 1)
        #expect(try perform(.get(key: [1]), on: &state, now: 6_999) == .value([2]))
        #expect(try perform(.get(key: [1]), on: &state, now: 7_000) == .value(nil))
        #expect(state.expired(now: 6_999, max: 9).isEmpty && state.expired(now: 7_000, max: 0).isEmpty)
        for change in state.expired(now: 7_000, max: 9) { state.apply(change) }
        #expect(state.entries.isEmpty && state.bytesCount == 0 && state.expiringCount == 0)
    }

    @Test("what is counted in comes out again, and a snapshot makes the same state")
    func accounting() throws {
        var state = KeyValueState()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let key = [UInt8.random(in: 0..<8, using: &random)]
            let value = [UInt8](
                repeating: .random(in: 0..<4, using: &random), count: .random(in: 0..<9, using: &random))
            let operations: [KeyValueOperation] = [
                .set(key: key, value: value, expires: UInt32(value.count)), .listAdd(list: key, value: value),
                .setAdd(set: key, value: value), .listDel(list: key, value: value), .setDel(set: key, value: value),
                .del(key: key), .increment(key: key, by: 1),
            ]
            guard let operation = operations.randomElement(using: &random) else { continue }
            let decision = try? state.decide(operation, now: 0)
            let growth = state.growth(of: decision?.changes ?? [])
            let before = state.bytesCount
            for change in decision?.changes ?? [] { state.apply(change) }
            if growth > 0 { #expect(state.bytesCount == before + growth, "\(operation)") }
        }
        var copy = KeyValueState()
        for change in state.snapshot(now: 0) { copy.apply(change) }
        #expect(copy.entries == state.entries)
        #expect(copy.bytesCount == state.bytesCount && copy.expiringCount == state.expiringCount)
        for key in state.entries.keys { state.apply(.remove(key: key)) }
        #expect(state.bytesCount == 0 && state.expiringCount == 0)
    }

    @Test("changes that make no sense do nothing")
    func nonsense() {
        var state = KeyValueState()
        state.apply(.put(key: [1], value: [1], expiry: nil))
        let before = (state.entries, state.bytesCount)
        for change: StoredChange in [
            .append(list: [1], value: [2]), .insert(set: [1], member: [2]), .removeElement(list: [1], index: 0),
            .removeElement(list: [9], index: -1), .removeMember(set: [9], member: []), .remove(key: [9]),
        ] {
            state.apply(change)
        }
        #expect(state.entries == before.0 && state.bytesCount == before.1)
    }
}
