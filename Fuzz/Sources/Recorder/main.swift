import FoundationEssentials
import FuzzSupport
import Glibc
import WASI
import WasmComparison
import WasmRuntime

/// Writes recordings for `replay`: internal code with all that it works on, and what came of it.
let usage = """
    recorder spec SUITE SET FOLDER           every module of the suite's set, with the calls made of it
    recorder generated FOLDER FILE.wasm...   modules of FuzzTool
    recorder program OUT FILE.wasm ARGUMENT...
                                             a WASI program that only writes to standard output
    """

func record(_ bytes: [UInt8], to path: String) throws { try Files.write(bytes, to: path) }

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("spec", 4):
    let suite = URL(filePath: arguments[1])
    let list = try Files.read("\(arguments[1])/sets/\(arguments[2]).txt")
    var (modules, calls, skipped) = (0, 0, 0)
    for file in String(decoding: list, as: UTF8.self).split(separator: "\n") {
        let recorder = try SpecRecorder(suite.appending(path: String(file)))
        let name = file.split(separator: "/").last ?? file
        for (index, recording) in recorder.recordings.enumerated() {
            try record(recording, to: "\(arguments[3])/\(name).\(index).recording")
        }
        modules += recorder.recordings.count
        calls += recorder.calls
        skipped += recorder.skipped
    }
    print("\(modules) modules with \(calls) calls recorded; \(skipped) calls need what is not recorded")
case ("generated", 3...):
    for path in arguments.dropFirst(2) {
        let module = try Module(Files.read(path), features: .recordable)
        let store = Store(limits: Comparison.limits)
        var (recorder, instance) = try RecordableModule(module: module).recorder(imports: Imports(), store: store)
        for export in module.exports where export.name.hasPrefix("t") {
            guard let function = instance.function(export.name) else { continue }
            try recorder.call(function, [], fuel: 200_000)
        }
        let name = path.split(separator: "/").last ?? "module"
        try record(recorder.recording(), to: "\(arguments[1])/\(name).recording")
    }
case ("program", 3...):
    let module = try Module(Files.read(arguments[2]), features: .recordable)
    let store = Store()
    var grants = WASIGrants()
    grants.standardOutput = .descriptor(STDOUT_FILENO)
    grants.arguments = ["program"] + arguments.dropFirst(3)
    let system = WASISystem(grants)
    var imports = Imports()
    system.define(in: &imports, for: module, store: store)
    var (recorder, instance) = try RecordableModule(module: module).recorder(imports: imports, store: store)
    if let start = instance.function("_start") { try recorder.call(start, []) }
    system.finish()
    try record(recorder.recording(), to: arguments[1])
default:
    print(usage)
    exit(2)
}
