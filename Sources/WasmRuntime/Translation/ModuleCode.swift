import CWasmCore
import Synchronization

/// A validated module and the internal code of its functions, which all its instances share. Each function is translated
/// when it is first called, by whichever thread calls it.
final class ModuleCode: Sendable {
    let bytes: ModuleBytes
    let contents: ModuleContents
    let types: TypeTable
    /// The process-wide number of each type.
    let typeIDs: [UInt32]
    let summaries: [FunctionSummary]
    let functionNames: FunctionNames
    let digest: ModuleDigest
    let translation: TranslationOptions
    // Safety: cells change once each, from a stub to the code, by `wasm_core_publish` under the lock; code is freed
    // only in `deinit`.
    nonisolated(unsafe) let entries: UnsafeMutablePointer<UnsafePointer<UInt64>?>
    nonisolated(unsafe) private let stubs: UnsafeMutablePointer<UInt64>
    private let translated = Mutex(CodeExtents())

    private static let stubWords = 3

    init(
        _ bytes: ModuleBytes, features: WasmFeatures, limits: ModuleLimits,
        translation: TranslationOptions = TranslationOptions()
    ) throws(ModuleError) {
        self.bytes = bytes
        self.translation = translation
        contents = try ModuleDecoder.decode(bytes, features: features, limits: limits)
        types = TypeTable(contents.types)
        summaries = try ModuleValidator.validate(
            contents, types: types, bytes: bytes, features: features, limits: limits)
        functionNames = FunctionNames(contents, bytes)
        digest = ModuleDigest(bytes)
        typeIDs = contents.types.map(TypeRegistry.register)
        let count = contents.functions.count
        entries = .allocate(capacity: max(1, count))
        stubs = .allocate(capacity: max(1, count * Self.stubWords))
        for index in 0..<count {
            let isImport = index < contents.importedFunctionCount
            let stub = stubs + index * Self.stubWords
            let signature = types.slots(Int(contents.functions[index]))
            let header = max(signature.parameters.count, signature.results.count)
            stub[0] = CodeBuffer.word(a: header, immediate: Int32(header + 2))
            stub[1] = OperationTable.handlers[Int(isImport ? ~WASM_OP_import : ~WASM_OP_translate)]
            stub[2] = isImport ? CodeBuffer.word(immediate: Int32(index)) : UInt64(index)
            (entries + index).initialize(to: stub + 1)
        }
    }

    deinit {
        for type in contents.types { TypeRegistry.release(type) }
        translated.withLock { for extent in $0.list { extent.words.deallocate() } }
        entries.deallocate()
        stubs.deallocate()
    }

    /// The function's code, translated now if nobody has called it before.
    func code(of index: Int) -> UnsafePointer<UInt64> {
        translated.withLock { extents in
            let current = entries[index]!
            guard current == stub(index), index >= contents.importedFunctionCount else { return current }
            var translator = Translator(self)
            let result = translator.translate(index)
            extents.append(
                CodeExtent(
                    words: result.words, entry: result.entry, function: index, handlers: result.handlers))
            let entry = UnsafePointer(result.words.baseAddress! + result.entry)
            wasm_core_publish(entries + index, entry)
            return entry
        }
    }

    private func stub(_ index: Int) -> UnsafePointer<UInt64> { UnsafePointer(stubs + index * Self.stubWords + 1) }

    /// Which function an address in the internal code belongs to, and at which word from the start of its words.
    func locate(_ pc: UnsafePointer<UInt64>) -> (function: Int, header: Int, word: Int?)? {
        if pc > stubs, pc < stubs + contents.functions.count * Self.stubWords {
            let index = (pc - UnsafePointer(stubs)) / Self.stubWords
            return (index, contents.type(ofFunction: index).headerSlot, nil)
        }
        return extent(at: pc).map { ($0.function, $0.header, pc - $0.start) }
    }

    /// The translated code that an address belongs to; nil if it is of a function that nobody has called yet.
    func extent(at pc: UnsafePointer<UInt64>) -> CodeExtent? { translated.withLock { $0.find(pc) } }

    /// The source of every operation of a function, in order of position.
    func trace(of function: Int) -> [CodeBuffer.TraceEntry] {
        var translator = Translator(self)
        let (result, trace) = translator.trace(function)
        result.words.deallocate()
        return trace
    }
}

/// Finds the instructions that operations came from. Each function is translated once for it, however often it is asked for.
struct SourceOffsets {
    private struct Key: Hashable {
        let code: ObjectIdentifier
        let function: Int
    }

    private var traces: [Key: [CodeBuffer.TraceEntry]] = [:]

    /// The offset in the module of the instruction whose operation starts at `word`, or (`isReturn`) ends there.
    mutating func offset(_ code: ModuleCode, function: Int, word: Int, isReturn: Bool) -> Int? {
        let key = Key(code: ObjectIdentifier(code), function: function)
        let trace = traces[key] ?? code.trace(of: function)
        traces[key] = trace
        return trace.last { isReturn ? $0.position < word : $0.position <= word }?.source
    }
}
