/// How a command ends. The numbers are part of what scripts rely on.
enum ExitStatus: Int32 {
    case done = 0
    case refused = 1
    case wrongUsage = 2
    case nobodyReachable = 3
    case timedOut = 4
}

/// What a person reads when a command fails: one line with what and why, and the command that mends it, if there is one.
struct CLIError: Error, Equatable {
    let status: ExitStatus
    let message: String
    /// Complete, ready to paste; begins with `lattice ` where it is one of ours.
    let fix: String?

    init(_ status: ExitStatus, _ message: String, fix: String? = nil) {
        self.status = status
        self.message = message
        self.fix = fix
    }

    /// The lines for standard error.
    /// - Parameter program: what to type for `lattice`.
    func text(program: String, style: TextStyle) -> String {
        let sentence = message.split(whereSeparator: \.isNewline).joined(separator: " ").printable
        var text = "\(style.red("lattice:")) \(sentence)\n"
        if let fix {
            let command = fix.hasPrefix("lattice ") ? program + fix.dropFirst("lattice".count) : fix
            text += "\(style.bold("fix:")) \(command)\n"
        }
        return text
    }
}

/// One word of a command line that a shell reads as it stands here.
func shellWord(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-:=@,+".utf8.contains(byte)
        }
    }
    if plain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
