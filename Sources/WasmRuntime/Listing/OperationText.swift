import CWasmCore

/// Internal operations as text. What an operand means follows from the letters of the operation's form; see
/// WasmOperations.h.
enum OperationText {
    /// The operations of a function, by the offset of the instruction that they came from.
    static func bySource(_ code: ModuleCode, _ function: Int) -> [Int: [String]] {
        var translator = Translator(code)
        let (result, trace) = translator.trace(function)
        defer { result.words.deallocate() }
        var texts: [Int: [String]] = [:]
        for (index, entry) in trace.enumerated() where entry.position >= result.entry {
            let end = index + 1 < trace.count ? trace[index + 1].firstWord : result.words.count
            let words = result.words[min(entry.position + 1, end)..<end]
            let shown = Array(words.prefix(wordsMax))
            let text = text(entry.operation, shown) { word in
                let target = entry.position + 1 + word + Int(CodeBuffer.immediate(shown[word])) / 8
                return source(ofOperationAt: target, in: trace)
            }
            texts[entry.source, default: []].append(entry.isSecondOfPair ? "+ \(text)" : text)
        }
        return texts
    }

    /// The source of the first operation at a position or behind it. Positions grow: found by halving.
    private static func source(ofOperationAt position: Int, in trace: [CodeBuffer.TraceEntry]) -> Int? {
        var (low, high) = (0, trace.count)
        while low < high {
            let middle = (low + high) / 2
            if trace[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low < trace.count ? trace[low].source : nil
    }

    /// No operation but a branch by a table has more, and constants stand behind the last one.
    private static let wordsMax = 3

    /// - Parameter source: the source offset of what a branch goes to, by the index of its word.
    private static func text(_ operation: UInt16, _ words: [UInt64], source: (_ word: Int) -> Int?) -> String {
        let name = String(cString: wasm_core_operation_name(operation))
        var parts = name.split(separator: "_")
        let keeps = parts.last == "B"
        guard let first = words.first else { return name }
        if let operands = branch(name, parts, words, source) { return "\(name)  \(operands)" }
        if parts.last == "T" || keeps {
            parts.removeLast()
            let operands = operands(parts.last ?? "", words)
            return "\(name)  \(keeps ? "s\(CodeBuffer.a(first)) ← " : "")\(operands)"
        }
        return "\(name)  \(fields(first))"
    }

    /// What a branch looks at, where it goes to, and the fuel that it takes on its way. The word with the last two is the
    /// second, unless there is nothing to look at.
    private static func branch(
        _ name: String, _ parts: [Substring], _ words: [UInt64], _ source: (_ word: Int) -> Int?
    ) -> String? {
        guard parts.contains("br"), parts.dropFirst().first != "table" else { return nil }
        let word = name == "br" ? 0 : 1
        guard word < words.count, let target = source(word) else { return nil }
        let way = "→ \(String(target, radix: 16)), fuel \(Int16(truncatingIfNeeded: CodeBuffer.b(words[word])))"
        if word == 0 { return way }
        let looked = parts.first == "br" ? operands(parts.last ?? "", words) : fields(words[0])
        return "\(looked) \(way)"
    }

    /// The operands of a form that gives a result: its first in field b, its second in field c or the immediate.
    private static func operands(_ form: Substring, _ words: [UInt64]) -> String {
        let first = words[0]
        var slots = [CodeBuffer.b(first), CodeBuffer.c(first)].makeIterator()
        let immediate = CodeBuffer.immediate(first)
        switch form {
        case "X" where words.count > 1:
            return "s\(CodeBuffer.b(first)) + #\(CodeBuffer.immediate(words[1])) + \(UInt32(bitPattern: immediate))"
        case "S" where immediate != 0: return "s\(CodeBuffer.b(first)) + \(UInt32(bitPattern: immediate))"
        case "A" where immediate != 0: return "acc + \(UInt32(bitPattern: immediate))"
        case "C": return "#\(UInt32(bitPattern: immediate))"
        default: break
        }
        guard form.allSatisfy({ "SAI".contains($0) }), form.count < 3 else { return fields(first) }
        if form.first == "A" { _ = slots.next() }
        return form.map { letter in
            switch letter {
            case "S": "s\(slots.next() ?? 0)"
            case "A": "acc"
            default: "#\(immediate)"
            }
        }.joined(separator: ", ")
    }

    /// The fields of an operand word as they are, without zeros at the end.
    private static func fields(_ word: UInt64) -> String {
        let upper = CodeBuffer.immediate(word)
        var fields = [CodeBuffer.a(word), CodeBuffer.b(word)]
        fields += upper < 0 || upper > 0xFFFF ? [Int(upper)] : [CodeBuffer.c(word), Int(word >> 48)]
        while let last = fields.last, last == 0 { fields.removeLast() }
        return fields.map(String.init).joined(separator: " ")
    }
}
