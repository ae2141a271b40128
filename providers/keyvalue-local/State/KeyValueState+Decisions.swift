import KeyValueOperations

extension KeyValueState {
    /// What an operation gives, and what it would change. Changes nothing. Results are those of the Redis command.
    /// - Parameter now: milliseconds since 1970.
    func decide(_ operation: KeyValueOperation, now: Int64) throws(KeyValueError) -> Decision {
        switch operation {
        case .increment(let key, let number): try increment(key, by: number, now)
        case .contains(let key): Decision(result: .flag(entry(key, now) != nil))
        case .del(let key), .listClear(let key), .setClear(let key): delete(key, now)
        case .get(let key): Decision(result: .value(try string(key, now)))
        case .set(let key, let value, let expires):
            Decision(
                changes: [.put(key: key, value: value, expiry: expires == 0 ? nil : now + Int64(expires) * 1000)],
                result: .done)
        case .listAdd(let key, let value):
            Decision(
                changes: cleared(key, now) + [.append(list: key, value: value)],
                result: .number(try list(key, now).count + 1))
        case .listDel(let key, let value): try removeElement(value, from: key, now)
        case .listRange(let key, let start, let stop):
            Decision(result: .values(Self.range(try list(key, now), Int(start), Int(stop))))
        case .setAdd(let key, let value):
            if try set(key, now).contains(value) {
                Decision(result: .number(0))
            } else {
                Decision(changes: cleared(key, now) + [.insert(set: key, member: value)], result: .number(1))
            }
        case .setDel(let key, let value):
            if try set(key, now).contains(value) {
                Decision(changes: [.removeMember(set: key, member: value)], result: .number(1))
            } else {
                Decision(result: .number(0))
            }
        case .setIntersection(let keys): Decision(result: .values(try intersection(keys, now)))
        case .setUnion(let keys): Decision(result: .values(try union(keys, now)))
        case .setQuery(let key): Decision(result: .values(Array(try set(key, now))))
        }
    }

    /// By how much changes make the store larger, as far as they make it larger at all.
    func growth(of changes: [StoredChange]) -> Int {
        changes.reduce(0) { sum, change in
            let (key, count) =
                switch change {
                case .put(let key, let value, _), .replace(let key, let value):
                    (key, value.count - (entries[key]?.content.bytesCount ?? 0))
                case .append(let key, let value), .insert(let key, let value):
                    (key, value.count + Self.elementOverhead)
                case .remove, .removeElement, .removeMember: ([UInt8](), 0)
                }
            return sum + count + (count == 0 || entries[key] != nil ? 0 : key.count + Self.entryOverhead)
        }
    }

    /// The removal of what has expired, at most `max` of it.
    func expired(now: Int64, max: Int) -> [StoredChange] {
        guard expiringCount > 0 else { return [] }
        return entries.lazy.filter { $0.value.hasExpired(now) }.prefix(max).map { .remove(key: $0.key) }
    }

    // MARK: What a key holds

    private func entry(_ key: Bytes, _ now: Int64) -> Entry? {
        guard let entry = entries[key], !entry.hasExpired(now) else { return nil }
        return entry
    }

    private func string(_ key: Bytes, _ now: Int64) throws(KeyValueError) -> Bytes? {
        switch entry(key, now)?.content {
        case .string(let value)?: return value
        case nil: return nil
        default: throw .wrongType(keys: [key])
        }
    }

    private func list(_ key: Bytes, _ now: Int64) throws(KeyValueError) -> [Bytes] {
        switch entry(key, now)?.content {
        case .list(let values)?: return values
        case nil: return []
        default: throw .wrongType(keys: [key])
        }
    }

    private func set(
        _ key: Bytes, _ now: Int64, among keys: [Bytes]? = nil
    ) throws(KeyValueError) -> Set<Bytes> {
        switch entry(key, now)?.content {
        case .set(let members)?: return members
        case nil: return []
        default: throw .wrongType(keys: keys ?? [key])
        }
    }

    /// Takes away what has expired before something new comes in its place.
    private func cleared(_ key: Bytes, _ now: Int64) -> [StoredChange] {
        entries[key]?.hasExpired(now) == true ? [.remove(key: key)] : []
    }

    // MARK: Operations

    private func increment(_ key: Bytes, by number: Int32, _ now: Int64) throws(KeyValueError) -> Decision {
        let value = try string(key, now)
        guard let old = value.map(Self.integer) ?? 0 else { throw .notAnInteger(key: key) }
        let (sum, overflows) = old.addingReportingOverflow(Int64(number))
        guard !overflows, let result = Int32(exactly: sum) else { throw .overflow(key: key) }
        let text = Array("\(result)".utf8)
        let change: StoredChange =
            value == nil ? .put(key: key, value: text, expiry: nil) : .replace(key: key, value: text)
        return Decision(changes: [change], result: .number(Int(result)))
    }

    /// As Redis reads them: 64 bits, no leading zero or plus, nothing around.
    private static func integer(_ text: Bytes) -> Int64? {
        guard let number = Int64(String(decoding: text, as: UTF8.self)), text.elementsEqual("\(number)".utf8) else {
            return nil
        }
        return number
    }

    private func delete(_ key: Bytes, _ now: Int64) -> Decision {
        let isThere = entry(key, now) != nil
        return Decision(changes: entries[key] == nil ? [] : [.remove(key: key)], result: .flag(isThere))
    }

    private func removeElement(_ value: Bytes, from key: Bytes, _ now: Int64) throws(KeyValueError) -> Decision {
        guard let index = try list(key, now).firstIndex(of: value) else { return Decision(result: .flag(false)) }
        return Decision(changes: [.removeElement(list: key, index: index)], result: .flag(true))
    }

    private static func range(_ values: [Bytes], _ start: Int, _ stop: Int) -> [Bytes] {
        let first = max(0, start < 0 ? values.count + start : start)
        let last = min(values.count - 1, stop < 0 ? values.count + stop : stop)
        return first <= last ? Array(values[first...last]) : []
    }

    private func intersection(_ keys: [Bytes], _ now: Int64) throws(KeyValueError) -> [Bytes] {
        var sets: [Set<Bytes>] = []
        for key in keys { sets.append(try set(key, now, among: keys)) }
        sets.sort { $0.count < $1.count }
        guard let smallest = sets.first else { return [] }
        return smallest.filter { member in sets.dropFirst().allSatisfy { $0.contains(member) } }
    }

    private func union(_ keys: [Bytes], _ now: Int64) throws(KeyValueError) -> [Bytes] {
        var all: Set<Bytes> = []
        for key in keys { all.formUnion(try set(key, now, among: keys)) }
        return Array(all)
    }
}

extension KeyValueState.Entry {
    /// From the very millisecond on.
    func hasExpired(_ now: Int64) -> Bool { expiry.map { $0 <= now } ?? false }
}
