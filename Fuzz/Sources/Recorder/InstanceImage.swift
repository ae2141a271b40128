import CWasmCore

@testable import WasmRuntime

/// What the core works on, written so that it can be built up again elsewhere: handlers as numbers of operations, cells as
/// indices of functions.
struct InstanceImage {
    let instance: Instance
    private var storage: InstanceStorage { instance.storage }
    private var code: ModuleCode { storage.code }
    private var store: Store { instance.store }

    /// What a word of code becomes when it is loaded.
    private enum Relocation: UInt64 { case handler, entry }

    func write(to stream: inout WordStream) {
        stream.put(store.limits.stackBytesMax)
        stream.put(code.contents.functions.count)
        for index in 0..<code.contents.functions.count { writeFunction(index, to: &stream) }
        writeStore(to: &stream)
        stream.put(list: (0..<code.contents.functions.count).map { storage.functions[$0] })
        writeMemories(to: &stream)
        stream.put(storage.tables.count)
        for table in storage.tables {
            stream.put(table.elementsMax)
            stream.put(table.type.address.refusal)
            stream.put(list: table.elements)
        }
        stream.put(list: storage.ownGlobalSlots)
        stream.put(storage.importedGlobals.count)
        for global in storage.importedGlobals {
            stream.put(global.value.bits)
            stream.put(global.value.upperBits)
        }
        writeSegments(to: &stream)
    }

    // MARK: Code

    private func writeFunction(_ index: Int, to stream: inout WordStream) {
        stream.put(code.contents.type(ofFunction: index).headerSlot)
        guard index >= code.contents.importedFunctionCount else { return stream.put(0) }
        var translator = Translator(code)
        let (result, trace) = translator.trace(index)
        defer { result.words.deallocate() }
        stream.put(1)
        stream.put(result.entry)
        // A pair has one handler.
        let handlers = Set(trace.filter { !$0.isSecondOfPair }.map(\.position))
        write(result.words, { handlers.contains($0) ? Self.operations[result.words[$0]] : nil }, to: &stream)
    }

    /// - Parameter operation: the operation whose first word stands at a position, if there is one.
    private func write(
        _ words: UnsafeMutableBufferPointer<UInt64>, _ operation: (Int) -> UInt16?, to stream: inout WordStream
    ) {
        var relocations: [(position: Int, kind: Relocation)] = []
        let words = words.enumerated().map { position, word in
            if let operation = operation(position) {
                relocations.append((position, .handler))
                return UInt64(operation)
            }
            guard let entry = entryIndex(word) else { return word }
            relocations.append((position, .entry))
            return entry
        }
        stream.put(list: words)
        stream.put(relocations.count)
        for relocation in relocations {
            stream.put(relocation.position)
            stream.put(relocation.kind.rawValue)
        }
    }

    /// A call holds the address of its function's cell. No other word of a module that is recorded is such an address.
    private func entryIndex(_ word: UInt64) -> UInt64? {
        let first = UInt64(UInt(bitPattern: code.entries))
        guard word >= first, word < first + 8 * UInt64(code.contents.functions.count), (word - first) % 8 == 0 else {
            return nil
        }
        return (word - first) / 8
    }

    /// Operations by the addresses of their handlers.
    private static let operations = Dictionary(
        uniqueKeysWithValues: (0..<OperationTable.count).map { (OperationTable.handlers[$0], UInt16($0)) })

    // MARK: Data

    private func writeStore(to stream: inout WordStream) {
        stream.put(store.functionCount - 1)
        for reference in 1..<store.functionCount {
            let function = store.raw.pointee.functions[reference]
            stream.put(UInt64(function.type))
            // The index of its cell, counted from 1, or 0 for the host's.
            stream.put(function.entry.map { UnsafePointer(code.entries).distance(to: $0) + 1 } ?? 0)
            let entry = function.entry == nil ? Store.Bridge.hostEntry : Store.Bridge.instanceEntry
            stream.put(entry)
            let start = UnsafeMutablePointer(mutating: function.bridge) - entry
            let words = UnsafeMutableBufferPointer(start: start, count: Store.Bridge.count)
            write(words, { Self.operations[words[$0]] }, to: &stream)
        }
    }

    private func writeMemories(to stream: inout WordStream) {
        stream.put(storage.memories.count)
        for memory in storage.memories {
            stream.put(memory.pagesMax)
            stream.put(memory.type.address.refusal)
            stream.put(memory.bytesCount)
            let bytes = memory.read(0, memory.bytesCount) ?? []
            stream.put(bytes: bytes[..<((bytes.lastIndex { $0 != 0 } ?? -1) + 1)])
        }
    }

    private func writeSegments(to stream: inout WordStream) {
        stream.put(storage.data.count)
        for segment in storage.data {
            stream.put(bytes: UnsafeRawBufferPointer(start: segment.start, count: Int(segment.count)))
        }
        stream.put(storage.elements.count)
        for segment in storage.elements {
            let start = segment.start?.assumingMemoryBound(to: UInt64.self)
            stream.put(list: UnsafeBufferPointer(start: start, count: Int(segment.count)))
        }
    }
}
