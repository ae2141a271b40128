/// Why bytes can't be walked as the sections of a WebAssembly module or component.
/// Offsets count from the first byte of the file.
public enum ModuleStructureError: Error, Hashable, CustomStringConvertible {
    /// It does not begin as WebAssembly does.
    case notWasm
    /// Neither version 1 of core modules nor a component.
    case unsupportedVersion(UInt32)
    /// A section, or a number in it, is longer than what holds it.
    case truncated(at: Int)
    /// A length that is no 32-bit number in LEB128.
    case badLength(at: Int)
    /// A component that says that a core module or component lies here, where something else does.
    case nestedKind(at: Int)
    case tooDeep(limit: Int)

    public var description: String {
        switch self {
        case .notWasm: "it is not a WebAssembly module"
        case .unsupportedVersion(let version): "it is of a version of WebAssembly that is not known here (\(version))"
        case .truncated(let offset): "what starts at byte \(offset) reaches beyond its end"
        case .badLength(let offset): "the length at byte \(offset) is not a 32-bit LEB128 number"
        case .nestedKind(let offset): "byte \(offset) should start a nested module or component, and does not"
        case .tooDeep(let limit): "components are nested deeper than \(limit) levels"
        }
    }
}
