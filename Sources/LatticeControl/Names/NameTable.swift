import LatticeIdentity

/// Names and keys of one kind. A name that is proven goes before one that somebody only says, so that nobody can take a name
/// away, or make it ambiguous, by answering on the bus.
struct NameTable<Role: NKeyRole>: Sendable {
    typealias Key = NKey<Role>

    private(set) var proven: [String: Set<Key>] = [:]
    private(set) var told: [String: Set<Key>] = [:]
    private(set) var keys: Set<Key> = []
    /// What each key is called, the best first.
    private var names: [Key: [String]] = [:]

    /// The beginning of a key counts from so many characters on.
    static var prefixMin: Int { 4 }

    mutating func add(_ key: Key, proven name: String?) {
        keys.insert(key)
        guard let name, !name.isEmpty, proven[name, default: []].insert(key).inserted else { return }
        names[key, default: []].append(name)
    }

    mutating func add(_ key: Key, told name: String?) {
        keys.insert(key)
        guard let name, !name.isEmpty, told[name, default: []].insert(key).inserted else { return }
        names[key, default: []].append(name)
    }

    /// A whole key, also one that nobody has heard of; a name; the beginning of a key.
    func key(_ text: String) throws(NameProblem) -> Key {
        if let key = try? AnyKey(text) {
            do { return try Key(key) } catch { throw .wrongKind(key, expected: Role.kind) }
        }
        for names in [proven, told] {
            guard let keys = names[text] else { continue }
            return try only(keys, text)
        }
        let beginning = text.uppercased()
        guard beginning.utf8.count >= Self.prefixMin, beginning.first == Role.kind.letter else {
            throw .unknown(text, Role.kind)
        }
        return try only(keys.filter { "\($0)".hasPrefix(beginning) }, text)
    }

    private func only(_ keys: Set<Key>, _ text: String) throws(NameProblem) -> Key {
        guard let key = keys.first else { throw .unknown(text, Role.kind) }
        guard keys.count == 1 else {
            throw .ambiguous(text, keys.sorted().map { .init(key: AnyKey($0), name: anyName(of: $0)) })
        }
        return key
    }

    private func anyName(of key: Key) -> String? { names[key]?.first }

    /// A name that stands for this key and for no other, in the sense of `key`; of several the one that was added first.
    func name(of key: Key) -> String? {
        names[key]?.first { Self.isTypable($0) && (try? self.key($0)) == key }
    }

    private static func isTypable(_ name: String) -> Bool {
        name.utf8.count <= 64 && !name.hasPrefix("-")
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
