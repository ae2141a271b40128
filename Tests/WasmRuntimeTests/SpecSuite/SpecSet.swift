import Testing

/// The files of the suite whose valid modules need one feature.
struct SpecSet {
    struct File: CustomTestStringConvertible, Sendable {
        let set: String
        let path: String
        /// Files of the set.
        let count: Int

        var testDescription: String { "\(set) \(path)" }
    }

    let name: String

    static let version3 = ["extended-const", "tail-call", "multi-memory", "memory64", "exceptions", "relaxed-simd"]
        .map { SpecSet(name: "feature-\($0)") }

    var files: [File] {
        let paths = SpecSuite.files(name)
        return paths.map { File(set: name, path: $0, count: paths.count) }
    }
}

/// What of a file cannot pass yet because it needs another feature, which the engine does not have: the lines that
/// begin with such a module. Every other command has to pass, and not all of these may.
enum SpecGaps {
    /// References to types of the module, references that cannot be null, and types of garbage collection.
    private static let typedReferences: [String: [ClosedRange<Int>]] = [
        "json/elem/elem.json": [
            87...87, 315...330, 448...453, 465...470, 482...487, 499...504, 539...544, 556...561, 573...578,
        ],
        "json/ref_null/ref_null.json": [1...20, 23...81],
        "json/table_init64/table_init64.json": [2457...2471],
        "json/tag/tag.json": [30...49],
        "json/try_table/try_table.json": [420...468],
    ]

    static func lines(_ path: String) -> [ClosedRange<Int>] { typedReferences[path] ?? [] }
}
