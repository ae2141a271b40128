import LatticeIdentity
import WasmRuntime

/// One function as the engine sees it: its instructions beside the internal code.
struct CodeReport: Report {
    let listing: CodeListing
    let index: Int

    /// - Parameter name: a function's name, or its index with imports first.
    init(_ bytes: [UInt8], file: String, function name: String) throws(CLIError) {
        let module: Module
        do throws(ModuleError) { module = try Module(bytes) } catch {
            throw CLIError(.refused, "\(file): the engine cannot run it: \(error)")
        }
        guard let index = Int(name) ?? module.functionIndex(named: name) else {
            throw CLIError(
                .wrongUsage, "\(file) has no function '\(name)'; it exports \(Self.exports(of: module))")
        }
        guard let listing = module.listing(ofFunction: index) else {
            throw CLIError(.wrongUsage, "\(file) has no code of a function '\(name)': it is imported, or not there")
        }
        (self.listing, self.index) = (listing, index)
    }

    private static func exports(of module: Module) -> String {
        let names = module.exports.compactMap { export in
            if case .function = export.type { export.name } else { nil }
        }
        if names.isEmpty { return "none" }
        return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }

    var json: JSONValue {
        [
            "function": .number(JSONNumber(index)), "name": listing.name.map(JSONValue.string) ?? .null,
            "type": .string("\(listing.type)"),
            "code": .array(
                listing.lines.map { line in
                    [
                        "offset": .number(JSONNumber(line.offset)), "instruction": .string(line.instruction),
                        "operations": .array(line.operations.map(JSONValue.string)),
                    ]
                }),
        ]
    }

    func text(style: TextStyle) -> String {
        let indents = listing.lines.map { String(repeating: "  ", count: min($0.depth, Self.depthMax)) }
        let left = zip(indents, listing.lines).map { $0 + $1.instruction }
        let width = min(left.map(\.count).max() ?? 0, Self.widthMax)
        var text = style.bold("function \(index) \(listing.name ?? "") \(listing.type)") + "\n"
        for (line, instruction) in zip(listing.lines, left) {
            let offset = String(line.offset, radix: 16)
            let place = String(repeating: " ", count: max(0, 7 - offset.count)) + offset
            let gap = String(repeating: " ", count: max(0, width - instruction.count))
            let beside = line.operations.first.map { gap + "   " + $0 } ?? ""
            text += "\(place)  \(instruction)\(beside)\n"
            for operation in line.operations.dropFirst() {
                text += String(repeating: " ", count: 9 + width + 3) + operation + "\n"
            }
        }
        return text
    }

    /// Deeper and wider than this, columns would leave the screen.
    private static let depthMax = 12
    private static let widthMax = 44
}
