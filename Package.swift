// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is compiled with. Dependencies keep their own settings.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// The engine is always optimised: a debug interpreter makes the tests eight times slower.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let optimisedC: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

let package = Package(
    name: "lattice",
    products: [
        .executable(name: "lattice", targets: ["LatticeCLI"]),
        .library(name: "WasmRuntime", targets: ["WasmRuntime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // Row 1
        .target(name: "CWasmCore", cSettings: strictC + optimisedC),
        .target(name: "WasmRuntime", dependencies: ["CWasmCore"], swiftSettings: strict + optimised),

        // Row 7
        .executableTarget(
            name: "LatticeCLI",
            dependencies: [
                "WasmRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests
        .testTarget(name: "ActorsTests", dependencies: ["WasmRuntime"], swiftSettings: strict),
        .testTarget(name: "WasmRuntimeTests", dependencies: ["WasmRuntime"], swiftSettings: strict),
    ]
)
