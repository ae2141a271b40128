import LatticeIdentity
import LatticeProtocol

/// A no, or a failure, that somebody has to understand: a word for programs, a sentence for people, and what a remedy is
/// built of. What is missing is named, and keys are never shortened.
public struct Refusal: Error, Hashable, Sendable {
    public var code: RefusalCode
    /// Without a full stop. From another machine it is only shown, never acted on.
    public var sentence: String
    /// The call that it was about.
    public var call: InvocationID?
    public var facts: RefusalFacts

    public init(_ code: RefusalCode, _ sentence: String, call: InvocationID? = nil, _ facts: RefusalFacts = .init()) {
        self.code = code
        self.sentence = sentence
        self.call = call
        self.facts = facts
    }

    /// The same, as part of a call.
    public func of(_ call: InvocationID) -> Refusal {
        var refusal = self
        refusal.call = call
        return refusal
    }
}

extension Refusal: CustomStringConvertible {
    /// `denied: SENTENCE [CODE, call ID]` or `failed: …`; without a call `[CODE]`.
    public var description: String {
        "\(code.kind.rawValue): \(sentence) [\(code.rawValue)\(call.map { ", call \($0)" } ?? "")]"
    }

    /// Reads the text form, as it came back through an actor or a reply: kind, code and call have to fit together. The
    /// facts are lost. Nil for any other text.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.last == UInt8(ascii: "]"), let open = bytes.lastIndex(of: UInt8(ascii: "[")), open > 0,
            bytes[open - 1] == UInt8(ascii: " "), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            colon + 2 < open, bytes[colon + 1] == UInt8(ascii: " ")
        else { return nil }
        let tag = String(decoding: bytes[(open + 1)..<(bytes.count - 1)], as: UTF8.self)
        let parts = tag.split(separator: ", call ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let code = RefusalCode(rawValue: first),
            bytes[..<colon].elementsEqual(code.kind.rawValue.utf8)
        else { return nil }
        self.init(code, String(decoding: bytes[(colon + 2)..<(open - 1)], as: UTF8.self))
        guard parts.count == 2 else { return }
        guard let id = try? InvocationID(parts[1]) else { return nil }
        call = id
    }
}

extension Refusal {
    /// As it travels in acks, events and answers.
    public func report(time: WallTime? = nil, host: HostKey? = nil) -> RefusalReport {
        RefusalReport(
            code: code.rawValue, sentence: sentence, call: call?.text, facts: facts.texts, time: time, host: host)
    }

    /// Nil for codes that are not known here.
    public init?(_ report: RefusalReport) {
        guard let code = RefusalCode(rawValue: report.code) else { return nil }
        self.init(
            code, report.sentence, call: report.call.flatMap { try? InvocationID($0) },
            RefusalFacts(texts: report.facts))
    }
}
