import FoundationEssentials

/// A test script of WebAssembly's own suite, as `wast2json` writes it.
struct SpecScript: Decodable {
    let commands: [Command]

    struct Command: Decodable {
        let type: String
        let line: Int
        var name: String?
        var filename: String?
        var binaryFilename: String?
        var moduleType: String?
        var text: String?
        var action: Action?
        var expected: [Constant]?
        var `as`: String?
        var module: String?
        var instance: String?

        /// The binary module of the command; nil where there is only text.
        var binary: String? { binaryFilename ?? (moduleType == "text" ? nil : filename) }

        enum CodingKeys: String, CodingKey {
            case type, line, name, filename, text, action, expected, module, instance
            case `as` = "as"
            case binaryFilename = "binary_filename"
            case moduleType = "module_type"
        }
    }

    struct Action: Decodable {
        let type: String
        var module: String?
        let field: String
        var args: [Constant]?
    }

    /// A value: an argument, or what is expected of a result.
    struct Constant: Decodable {
        let type: String
        let value: String?
        /// A vector's, from lane 0 on.
        let lanes: [String]?
        let laneType: String?
        /// Alternatives, for the type `either`.
        let values: [Constant]?

        enum CodingKeys: String, CodingKey {
            case type, value, values
            case laneType = "lane_type"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decode(String.self, forKey: .type)
            laneType = try container.decodeIfPresent(String.self, forKey: .laneType)
            let isVector = laneType != nil
            value = isVector ? nil : try container.decodeIfPresent(String.self, forKey: .value)
            lanes = isVector ? try container.decode([String].self, forKey: .value) : nil
            values = try container.decodeIfPresent([Constant].self, forKey: .values)
        }
    }
}
