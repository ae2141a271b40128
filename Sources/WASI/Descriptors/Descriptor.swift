import Glibc

/// An open descriptor of a guest.
final class Descriptor {
    enum Resource {
        /// A file, terminal, pipe or socket.
        case file(HostFile)
        case directory(HostFile)
        case source(ByteSource)
        case sink(any ByteSink)
    }

    let resource: Resource
    let type: FileType
    private(set) var base: Rights
    private(set) var inheriting: Rights
    var flags: DescriptorFlags
    /// Set for a directory that was open from the beginning.
    let guestName: String?

    init(
        _ resource: Resource, type: FileType, base: Rights, inheriting: Rights = [], flags: DescriptorFlags = [],
        guestName: String? = nil
    ) {
        self.resource = resource
        self.type = type
        self.base = base
        self.inheriting = inheriting
        self.flags = flags
        self.guestName = guestName
    }

    /// Rights that are not there already are refused.
    func setRights(base: Rights, inheriting: Rights) throws(WASIErrno) {
        guard self.base.isSuperset(of: base), self.inheriting.isSuperset(of: inheriting) else { throw .notcapable }
        self.base = base
        self.inheriting = inheriting
    }

    func require(_ rights: Rights) throws(WASIErrno) {
        guard base.isSuperset(of: rights) else { throw .notcapable }
    }

    /// Whether reads and writes can wait for somebody else.
    var canBlock: Bool {
        switch type {
        case .regularFile, .directory, .blockDevice, .symbolicLink: false
        case .unknown, .characterDevice, .socketDatagram, .socketStream: true
        }
    }

    /// The host's file, of any kind.
    var hostFile: HostFile? {
        switch resource {
        case .file(let file), .directory(let file): file
        case .source, .sink: nil
        }
    }
}

extension Descriptor {
    static func preopen(_ directory: PreopenedDirectory) -> Descriptor {
        let rights = directory.rights
        return Descriptor(
            .directory(directory.file), type: .directory, base: rights.base, inheriting: rights.inheriting,
            guestName: directory.guestName)
    }

    static func input(_ input: StandardInput) -> Descriptor? {
        switch input {
        case .bytes(let bytes): Descriptor(.source(ByteSource(bytes)), type: .unknown, base: .stream)
        case .descriptor(let number): borrowed(number, without: .fdWrite)
        }
    }

    static func output(_ output: StandardOutput) -> Descriptor? {
        switch output {
        case .sink(let sink): Descriptor(.sink(sink), type: .unknown, base: .stream)
        case .descriptor(let number): borrowed(number, without: .fdRead)
        }
    }

    /// A file is lent to be read and written. Cutting it, growing it or changing its times is up to whoever opened it:
    /// what a log already holds outlives the guest that is appended to it.
    /// - Returns: nil if the host has no such descriptor open.
    static func borrowed(_ number: Int32, without missing: Rights = []) -> Descriptor? {
        let file = HostFile(borrowing: number)
        guard let type = try? file.type() else { return nil }
        let rights = Rights.applicable(to: type, isTerminal: isatty(number) == 1)
            .subtracting([.fdFilestatSetSize, .fdAllocate, .fdFilestatSetTimes]).subtracting(missing)
        let flags = DescriptorFlags(host: fcntl(number, F_GETFL))
        return Descriptor(.file(file), type: type, base: rights, flags: flags)
    }
}
