import Foundation
import Testing
import WASITestSupport

/// Guests that are stopped here and go on in a new process, by `Tests/SnapshotProgram`.
@Suite("Snapshots from process to process")
struct SnapshotProcessTests {
    /// For each kernel, and for each of the small guests.
    private static let pointsCount = (kernel: 20, guest: 8)

    /// The kernels of the benchmarks, with the sizes that are counted under valgrind.
    struct Kernel: Sendable, CustomTestStringConvertible {
        let name: String
        let size: String
        var testDescription: String { name }

        static let folder = URL(filePath: #filePath).appending(path: "../../../../Benchmarks/engine").standardized

        static let all: [Kernel] = {
            let table = (try? String(contentsOf: folder.appending(path: "kernels.tsv"), encoding: .utf8)) ?? ""
            return table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                let fields = line.split(separator: "\t")
                return fields.count == 3 ? Kernel(name: String(fields[0]), size: String(fields[2])) : nil
            }
        }()

        func build() throws -> [UInt8] {
            let kernels = Self.folder.appending(path: "kernels").path(percentEncoded: false)
            return try CProgram.compileFreestanding(
                "#include \"\(name).c\"\n",
                ["-O2", "-mbulk-memory", "-I\(kernels)", "-Wl,--export=_start,-z,stack-size=65536"])
        }
    }

    private func points(_ count: Int, _ module: [UInt8], _ argument: String) throws -> ChildProcess.Result {
        let folder = TemporaryFolder()
        folder.write(module, to: "guest.wasm")
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        // Beside the test bundle, where the build puts both.
        let program = bundle.appending(path: "SnapshotProgram").path(percentEncoded: false)
        return try ChildProcess.run(
            [program, "points", "\(count)", "1", "\(folder.path)/guest.wasm", argument])
    }

    @Test("there are kernels")
    func kernels() { #expect(Kernel.all.count >= 12) }

    @Test("a kernel stopped anywhere ends with its checksum and its fuel in another process", arguments: Kernel.all)
    func kernel(_ kernel: Kernel) throws {
        let result = try points(Self.pointsCount.kernel, kernel.build(), kernel.size)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasPrefix("\(Self.pointsCount.kernel) points"))
    }

    @Test("so do host calls that another process answers, and everything else", arguments: SnapshotGuest.all)
    func guest(_ guest: SnapshotGuest) throws {
        let result = try points(Self.pointsCount.guest, guest.bytes, "\(guest.argument)")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasPrefix("\(Self.pointsCount.guest) points"))
    }
}
