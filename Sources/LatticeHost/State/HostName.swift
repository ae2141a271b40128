import LatticeIdentity

/// What people call a host: as its configuration says, or made up at the first start and kept in the state folder.
public enum HostName {
    private static let fileName = "name"

    public static func kept(in folder: StateFolder) throws(FileError) -> String {
        let path = try folder.file(fileName)
        if let bytes = try BoundedFile.read(path, bytesMax: 256) {
            let name = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
            if !name.isEmpty { return name }
        }
        let name = makeUp()
        try AtomicFile.write(Array("\(name)\n".utf8), to: path, mode: 0o600)
        return name
    }

    /// Such as `quiet-otter-4711`: two words that people can say, and a number, so that two hosts rarely meet in one name.
    static func makeUp() -> String {
        "\(adjectives.randomElement() ?? "")-\(nouns.randomElement() ?? "")-\(Int.random(in: 1_000...9_999))"
    }

    private static let adjectives = [
        "amber", "bold", "brave", "bright", "calm", "clever", "crisp", "dapper", "eager", "early", "fair", "fleet",
        "gentle", "golden", "happy", "humble", "jolly", "keen", "kind", "lively", "lucky", "mellow", "merry", "misty",
        "nimble", "noble", "patient", "plucky", "proud", "quick", "quiet", "rapid", "ready", "shiny", "silent", "smart",
        "snowy", "solid", "spry", "steady", "sunny", "swift", "tidy", "vivid", "warm", "wise", "witty", "young",
    ]
    private static let nouns = [
        "badger", "beaver", "birch", "brook", "cedar", "comet", "condor", "coral", "crane", "dolphin", "eagle",
        "falcon",
        "fern", "finch", "fox", "glacier", "harbor", "hare", "heron", "island", "ivy", "jackal", "kestrel", "lagoon",
        "lark", "lynx", "maple", "marten", "meadow", "mole", "moose", "oak", "orca", "osprey", "otter", "owl", "panda",
        "pebble", "pine", "puffin", "raven", "reef", "robin", "salmon", "seal", "spruce", "stork", "swan", "tern",
        "thrush", "trout", "walnut", "willow", "wren",
    ]
}
