extension KeyValueState {
    /// Changes that make this state out of nothing.
    func snapshot(now: Int64) -> some Sequence<StoredChange> {
        entries.lazy.filter { !$0.value.hasExpired(now) }.flatMap { key, entry -> [StoredChange] in
            switch entry.content {
            case .string(let value): [.put(key: key, value: value, expiry: entry.expiry)]
            case .list(let values): values.map { .append(list: key, value: $0) }
            case .set(let members): members.map { .insert(set: key, member: $0) }
            }
        }
    }
}

extension StoredChange {
    /// About, in the log.
    var bytesCount: Int {
        switch self {
        case .put(let key, let value, _), .replace(let key, let value), .append(let key, let value),
            .insert(let key, let value), .removeMember(let key, let value):
            key.count + value.count + 20
        case .remove(let key), .removeElement(let key, _): key.count + 16
        }
    }
}
