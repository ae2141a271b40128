/// A length of time as people type it: `30d`, `12h`, `15m`, `90s`, `1h30m`. More than nothing, at most 100 years.
struct DurationArgument: Equatable {
    let duration: Duration

    private static let secondsMax: Int64 = 100 * 365 * 86_400

    /// For options: says what would have been right.
    static func parse(_ text: String) throws -> DurationArgument {
        guard let argument = DurationArgument(text) else {
            throw ArgumentProblem("a duration looks like 30d, 12h, 15m, 90s or 1h30m, and is at most 100 years")
        }
        return argument
    }

    init?(_ text: String) {
        var seconds: Int64 = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isWholeNumber {
                digits.append(character)
                continue
            }
            guard let unit = Self.seconds(of: character), let count = Int64(digits) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, product <= Self.secondsMax else { return nil }
            seconds += product
            guard seconds <= Self.secondsMax else { return nil }
            digits = ""
        }
        guard digits.isEmpty, seconds > 0 else { return nil }
        duration = .seconds(seconds)
    }

    private static func seconds(of unit: Character) -> Int64? {
        switch unit {
        case "s": 1
        case "m": 60
        case "h": 3_600
        case "d": 86_400
        case "w": 7 * 86_400
        default: nil
        }
    }
}
