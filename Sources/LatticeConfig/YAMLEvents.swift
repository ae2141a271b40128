import CYAML

/// The events of one YAML text, from libyaml, one after the other.
struct YAMLEvents: ~Copyable {
    enum Kind {
        /// Plain text may mean a number or nothing; quoted text is text.
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        /// `*name`
        case alias
        /// Between documents, and around the text.
        case frame
        case end
    }

    struct Event {
        let kind: Kind
        /// From 1.
        let line: Int
        let column: Int
    }

    struct Failure: Error {
        let message: String
        /// From 1; nil where it is about the text as a whole.
        let place: (line: Int, column: Int)?
    }

    // Safety: allocated and initialised in `init`, deleted in `deinit`; the text lives as long as the parser reads it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        self.text = .allocate(capacity: text.utf8.count)
        _ = self.text.initialize(from: text.utf8)
        parser = .allocate(capacity: 1)
        // It fails only without memory.
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, self.text.baseAddress, self.text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    mutating func next() throws(Failure) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else { throw failure }
        defer { yaml_event_delete(&event) }
        let mark = event.start_mark
        return Event(kind: Self.kind(event), line: mark.line + 1, column: mark.column + 1)
    }

    private static func kind(_ event: yaml_event_t) -> Kind {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias
        case YAML_STREAM_END_EVENT: return .end
        default: return .frame
        }
    }

    private var failure: Failure {
        func words(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
        let problem = words(parser.pointee.problem) ?? "it can't be read"
        let message = words(parser.pointee.context).map { "\($0), \(problem)" } ?? problem
        switch parser.pointee.error {
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            let mark = parser.pointee.problem_mark
            return Failure(message: message, place: (mark.line + 1, mark.column + 1))
        default: return Failure(message: message, place: nil)
        }
    }
}
