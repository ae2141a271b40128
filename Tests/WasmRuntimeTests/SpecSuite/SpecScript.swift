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
        var expected: [Expected]?
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

    struct Constant: Decodable {
        let type: String
        var value: String?
    }

    struct Expected: Decodable {
        let type: String
        var value: String?
        var values: [Expected]?

        enum CodingKeys: String, CodingKey { case type, value, values }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decode(String.self, forKey: .type)
            // A vector's value is a list of lanes.
            value = try? container.decodeIfPresent(String.self, forKey: .value)
            values = try container.decodeIfPresent([Expected].self, forKey: .values)
        }
    }
}
