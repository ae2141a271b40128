// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the engine's sources (links to ../Sources) are built here with what libFuzzer and
// AddressSanitizer need, which the product never is. See README.md.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// `FUZZ=decode`, `FUZZ=execute` and `FUZZ=restore` build for one fuzzer each; without it the package gives the tools that need no
/// instrumentation. Comparisons are traced where bytes of the input are compared, not where they are decisions.
let fuzzer = Context.environment["FUZZ"]
let isFuzzing = fuzzer != nil
let sanitizers = "-sanitize=fuzzer,address"
let coverage = "-sanitize-coverage=edge,inline-8bit-counters,pc-table" + (fuzzer == "execute" ? "" : ",trace-cmp")
let instrumented: [SwiftSetting] = [
    .unsafeFlags(["-enable-testing"] + (isFuzzing ? [sanitizers, coverage] : []))
]
let coverageC = "-fsanitize-coverage=edge,inline-8bit-counters,pc-table"
let instrumentedC: [CSetting] = isFuzzing ? [.unsafeFlags([coverageC])] : []
let linked: [LinkerSetting] = isFuzzing ? [.unsafeFlags([sanitizers, "-use-ld=lld"])] : []

var targets: [Target] = [
    .target(name: "CWasmCore", cSettings: strictC + instrumentedC),
    .target(name: "WasmRuntime", dependencies: ["CWasmCore"], swiftSettings: strict + instrumented),
    .target(name: "WasmGenerator", dependencies: ["CWasmCore"], swiftSettings: strict + instrumented),
    .target(name: "WasmComparison", dependencies: ["WasmRuntime"], swiftSettings: strict + instrumented),
    .target(
        name: "FuzzSupport", dependencies: ["WasmComparison", "WasmGenerator", "WasmRuntime"],
        swiftSettings: strict + instrumented),
    .executableTarget(
        name: "FuzzTool", dependencies: ["FuzzSupport", "WasmComparison", "WasmGenerator"], swiftSettings: strict,
        linkerSettings: linked),
]
if !isFuzzing {
    // Looks inside the engine.
    targets += [
        .systemLibrary(name: "CLinuxCalls"),
        .target(name: "WASI", dependencies: ["CLinuxCalls", "WasmRuntime"], swiftSettings: strict),
        .executableTarget(
            name: "Recorder", dependencies: ["CWasmCore", "FuzzSupport", "WASI", "WasmComparison", "WasmRuntime"],
            swiftSettings: strict),
    ]
}
if isFuzzing {
    targets.append(.systemLibrary(name: "CLibFuzzer"))
    for name in ["FuzzDecode", "FuzzExecute", "FuzzRestore"] {
        targets.append(
            .executableTarget(
                name: name, dependencies: ["CLibFuzzer", "FuzzSupport", "WasmComparison"], swiftSettings: strict,
                linkerSettings: linked))
    }
}

let package = Package(name: "fuzz", targets: targets)
