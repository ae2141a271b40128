/// What may be done with a descriptor. Rights can be given up and never come back.
/// - Source: wasi_snapshot_preview1.witx, `$rights`.
struct Rights: OptionSet, Hashable {
    let rawValue: UInt64

    static let fdDatasync = Rights(rawValue: 1 << 0)
    static let fdRead = Rights(rawValue: 1 << 1)
    static let fdSeek = Rights(rawValue: 1 << 2)
    static let fdStatSetFlags = Rights(rawValue: 1 << 3)
    static let fdSync = Rights(rawValue: 1 << 4)
    static let fdTell = Rights(rawValue: 1 << 5)
    static let fdWrite = Rights(rawValue: 1 << 6)
    static let fdAdvise = Rights(rawValue: 1 << 7)
    static let fdAllocate = Rights(rawValue: 1 << 8)
    static let pathCreateDirectory = Rights(rawValue: 1 << 9)
    static let pathCreateFile = Rights(rawValue: 1 << 10)
    static let pathLinkSource = Rights(rawValue: 1 << 11)
    static let pathLinkTarget = Rights(rawValue: 1 << 12)
    static let pathOpen = Rights(rawValue: 1 << 13)
    static let fdReadDirectory = Rights(rawValue: 1 << 14)
    static let pathReadLink = Rights(rawValue: 1 << 15)
    static let pathRenameSource = Rights(rawValue: 1 << 16)
    static let pathRenameTarget = Rights(rawValue: 1 << 17)
    static let pathFilestatGet = Rights(rawValue: 1 << 18)
    static let pathFilestatSetSize = Rights(rawValue: 1 << 19)
    static let pathFilestatSetTimes = Rights(rawValue: 1 << 20)
    static let fdFilestatGet = Rights(rawValue: 1 << 21)
    static let fdFilestatSetSize = Rights(rawValue: 1 << 22)
    static let fdFilestatSetTimes = Rights(rawValue: 1 << 23)
    static let pathSymlink = Rights(rawValue: 1 << 24)
    static let pathRemoveDirectory = Rights(rawValue: 1 << 25)
    static let pathUnlinkFile = Rights(rawValue: 1 << 26)
    static let pollReadWrite = Rights(rawValue: 1 << 27)
    static let socketShutdown = Rights(rawValue: 1 << 28)
    static let socketAccept = Rights(rawValue: 1 << 29)
}

extension Rights {
    private static let paths: Rights = [
        .pathCreateDirectory, .pathCreateFile, .pathLinkSource, .pathLinkTarget, .pathOpen, .pathReadLink,
        .pathRenameSource, .pathRenameTarget, .pathFilestatGet, .pathFilestatSetSize, .pathFilestatSetTimes,
        .pathSymlink, .pathRemoveDirectory, .pathUnlinkFile,
    ]

    /// What makes sense on a directory itself.
    static let directory: Rights = paths.union([
        .fdStatSetFlags, .fdSync, .fdDatasync, .fdReadDirectory, .fdFilestatGet, .fdFilestatSetTimes, .pollReadWrite,
    ])

    /// What makes sense on a file with a position.
    static let file: Rights = [
        .fdDatasync, .fdRead, .fdSeek, .fdStatSetFlags, .fdSync, .fdTell, .fdWrite, .fdAdvise, .fdAllocate,
        .fdFilestatGet, .fdFilestatSetSize, .fdFilestatSetTimes, .pollReadWrite,
    ]

    /// What makes sense where bytes only flow: terminals, pipes, what the host keeps in memory. Guests take a character
    /// device without the right to seek for a terminal.
    static let stream: Rights = [
        .fdDatasync, .fdRead, .fdStatSetFlags, .fdSync, .fdWrite, .fdFilestatGet, .pollReadWrite,
    ]

    static let socket: Rights = stream.union([.socketShutdown, .socketAccept])

    static let all: Rights = file.union(directory).union(socket)

    /// Everything that changes what lies on the host's disk.
    static let changing: Rights = [
        .fdWrite, .fdAllocate, .fdFilestatSetSize, .fdFilestatSetTimes, .pathCreateDirectory, .pathCreateFile,
        .pathLinkSource, .pathLinkTarget, .pathRenameSource, .pathRenameTarget, .pathFilestatSetSize,
        .pathFilestatSetTimes, .pathSymlink, .pathRemoveDirectory, .pathUnlinkFile,
    ]

    static func applicable(to type: FileType, isTerminal: Bool) -> Rights {
        switch type {
        case .directory: .directory
        case .regularFile, .blockDevice: .file
        case .characterDevice: isTerminal ? .stream : .file
        case .socketDatagram, .socketStream: .socket
        case .unknown, .symbolicLink: .stream
        }
    }
}
