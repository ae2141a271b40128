import Foundation

/// WebAssembly's text format, assembled by wabt's `wat2wasm`.
public enum WAT {
    public struct AssemblyError: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Returns: the binary module.
    /// - Throws: what `wat2wasm` says, or how to install it.
    public static func assemble(_ text: String, options: [String] = []) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "module.wat")
        let output = folder.appending(path: "module.wasm")
        try Data(text.utf8).write(to: source)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["wat2wasm", "--debug-names"] + options + [
                source.path(percentEncoded: false), "-o", output.path(percentEncoded: false),
            ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let hint = process.terminationStatus == 127 ? " (apt-get install wabt)" : ""
            throw AssemblyError(description: String(decoding: message, as: UTF8.self) + hint)
        }
        return [UInt8](try Data(contentsOf: output))
    }
}
