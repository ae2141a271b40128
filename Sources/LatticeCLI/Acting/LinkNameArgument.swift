import ArgumentParser
import LatticeProtocol

/// `--link-name`
struct LinkNameOption: ParsableArguments {
    @Option(
        name: .customLong("link-name"),
        help: ArgumentHelp("Tells several links of one actor to one contract apart.", valueName: "name"),
        transform: LinkNameArgument.parse)
    var link = LinkName.default
}

enum LinkNameArgument {
    static func parse(_ text: String) throws -> LinkName {
        do { return try LinkName(text) } catch { throw ArgumentProblem("\(error)") }
    }
}
