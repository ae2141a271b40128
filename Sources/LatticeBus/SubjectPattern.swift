/// What a subscription asks for: a subject in which `*` stands for exactly one token and a last `>` for one or more.
public struct SubjectPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(SubjectError) {
        try SubjectGrammar.check(text, allowing: .wholeTokens)
        self.text = text
    }

    /// For text made of checked parts.
    package init(checked text: String) { self.text = text }

    /// The pattern that matches this subject only.
    public init(_ subject: Subject) {
        text = subject.text
    }

    /// For text that an adapter made of valid parts, or got back from its client library.
    package init(received text: String) { self.text = text }

    public var description: String { text }

    public func matches(_ subject: Subject) -> Bool {
        var wanted = text.utf8.makeIterator()
        var given = subject.text.utf8.makeIterator()
        while true {
            switch (wanted.next(), given.next()) {
            case (nil, nil): return true
            case (UInt8(ascii: ">")?, _?): return true
            case (UInt8(ascii: "*")?, _?):
                var following = given.next()
                while let byte = following, byte != UInt8(ascii: ".") { following = given.next() }
                guard wanted.next() == following else { return false }
                if following == nil { return true }
            case (let expected, let byte):
                guard expected == byte else { return false }
            }
        }
    }
}

/// The subscribers that share one stream of messages: each message goes to one member of each group.
public struct QueueGroup: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Parameter text: by the grammar of a subject; the protocol uses subjects as group names.
    public init(_ text: String) throws(SubjectError) {
        try SubjectGrammar.check(text, allowing: .literals)
        self.text = text
    }

    /// The group that is named like a subject.
    public init(_ subject: Subject) { text = subject.text }

    public var description: String { text }
}
