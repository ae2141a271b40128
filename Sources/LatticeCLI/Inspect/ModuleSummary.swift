import LatticeIdentity
import WasmRuntime

/// What a module is, as far as the engine sees it: the engine's part of `lattice inspect`.
struct ModuleSummary: Equatable {
    struct Import: Equatable {
        let module: String
        let name: String
        /// `func`, `table`, `memory` or `global`.
        let kind: String
        let type: String
    }

    struct Export: Equatable {
        let name: String
        let kind: String
        let type: String
    }

    struct CustomSection: Equatable {
        let name: String
        let bytes: Int
    }

    let bytes: Int
    /// Functions that it defines itself.
    let functions: Int
    let imports: [Import]
    let exports: [Export]
    let customSections: [CustomSection]

    init(_ module: Module) {
        bytes = module.bytesCount
        functions = module.functionCount
        imports = module.imports.map { item in
            let (kind, type) = Self.words(item.type)
            return Import(module: item.module, name: item.name, kind: kind, type: type)
        }
        exports = module.exports.map { item in
            let (kind, type) = Self.words(item.type)
            return Export(name: item.name, kind: kind, type: type)
        }
        customSections = module.customSections.map { CustomSection(name: $0.name, bytes: $0.bytesCount) }
    }

    /// The members of its JSON form, in order.
    var json: [(key: String, value: JSONValue)] {
        [
            ("bytes", .number(JSONNumber(bytes))), ("functions", .number(JSONNumber(functions))),
            (
                "imports",
                .array(
                    imports.map {
                        [
                            "module": .string($0.module), "name": .string($0.name), "kind": .string($0.kind),
                            "type": .string($0.type),
                        ]
                    })
            ),
            (
                "exports",
                .array(
                    exports.map { ["name": .string($0.name), "kind": .string($0.kind), "type": .string($0.type)] })
            ),
            (
                "custom_sections",
                .array(customSections.map { ["name": .string($0.name), "bytes": .number(JSONNumber($0.bytes))] })
            ),
        ]
    }

    /// The kind, and the type without it.
    private static func words(_ type: ExternalType) -> (String, String) {
        let text = type.description
        let kind = text.prefix { $0 != " " }
        return (String(kind), String(text.dropFirst(kind.count + 1)))
    }

    /// For people: names under the module they are imported from.
    var text: String {
        var text = "size      \(bytes) bytes, \(functions) functions of its own\n"
        text += Self.list("imports", imports.map { ("\($0.module).\($0.name)", "\($0.kind) \($0.type)") })
        text += Self.list("exports", exports.map { ($0.name, "\($0.kind) \($0.type)") })
        text += Self.list("custom", customSections.map { ($0.name, "\($0.bytes) bytes") })
        return text
    }

    private static func list(_ title: String, _ items: [(String, String)]) -> String {
        guard !items.isEmpty else { return "\(title.padded(10))none\n" }
        let width = items.map(\.0.count).max() ?? 0
        return items.enumerated().map { index, item in
            "\((index == 0 ? title : "").padded(10))\(item.0.padded(width))  \(item.1)\n"
        }.joined()
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
