import CWasmCore

/// A function's instructions beside the internal code that they became: for people who look at what runs.
public struct CodeListing: Sendable {
    /// An instruction of the source with what the translator made of it. Many instructions become nothing of their own:
    /// whoever needs their value reads it in place, or does their work along with its own.
    public struct Line: Sendable {
        /// Of the instruction, in bytes from the start of the module.
        public let offset: Int
        /// Blocks that are open around it.
        public let depth: Int
        /// As the text format spells it.
        public let instruction: String
        /// Name and operands of each: `s3` is slot 3 of the frame, `acc` and `facc` are the accumulators, `#7` is a constant.
        /// One with a `+` in front is done by the handler of the operation before it.
        public let operations: [String]
    }

    /// What the module's name section, else an export, calls it.
    public let name: String?
    public let type: FunctionType
    public let lines: [Line]
}

extension Module {
    /// - Parameter function: in the function index space, imports first.
    /// - Returns: nil if the module has no such function of its own.
    public func listing(ofFunction function: Int) -> CodeListing? {
        let contents = code.contents
        let index = function - contents.importedFunctionCount
        guard contents.bodies.indices.contains(index) else { return nil }
        let operations = OperationText.bySource(code, function)
        let body = contents.bodies[index]
        var reader = InstructionReader(CodeReader(code.bytes, at: body.lowerBound))
        reader.skipLocals()
        var lines: [CodeListing.Line] = []
        // What stands before the first instruction enters the function.
        var above = operations[body.lowerBound] ?? []
        while reader.position < body.upperBound {
            let offset = reader.position
            let (depth, text) = reader.next()
            lines.append(
                CodeListing.Line(
                    offset: offset, depth: depth, instruction: text, operations: above + (operations[offset] ?? [])))
            above = []
        }
        return CodeListing(name: functionName(function), type: contents.type(ofFunction: function), lines: lines)
    }

    /// The index of a function by its name in the name section or among the exports; the first of several.
    public func functionIndex(named name: String) -> Int? {
        (0..<code.contents.functions.count).first { functionName($0) == name }
            ?? code.contents.exports.first { $0.kind == .function && $0.name == name }?.index
    }
}
