import Glibc

/// Lines of figures beside what is expected of them.
enum Report {
    static func line(_ title: String, _ value: Double, _ unit: String, bound: Double? = nil, aim: Double? = nil) {
        let cells = [decimal(value), unit, bound.map(decimal) ?? "", aim.map(decimal) ?? ""]
        let widths = [12, 5, 10, 10]
        var text = title.padded(to: 40)
        for (cell, width) in zip(cells, widths) { text += cell.aligned(to: width) }
        print(text)
    }

    static func head() {
        print("".padded(to: 40) + "".aligned(to: 17) + "bound".aligned(to: 10) + "aim".aligned(to: 10))
    }

    /// Three digits that mean something.
    private static func decimal(_ value: Double) -> String {
        let scale = value >= 100 ? 1.0 : value >= 10 ? 10 : 100
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func aligned(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
