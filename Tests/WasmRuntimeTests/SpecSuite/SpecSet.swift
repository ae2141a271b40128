import Testing

/// The files of the suite whose valid modules need one feature, and those of them that need another one which the
/// engine does not have yet.
struct SpecSet {
    struct File: CustomTestStringConvertible, Sendable {
        let set: String
        let path: String
        /// Files of the set that can be run.
        let count: Int

        var testDescription: String { "\(set) \(path)" }
    }

    let name: String
    /// Why a file cannot pass yet.
    let reasons: [String: String]

    static let version3 = [
        SpecSet(name: "feature-relaxed-simd", reasons: [:]),
        SpecSet(name: "feature-extended-const", reasons: references(["elem", "global"])),
        SpecSet(name: "feature-tail-call", reasons: ["json/try_table/try_table.json": "exceptions"]),
        SpecSet(name: "feature-multi-memory", reasons: references(["instance"])),
        SpecSet(name: "feature-memory64", reasons: references(["table_init64"])),
    ]

    /// Files with types that are references to a type of the module, or of garbage collection.
    private static func references(_ names: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: names.map { ("json/\($0)/\($0).json", "typed references") })
    }

    private var paths: [String] { SpecSuite.files(name) }

    var files: [File] {
        let paths = paths.filter { reasons[$0] == nil }
        return paths.map { File(set: name, path: $0, count: paths.count) }
    }

    var unready: [File] { paths.filter { reasons[$0] != nil }.map { File(set: name, path: $0, count: 0) } }
}
