/// Finds the word that a mistyped one was meant to be.
public enum Spelling {
    /// ` (did you mean 'x'?)`, or nothing when no word is near.
    public static func hint(for word: String, among known: some Sequence<String>) -> String {
        let limit = max(1, min(3, word.count / 3))
        let near = known.map { (word: $0, distance: distance(word, $0)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        return near.map { " (did you mean '\($0.word)'?)" } ?? ""
    }

    /// How many letters must be put in, taken out, changed or swapped with their neighbour to get from one to the
    /// other. Words of more than 64 letters are near to nothing.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        guard left.count <= 64, right.count <= 64 else { return .max }
        var rows = [Array(0...right.count)]
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var least = min(rows[i][j] + (left[i] == right[j] ? 0 : 1), row[j] + 1, rows[i][j + 1] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
