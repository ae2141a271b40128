import LatticeIdentity

/// One thing with its properties: a line each as text, an object as JSON.
struct FieldsReport: Report {
    /// Above the fields, in text only.
    let title: String
    let fields: JSONObject
    /// Fields that people can do without.
    var hiddenInText: Set<String> = []

    var json: JSONValue { .object(fields) }

    /// Fields that are null are left out; lists stand on one line.
    func text(style: TextStyle) -> String {
        let shown = fields.members.filter { !hiddenInText.contains($0.key) }.compactMap { member in
            Self.text(of: member.value).map { (Self.label(of: member.key), $0) }
        }
        let width = shown.map(\.0.count).max() ?? 0
        let lines = shown.map { "  \($0.0.padded(to: width))  \($0.1.printable)\n" }
        return style.bold(title) + "\n" + lines.joined()
    }

    /// `call_alias` is shown as `call alias`, and `expires_human` as `expires`.
    private static func label(of key: String) -> String {
        key.split(separator: "_").filter { $0 != "human" }.joined(separator: " ")
    }

    static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .bool(let value): value ? "yes" : "no"
        case .number(let number): number.literal
        case .string(let text): text
        case .array(let values): values.isEmpty ? "none" : values.compactMap(text(of:)).joined(separator: ", ")
        case .object(let object):
            object.members.map { "\($0.key)=\(text(of: $0.value) ?? "")" }.joined(separator: " ")
        }
    }
}

/// Several things of one kind: a table as text, an array of objects as JSON.
struct TableReport: Report {
    /// The fields to show as columns, in order; JSON has them all.
    let columns: [String]
    let rows: [JSONObject]
    /// What the text says when there are no rows.
    let empty: String

    var json: JSONValue { .array(rows.map(JSONValue.object)) }

    func text(style: TextStyle) -> String {
        guard !rows.isEmpty else { return empty + "\n" }
        let cells = rows.map { row in columns.map { row[$0].flatMap(FieldsReport.text(of:)) ?? "" } }
        return TextTable(titles: columns, rows: cells).text(style: style)
    }
}

/// The same where people are shown less than programs, such as the beginning of a key.
struct ListReport<Item: Sendable>: Report {
    struct Column {
        let title: String
        let text: (Item) -> String

        init(_ title: String, _ text: @escaping (Item) -> String) {
            self.title = title
            self.text = text
        }
    }

    let items: [Item]
    let columns: [Column]
    let fields: (Item) -> JSONObject
    /// What the text says when there are no items.
    let empty: String

    var json: JSONValue { .array(items.map { .object(fields($0)) }) }

    func text(style: TextStyle) -> String {
        guard !items.isEmpty else { return empty + "\n" }
        let rows = items.map { item in columns.map { $0.text(item) } }
        return TextTable(titles: columns.map(\.title), rows: rows).text(style: style)
    }
}

/// Cells in columns as wide as they have to be.
struct TextTable {
    let titles: [String]
    let rows: [[String]]

    func text(style: TextStyle) -> String {
        let cells = rows.map { $0.map(\.printable) }
        let widths = titles.indices.map { column in
            cells.map { $0[column].count }.reduce(titles[column].count, max)
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            return String(padded.reversed().drop { $0 == " " }.reversed())
        }
        return ([style.bold(line(titles.map { $0.uppercased() }))] + cells.map(line)).map { $0 + "\n" }.joined()
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// Without what would move a terminal's cursor or change its colours: texts from the lattice may hold anything.
    var printable: String {
        guard unicodeScalars.contains(where: Self.isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { Self.isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
    }
}
