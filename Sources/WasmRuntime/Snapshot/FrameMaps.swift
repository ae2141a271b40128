/// The frame maps of the functions on some stacks: each function is translated once for all of its frames.
struct FrameMaps {
    private struct Key: Hashable {
        let code: ObjectIdentifier
        let function: Int
    }

    private var wanted: [Key: (code: ModuleCode, stops: StopRecorder)] = [:]
    private var maps: [Key: FrameMap] = [:]

    /// Asks for the stop point whose code is at `word`.
    mutating func want(_ code: ModuleCode, _ function: Int, word: Int) {
        _ = change(code, function) { $0.words.insert(word) }
    }

    /// Asks for the stop point of an instruction, with its operands if there are at most so many.
    mutating func want(_ code: ModuleCode, _ function: Int, offset: Int, operands: Int) {
        change(code, function) { $0.offsets[offset] = max($0.offsets[offset] ?? 0, operands) }
    }

    private mutating func change<Result>(
        _ code: ModuleCode, _ function: Int, _ body: (inout StopRecorder) -> Result
    ) -> Result {
        body(&wanted[Key(code: ObjectIdentifier(code), function: function), default: (code, StopRecorder())].stops)
    }

    /// Makes all maps that were asked for.
    mutating func make() {
        for (key, (code, stops)) in wanted {
            var translator = Translator(code)
            maps[key] = translator.frameMap(of: key.function, recording: stops)
        }
    }

    /// - Precondition: something of the function was asked for before `make`.
    subscript(code: ModuleCode, function: Int) -> FrameMap {
        maps[Key(code: ObjectIdentifier(code), function: function)]!
    }
}
