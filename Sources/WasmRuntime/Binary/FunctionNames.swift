import Synchronization

/// Function names out of the `name` section, read when somebody first asks. A malformed section gives the names before
/// the fault: names are a courtesy, never a reason to refuse a module.
final class FunctionNames: Sendable {
    private let bytes: ModuleBytes
    private let contents: ModuleContents
    private let names = Mutex<[Int: String]?>(nil)

    init(_ contents: ModuleContents, _ bytes: ModuleBytes) {
        self.contents = contents
        self.bytes = bytes
    }

    subscript(index: Int) -> String? {
        names.withLock { cached in
            if cached == nil { cached = read() }
            return cached?[index]
        }
    }

    private func read() -> [Int: String] {
        var names: [Int: String] = [:]
        for export in contents.exports where export.kind == .function { names[export.index] = export.name }
        var function = 0
        for entry in contents.imports {
            guard case .function = entry.type else { continue }
            names[function] = "\(entry.module).\(entry.name)"
            function += 1
        }
        guard let section = contents.customSections.first(where: { $0.name == "name" }) else { return names }
        var reader = ByteReader(bytes, section.payload)
        try? readSubsections(&reader, into: &names)
        return names
    }

    private func readSubsections(_ reader: inout ByteReader, into names: inout [Int: String]) throws(ModuleError) {
        while !reader.isAtEnd {
            let id = try reader.byte()
            let size = Int(try reader.u32())
            var subsection = try reader.slice(size)
            guard id == 1 else { continue }
            for _ in 0..<(try subsection.count("names", max: .max)) {
                let index = Int(try subsection.u32())
                names[index] = try subsection.name()
            }
        }
    }
}
