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
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        // Row 1
        .target(name: "CWasmCore", cSettings: strictC + optimisedC),
        .target(name: "WasmRuntime", dependencies: ["CWasmCore"], swiftSettings: strict + optimised),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "LatticeIdentity", dependencies: ["CSodium"], swiftSettings: strict),
        .target(name: "LatticeBus", swiftSettings: strict),

        // Row 3
        .target(
            name: "ActorRuntime", dependencies: ["WasmRuntime", "LatticeIdentity"], swiftSettings: strict),

        // Row 6
        .target(
            name: "HTTPServerProvider",
            dependencies: [
                "LatticeIdentity",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "providers/httpserver", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "KeyValueOperations", path: "providers/keyvalue", exclude: ["README.md"], swiftSettings: strict),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(
            name: "RedisProvider", dependencies: ["CHiredis", "KeyValueOperations"], path: "providers/redis",
            exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "LocalKeyValueProvider", dependencies: ["KeyValueOperations"], path: "providers/keyvalue-local",
            exclude: ["README.md"], swiftSettings: strict),

        // Row 7
        .executableTarget(
            name: "LatticeCLI",
            dependencies: [
                "LatticeIdentity",
                "WasmRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests
        .target(name: "WasmTestSupport", path: "Tests/WasmTestSupport", swiftSettings: strict),
        .testTarget(
            name: "WasmRuntimeTests", dependencies: ["WasmRuntime", "WasmTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ActorRuntimeTests", dependencies: ["ActorRuntime", "WasmTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "LatticeCLITests",
            dependencies: [
                "LatticeCLI", "LatticeIdentity", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["LatticeCLI", "LatticeIdentity"], swiftSettings: strict),
        .testTarget(name: "LatticeIdentityTests", dependencies: ["LatticeIdentity"], swiftSettings: strict),
        .target(
            name: "LatticeTestSupport", dependencies: ["LatticeBus", "KeyValueOperations"], path: "Tests/LatticeTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "LatticeBusTests", dependencies: ["LatticeBus", "LatticeTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "HTTPServerProviderTests",
            dependencies: [
                "HTTPServerProvider",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RedisProviderTests", dependencies: ["RedisProvider", "KeyValueOperations"], swiftSettings: strict),
        .testTarget(
            name: "LocalKeyValueProviderTests", dependencies: ["LocalKeyValueProvider", "KeyValueOperations"],
            swiftSettings: strict),
        .executableTarget(
            name: "KeyValueCrashProgram", dependencies: ["LocalKeyValueProvider", "KeyValueOperations"],
            path: "Tests/KeyValueCrashProgram", swiftSettings: strict),
        .testTarget(
            name: "ProviderIntegrationTests",
            dependencies: [
                "HTTPServerProvider", "KeyValueCrashProgram", "KeyValueOperations", "LatticeTestSupport",
                "LocalKeyValueProvider", "RedisProvider", .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ]
)
