import ArgumentParser
import LatticeIdentity
import WasmRuntime

/// `lattice inspect FILE.wasm`
struct Inspect: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what a module is: identity, claims, imports, exports, size.",
        discussion: """
            Says whether the claims hold (structure, signature, hash, times) and whether the engine can run the module. \
            Neither is a reason to fail: 'lattice verify' is the command that does.

            With --code it shows what becomes of one function instead: each instruction beside the operations of the \
            interpreter that do its work. 's3' is slot 3 of the frame, 'acc' the accumulator, '#7' a constant.
            """)

    static let examples = ["lattice inspect counter_s.wasm -o json", "lattice inspect --code fib.wasm fib"]

    @Argument(help: ArgumentHelp("A WebAssembly module, signed or not.", valueName: "file.wasm"))
    var file: String

    @Argument(help: ArgumentHelp("With --code: its name, or its index with imports first.", valueName: "function"))
    var function: String?

    @Flag(help: "Shows a function's instructions beside their internal code.")
    var code = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if code, function == nil { throw ValidationError("--code needs a function behind the file") }
        if !code, let function { throw ValidationError("unexpected argument '\(function)': --code shows a function") }
    }

    func run() async throws {
        let bytes = try InputFile.read(file)
        if let function { return output.print(try CodeReport(bytes, file: file, function: function)) }
        output.print(InspectReport(file: file, bytes: bytes, now: .now()))
    }
}

/// Everything that can be said of a module without a lattice.
struct InspectReport: Report {
    let file: String
    /// Nil where the claims hold.
    let verdict: ClaimsVerdict?
    /// What the claims say, as far as they can be read.
    let claims: JSONObject?
    let hashMatch: SignedModule.HashMatch?
    let module: Result<ModuleSummary, ModuleError>

    init(file: String, bytes: [UInt8], now: UnixTime) {
        self.file = file
        let source = ClaimsSource.module(bytes)
        do throws(ClaimsVerdict) {
            try source.check(at: now)
            verdict = nil
        } catch { verdict = error }
        claims = try? ClaimsFields.fields(source.token(), at: now)
        hashMatch = (try? source.hashMatch()) ?? nil
        do throws(ModuleError) { module = .success(ModuleSummary(try Module(bytes))) } catch {
            module = .failure(error)
        }
    }

    var json: JSONValue {
        var fields: JSONObject = [
            "file": .string(file), "valid": .bool(verdict == nil), "code": Self.text(verdict?.code),
            "sentence": Self.text(verdict?.sentence), "hash_match": Self.text(hashMatch?.rawValue),
            "claims": claims.map(JSONValue.object) ?? .null,
        ]
        switch module {
        case .success(let summary):
            fields["runnable"] = true
            fields["problem"] = .null
            for member in summary.json { fields[member.key] = member.value }
        case .failure(let error):
            fields["runnable"] = false
            fields["problem"] = .string("\(error)")
        }
        return .object(fields)
    }

    func text(style: TextStyle) -> String {
        var text = style.bold(file) + "\n"
        text +=
            "claims    \(verdict.map { "\($0.sentence) [\($0.code)]" } ?? "hold (hash: \(hashMatch?.rawValue ?? "none"))")\n"
        for (label, key) in Self.shown {
            guard let value = claims?[key].flatMap(FieldsReport.text(of:)) else { continue }
            text += label + String(repeating: " ", count: 10 - label.count) + value + "\n"
        }
        switch module {
        case .success(let summary): text += summary.text
        case .failure(let error): text += "engine    cannot run it: \(error)\n"
        }
        return text
    }

    /// What people want to see of the claims, by the words that they are shown under.
    private static let shown = [
        ("name", "name"), ("actor", "subject"), ("issuer", "issuer"), ("may use", "capabilities"),
        ("alias", "call_alias"), ("version", "version"), ("expires", "expires_human"),
    ]

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
