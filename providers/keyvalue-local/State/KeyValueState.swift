import KeyValueOperations

/// All that a store holds, and what an operation would do to it. A value: no file, no clock, no thread.
///
/// An operation is first decided, which changes nothing, then its changes are kept, and only then applied: so a change
/// that can't be kept has not happened.
struct KeyValueState {
    typealias Bytes = [UInt8]

    enum Content: Equatable {
        case string(Bytes)
        case list([Bytes])
        case set(Set<Bytes>)
    }

    struct Entry: Equatable {
        var content: Content
        /// Milliseconds since 1970; nil for never, as always with lists and sets.
        var expiry: Int64?
    }

    struct Decision: Equatable {
        var changes: [StoredChange] = []
        let result: KeyValueResult
    }

    private(set) var entries: [Bytes: Entry] = [:]
    /// Estimated, with what the containers cost.
    private(set) var bytesCount = 0
    /// How many entries will expire.
    private(set) var expiringCount = 0

    static let entryOverhead = 96
    static let elementOverhead = 40

    // MARK: Applying

    /// Takes any change: one that makes no sense, such as an index beyond the end, does nothing.
    mutating func apply(_ change: StoredChange) {
        switch change {
        case .put(let key, let value, let expiry):
            remove(key)
            add(key, Entry(content: .string(value), expiry: expiry))
        case .replace(let key, let value):
            let expiry = entries[key]?.expiry
            remove(key)
            add(key, Entry(content: .string(value), expiry: expiry))
        case .remove(let key): remove(key)
        case .append(let list, let value):
            withContent(of: list, or: .list([])) { content in
                guard case .list(var values) = content else { return 0 }
                // Else the array would be held twice, and copied.
                content = .list([])
                values.append(value)
                content = .list(values)
                return value.count + Self.elementOverhead
            }
        case .removeElement(let list, let index):
            withContent(of: list) { content in
                guard case .list(var values) = content, values.indices.contains(index) else { return 0 }
                content = .list([])
                let value = values.remove(at: index)
                content = .list(values)
                return -value.count - Self.elementOverhead
            }
        case .insert(let set, let member):
            withContent(of: set, or: .set([])) { content in
                guard case .set(var members) = content else { return 0 }
                content = .set([])
                let isNew = members.insert(member).inserted
                content = .set(members)
                return isNew ? member.count + Self.elementOverhead : 0
            }
        case .removeMember(let set, let member):
            withContent(of: set) { content in
                guard case .set(var members) = content else { return 0 }
                content = .set([])
                let wasThere = members.remove(member) != nil
                content = .set(members)
                return wasThere ? -member.count - Self.elementOverhead : 0
            }
        }
    }

    /// - Parameter body: returns by how many bytes the content has grown.
    private mutating func withContent(of key: Bytes, or new: Content? = nil, _ body: (inout Content) -> Int) {
        if entries[key] == nil {
            guard let new else { return }
            add(key, Entry(content: new, expiry: nil))
        }
        guard let index = entries.index(forKey: key) else { return }
        bytesCount += body(&entries.values[index].content)
        if entries.values[index].content.isEmpty { remove(key) }
    }

    private mutating func add(_ key: Bytes, _ entry: Entry) {
        bytesCount += key.count + Self.entryOverhead + entry.content.bytesCount
        if entry.expiry != nil { expiringCount += 1 }
        entries[key] = entry
    }

    private mutating func remove(_ key: Bytes) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        bytesCount -= key.count + Self.entryOverhead + entry.content.bytesCount
        if entry.expiry != nil { expiringCount -= 1 }
    }
}

extension KeyValueState.Content {
    var bytesCount: Int {
        switch self {
        case .string(let value): value.count
        case .list(let values): values.reduce(0) { $0 + $1.count + KeyValueState.elementOverhead }
        case .set(let members): members.reduce(0) { $0 + $1.count + KeyValueState.elementOverhead }
        }
    }

    /// Lists and sets end with their last element.
    var isEmpty: Bool {
        switch self {
        case .string: false
        case .list(let values): values.isEmpty
        case .set(let members): members.isEmpty
        }
    }
}
