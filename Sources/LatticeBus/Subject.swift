/// An address on the bus: tokens joined by dots, at most `Subject.bytesMax` bytes of UTF-8.
///
/// No token is empty or holds white space, a control character, `*` or `>`: what was built here can be published to and
/// never means more than one address.
public struct Subject: Hashable, Sendable, CustomStringConvertible {
    /// Long enough for every subject of the protocol with room to spare; a server takes control lines of 4,096 bytes.
    public static let bytesMax = 1_024

    public let text: String

    public init(_ text: String) throws(SubjectError) {
        try SubjectGrammar.check(text, allowing: .literals)
        self.text = text
    }

    /// Joins tokens that may come from outside; a dot within one is refused, so no token can smuggle in another.
    public init(tokens: [String]) throws(SubjectError) {
        let text = tokens.joined(separator: ".")
        for token in tokens where token.utf8.contains(UInt8(ascii: ".")) {
            throw .dotInToken(token: token)
        }
        try self.init(text)
    }

    /// For text that an adapter received: the server routed it already, so it is shown as it came.
    package init(received text: String) {
        self.text = text
    }

    public var tokens: [Substring] { text.split(separator: ".", omittingEmptySubsequences: false) }
    public var description: String { text }

    /// This subject with one more token at its end.
    public func appending(_ token: String) throws(SubjectError) -> Subject {
        try Subject(tokens: tokens.map(String.init) + [token])
    }
}

/// Why a text is no subject or pattern.
public enum SubjectError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooLong(bytesCount: Int, max: Int)
    case emptyToken(in: String)
    case forbiddenCharacter(in: String)
    case wildcard(in: String)
    case dotInToken(token: String)

    public var description: String {
        switch self {
        case .empty: "a subject cannot be empty"
        case .tooLong(let bytesCount, let max): "a subject of \(bytesCount) bytes is over the limit of \(max)"
        case .emptyToken(let text): "'\(text)' has an empty token (two dots, or a dot at an end)"
        case .forbiddenCharacter(let text): "'\(text)' holds white space or a control character"
        case .wildcard(let text): "'\(text)' holds a wildcard where none can stand"
        case .dotInToken(let token): "the token '\(token)' holds a dot"
        }
    }
}

/// The one grammar behind `Subject`, `SubjectPattern` and `QueueGroup`.
enum SubjectGrammar {
    enum Wildcards {
        /// `*` and `>` stand nowhere.
        case literals
        /// `*` may be a whole token, `>` the whole last one.
        case wholeTokens
    }

    static func check(_ text: String, allowing wildcards: Wildcards) throws(SubjectError) {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Subject.bytesMax else { throw .tooLong(bytesCount: bytes.count, max: Subject.bytesMax) }
        var tokenBytesCount = 0
        var tokenWildcard: UInt8?
        for byte in bytes {
            guard byte > 0x20, byte != 0x7F else { throw .forbiddenCharacter(in: text) }
            if byte == UInt8(ascii: ".") {
                guard tokenBytesCount > 0 else { throw .emptyToken(in: text) }
                guard tokenWildcard != UInt8(ascii: ">") else { throw .wildcard(in: text) }
                tokenBytesCount = 0
                tokenWildcard = nil
                continue
            }
            let isWildcard = byte == UInt8(ascii: "*") || byte == UInt8(ascii: ">")
            guard tokenWildcard == nil, !(isWildcard && (wildcards == .literals || tokenBytesCount > 0)) else {
                throw .wildcard(in: text)
            }
            if isWildcard { tokenWildcard = byte }
            tokenBytesCount += 1
        }
        guard tokenBytesCount > 0 else { throw .emptyToken(in: text) }
    }
}
