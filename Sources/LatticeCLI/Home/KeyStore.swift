import LatticeIdentity

/// A person's keys: one file `NAME.KIND.nk` each, holding the seed. A name may stand for one key of each kind.
struct KeyStore: Equatable {
    let folder: String

    /// A key by its name; the seed stays in its file.
    struct Entry: Hashable {
        let name: KeyName
        let kind: NKeyKind
        let path: String
    }

    private static let suffix = ".nk"

    func path(_ name: KeyName, _ kind: NKeyKind) -> String { "\(folder)/\(name.fileStem).\(kind.name)\(Self.suffix)" }

    /// All keys of one kind, or of every kind, by kind and name. Files with other names are none of ours.
    func entries(_ kind: NKeyKind? = nil) throws(CLIError) -> [Entry] {
        let files: [String]
        do { files = try PrivateFolder.names(in: folder) } catch { throw CLIError(.refused, "\(error)") }
        let entries = files.compactMap { file -> Entry? in
            guard file.hasSuffix(Self.suffix) else { return nil }
            let parts = file.dropLast(Self.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let name = KeyName(fileStem: parts[0]), let kind = NKeyKind(name: parts[1]) else {
                return nil
            }
            return Entry(name: name, kind: kind, path: "\(folder)/\(file)")
        }
        return entries.filter { kind == nil || $0.kind == kind }
            .sorted { ($0.kind.name, $0.name) < ($1.kind.name, $1.name) }
    }

    func load(_ entry: Entry) throws(CLIError) -> AnyKeyPair {
        let pair: AnyKeyPair
        do { pair = try KeyFile.read(entry.path) } catch { throw CLIError(keyFile: error) }
        guard pair.publicKey.kind == entry.kind else {
            throw CLIError(.refused, "'\(entry.path)' holds a key of kind \(pair.publicKey.kind.name)")
        }
        return pair
    }

    /// Keeps a pair under a name that is still free for its kind.
    /// - Parameter fixIfTaken: the command that takes another name.
    func keep(_ pair: AnyKeyPair, as name: KeyName, fixIfTaken: String) throws(CLIError) -> Entry {
        let kind = pair.publicKey.kind
        let path = path(name, kind)
        do throws(FileError) { try PrivateFolder.create(folder) } catch { throw CLIError(.refused, "\(error)") }
        do throws(KeyFileError) { try KeyFile.create(path, pair) } catch {
            guard case .exists = error else { throw CLIError(keyFile: error) }
            throw CLIError(
                .refused, "there is a key of kind \(kind.name) named '\(name)' already: \(path)",
                fix: fixIfTaken)
        }
        return Entry(name: name, kind: kind, path: path)
    }

    /// The key of this name, made now if there is none.
    func pair(_ name: KeyName, creating kind: NKeyKind) throws(CLIError) -> (AnyKeyPair, isNew: Bool) {
        let entry = Entry(name: name, kind: kind, path: path(name, kind))
        if try entries(kind).contains(entry) { return (try load(entry), false) }
        let pair = AnyKeyPair.generate(kind)
        do throws(CLIError) {
            _ = try keep(pair, as: name, fixIfTaken: "lattice keys list")
            return (pair, true)
        } catch {
            // Somebody else may have been quicker.
            guard try entries(kind).contains(entry) else { throw error }
            return (try load(entry), false)
        }
    }

    /// The one key that a person means: by name, by public key, or by an unambiguous beginning of it (4 characters or
    /// more). A name goes before a beginning.
    func find(_ reference: String, _ kind: NKeyKind? = nil) throws(CLIError) -> (Entry, AnyKeyPair) {
        let entries = try entries(kind)
        let named = entries.filter { $0.name.description == reference }
        let matches: [Entry]
        if named.isEmpty, reference.count >= 4 {
            var found: [Entry] = []
            for entry in entries where "\(try load(entry).publicKey)".hasPrefix(reference.uppercased()) {
                found.append(entry)
            }
            matches = found
        } else {
            matches = named
        }
        let word = kind.map { "key of kind \($0.name)" } ?? "key"
        guard let match = matches.first else {
            throw CLIError(.refused, "no \(word) in \(folder) is called '\(reference)'", fix: "lattice keys list")
        }
        guard matches.count == 1 else {
            let kinds = matches.map { "\($0.name) (\($0.kind.name))" }.joined(separator: ", ")
            throw CLIError(
                .refused, "'\(reference)' stands for several keys: \(kinds)",
                fix: "lattice keys show \(shellWord(match.name.description)) --kind \(match.kind.name)")
        }
        return (match, try load(match))
    }

    /// The only key of a kind, for options that may be left out.
    /// - Parameter option: the option that would have named it.
    func only(_ kind: NKeyKind, option: String) throws(CLIError) -> AnyKeyPair {
        let entries = try entries(kind)
        guard let entry = entries.first else {
            throw CLIError(
                .refused, "there is no \(kind.name) key in \(folder) to sign with",
                fix: "lattice keys new \(kind.name)")
        }
        guard entries.count == 1 else {
            let names = entries.map(\.name.description).joined(separator: ", ")
            throw CLIError(
                .wrongUsage, "there are several \(kind.name) keys (\(names)): say which one with \(option)",
                fix: "lattice keys list")
        }
        return try load(entry)
    }
}

extension CLIError {
    /// A seed that could not be read or kept.
    init(keyFile error: KeyFileError) {
        switch error {
        case .exposed(let path, _): self.init(.refused, "\(error)", fix: "chmod 600 \(shellWord(path))")
        case .file, .notASeed, .exists: self.init(.refused, "\(error)")
        }
    }
}
