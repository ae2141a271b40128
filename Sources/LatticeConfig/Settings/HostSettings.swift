/// One host: where its state is, what it is called and how much it takes on.
public struct HostSettings: Hashable, Sendable {
    /// What guests together may occupy.
    public enum GuestMemory: Hashable, Sendable {
        case halfOfMachine
        case size(ByteSize)
    }

    /// Nil for the folder `host` in the state folder of the user.
    public var stateFolder: String?
    /// Nil for one made up at the first start and kept.
    public var name: String?
    public var labels: [String: String]
    public var heartbeat: Duration
    /// Whether what ran before is started again.
    public var restore: Bool
    public var actorsMax: Int
    public var guestMemoryMax: GuestMemory

    public init(_ configuration: Configuration) {
        var section = configuration.section("host")
        stateFolder = section.text("state_dir", wanted: "the path of a folder")
        let name = section.name("name", default: "")
        self.name = name.isEmpty ? nil : name
        labels = section.map("labels")
        heartbeat = section.seconds("heartbeat_seconds", default: 30, in: 1...300)
        restore = section.flag("restore", default: true)
        actorsMax = section.integer("actors_max", default: 500, in: 1...100_000)
        let wanted = "'half' or a size such as '4 GiB'"
        guestMemoryMax = section.value("guest_memory_max", default: .halfOfMachine, wanted: wanted) { text in
            text == "half" ? .halfOfMachine : ByteSize(text).flatMap { $0.bytesCount > 0 ? .size($0) : nil }
        }
        section.rejectUnknownKeys()
    }
}
