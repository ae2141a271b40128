import Foundation

/// The example actors as `actors/build.sh` builds them, unsigned.
enum ExampleActors {
    struct BuildError: Error, CustomStringConvertible {
        let description: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// Builds once for all tests of the process.
    private static let folder = Result<URL, any Error> {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [root.appending(path: "actors/build.sh").path(percentEncoded: false)]
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BuildError(description: String(decoding: words, as: UTF8.self))
        }
        return root.appending(path: ".build-actors")
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.get().appending(path: "\(name).wasm")))
    }
}
