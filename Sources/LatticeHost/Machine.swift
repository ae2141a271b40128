import Glibc

/// What the machine says it is.
enum Machine {
    /// Such as `x86_64` or `aarch64`.
    static let architecture = system { $0.machine }
    /// Such as `linux`.
    static let system = system { $0.sysname }.lowercased()

    private static func system<Field>(_ field: (utsname) -> Field) -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: field(names)) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
