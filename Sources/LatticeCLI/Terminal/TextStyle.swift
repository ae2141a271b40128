import Glibc

/// Colour, where there is a terminal to show it and nobody asked for none.
struct TextStyle: Sendable {
    let isColoured: Bool

    init(isColoured: Bool) { self.isColoured = isColoured }

    /// - Parameter environment: looks up one variable.
    init(file: Int32, environment: (String) -> String?) {
        let refused = environment("NO_COLOR").map { !$0.isEmpty } ?? false
        isColoured = !refused && environment("TERM") != "dumb" && isatty(file) == 1
    }

    func red(_ text: String) -> String { wrapped(text, 31) }
    func bold(_ text: String) -> String { wrapped(text, 1) }

    private func wrapped(_ text: String, _ code: Int) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
