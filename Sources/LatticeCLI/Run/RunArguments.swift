import ArgumentParser

/// `HOST[::GUEST]`: a directory, and what the program knows it as.
struct DirectoryArgument: ExpressibleByArgument, Equatable {
    let host: String
    let guest: String

    init?(argument: String) {
        let separator = "::"
        guard let range = argument.firstRange(of: separator) else {
            guard !argument.isEmpty else { return nil }
            (host, guest) = (argument, argument)
            return
        }
        host = String(argument[..<range.lowerBound])
        guest = String(argument[range.upperBound...])
        guard !host.isEmpty, !guest.isEmpty else { return nil }
    }
}

/// `K=V`; the value may be empty, the name may not.
struct EnvironmentArgument: ExpressibleByArgument, Equatable {
    let text: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        text = argument
    }
}

/// Memory as people write it: `64MiB`, `64M`, `1GiB`, `1000kB`, bytes without a unit. From 64 KiB to 4 GiB; rounded down
/// to whole pages.
struct MemorySizeArgument: ExpressibleByArgument, Equatable {
    /// Of 64 KiB.
    let pages: UInt64

    private static let units: [String: UInt64] = [
        "": 1, "b": 1, "k": 1 << 10, "kib": 1 << 10, "kb": 1_000, "m": 1 << 20, "mib": 1 << 20, "mb": 1_000_000,
        "g": 1 << 30, "gib": 1 << 30, "gb": 1_000_000_000,
    ]

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isWholeNumber }
        guard let count = UInt64(digits), let unit = Self.units[argument.dropFirst(digits.count).lowercased()] else {
            return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
        let page: UInt64 = 65_536
        guard !overflow, bytes >= page, bytes <= 65_536 * page else { return nil }
        pages = bytes / page
    }
}

/// A time limit: `500ms`, `2s`, `1.5s`, `1m30s`, `2h`; seconds without a unit. More than nothing, at most 100 days.
struct TimeLimitArgument: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        var total = Duration.zero
        var rest = argument[...]
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard number.count <= 20, number.first?.isWholeNumber ?? false, let value = Double(number),
                let part = Self.duration(value, String(unit)), part <= Self.longest
            else { return nil }
            // Without a unit only if there is nothing else.
            guard !unit.isEmpty || number.count == argument.count else { return nil }
            total += part
        }
        guard total > .zero, total <= Self.longest else { return nil }
        duration = total
    }

    private static let longest = Duration.seconds(100 * 86_400)

    private static func duration(_ value: Double, _ unit: String) -> Duration? {
        let seconds: [String: Double] = ["": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3_600]
        guard let scale = seconds[unit], value * scale < 1e9 else { return nil }
        return .seconds(value * scale)
    }
}
