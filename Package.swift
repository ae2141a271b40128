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
        .library(name: "ProviderSDK", targets: ["ProviderSDK", "LatticeProviders"]),
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
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .target(name: "LatticeConfig", dependencies: ["CYAML"], swiftSettings: strict),
        .target(name: "OwnThreads", swiftSettings: strict),
        .systemLibrary(name: "CLinuxCalls"),
        .target(name: "ChildProcesses", dependencies: ["CLinuxCalls"], swiftSettings: strict),

        // Row 2
        .target(name: "WASI", dependencies: ["CLinuxCalls", "WasmRuntime"], swiftSettings: strict),
        .target(name: "LatticeProtocol", dependencies: ["LatticeBus", "LatticeIdentity"], swiftSettings: strict),
        .target(name: "CNATS", cSettings: strictC),
        .target(
            name: "NATSTransport", dependencies: ["LatticeBus", "LatticeIdentity", "CNATS"], swiftSettings: strict),

        // Row 3
        .target(name: "ActorRuntime", dependencies: ["OwnThreads", "WasmRuntime", "WASI"], swiftSettings: strict),
        .target(name: "LatticeContracts", dependencies: ["LatticeProtocol"], swiftSettings: strict),
        .target(
            name: "LatticeTrust", dependencies: ["LatticeProtocol", "LatticeBus", "LatticeIdentity"],
            swiftSettings: strict),

        // Row 4
        .target(
            name: "LatticeProviders", dependencies: ["LatticeIdentity", "LatticeProtocol", "LatticeTrust"],
            swiftSettings: strict),
        .target(
            name: "LatticeControl", dependencies: ["LatticeBus", "LatticeIdentity", "LatticeProtocol", "LatticeTrust"],
            swiftSettings: strict),

        // Row 5
        .target(
            name: "LatticeExchange",
            dependencies: ["LatticeBus", "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTrust"],
            swiftSettings: strict),

        // Row 6
        .target(
            name: "LatticeHost",
            dependencies: [
                "ActorRuntime", "CLinuxCalls", "ChildProcesses", "LatticeBus", "LatticeContracts", "LatticeControl",
                "LatticeExchange", "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTrust",
                "OwnThreads", "WasmRuntime",
            ],
            swiftSettings: strict),

        .target(
            name: "ProviderSDK",
            dependencies: [
                "ChildProcesses", "LatticeBus", "LatticeExchange", "LatticeIdentity", "LatticeProtocol",
                "LatticeProviders", "LatticeTrust", "NATSTransport",
            ],
            swiftSettings: strict),

        // Row 7
        .target(
            name: "HTTPServerProvider",
            dependencies: [
                "LatticeContracts", "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTrust",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "providers/httpserver", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "KeyValueOperations",
            dependencies: ["LatticeContracts", "LatticeProtocol", "LatticeProviders", "LatticeTrust"],
            path: "providers/keyvalue", exclude: ["README.md"], swiftSettings: strict),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(
            name: "RedisProvider",
            dependencies: [
                "CHiredis", "KeyValueOperations", "LatticeIdentity", "LatticeProtocol", "LatticeProviders",
                "LatticeTrust", "OwnThreads",
            ],
            path: "providers/redis", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "LocalKeyValueProvider",
            dependencies: [
                "KeyValueOperations", "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTrust",
                "OwnThreads",
            ],
            path: "providers/keyvalue-local", exclude: ["README.md"], swiftSettings: strict),

        // Row 8
        .executableTarget(
            name: "LatticeCLI",
            dependencies: [
                "ActorRuntime",
                "CLinuxCalls",
                "ChildProcesses",
                "HTTPServerProvider",
                "LatticeBus",
                "LatticeConfig",
                "LatticeControl",
                "LatticeHost",
                "LatticeIdentity",
                "LatticeProtocol",
                "LatticeProviders",
                "LatticeTrust",
                "LocalKeyValueProvider",
                "NATSTransport",
                "ProviderSDK",
                "RedisProvider",
                "WASI",
                "WasmRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // What benchmarks need of parts alone
        .executableTarget(
            name: "engine-bench", dependencies: ["WASI", "WasmRuntime"], path: "Benchmarks/engine/engine-bench",
            swiftSettings: strict),

        .executableTarget(
            name: "actor-bench",
            dependencies: [
                "LatticeBus", "LatticeExchange", "LatticeHost", "LatticeIdentity", "LatticeProtocol", "LatticeTrust",
            ],
            path: "Benchmarks/actors/actor-bench", swiftSettings: strict),

        // What tests share
        .target(
            name: "LatticeTestSupport", dependencies: ["LatticeBus", "KeyValueOperations"],
            path: "Tests/LatticeTestSupport", swiftSettings: strict),
        .target(
            name: "LatticeControlTestSupport",
            dependencies: ["LatticeBus", "LatticeControl", "LatticeIdentity", "LatticeProtocol", "LatticeTrust"],
            path: "Tests/LatticeControlTestSupport", swiftSettings: strict),
        .executableTarget(
            name: "KeyValueCrashProgram", dependencies: ["LocalKeyValueProvider", "KeyValueOperations"],
            path: "Tests/KeyValueCrashProgram", swiftSettings: strict),
        .executableTarget(
            name: "ProviderTestProgram",
            dependencies: [
                "HTTPServerProvider", "LatticeProtocol", "LatticeProviders", "LocalKeyValueProvider", "ProviderSDK",
            ],
            path: "Tests/ProviderTestProgram", swiftSettings: strict),
        .executableTarget(
            name: "SnapshotProgram", dependencies: ["WASI", "WASITestSupport", "WasmRuntime", "WasmTestSupport"],
            path: "Tests/SnapshotProgram", swiftSettings: strict),
        .target(name: "WASITestSupport", path: "Tests/WASITestSupport", swiftSettings: strict),
        .target(
            name: "WasmTestSupport", dependencies: ["WasmRuntime"], path: "Tests/WasmTestSupport",
            swiftSettings: strict),

        // Tests
        .testTarget(
            name: "WasmRuntimeTests",
            dependencies: ["SnapshotProgram", "WASITestSupport", "WasmRuntime", "WasmTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WASITests", dependencies: ["WASI", "WASITestSupport", "WasmRuntime"], swiftSettings: strict),
        .testTarget(name: "LatticeIdentityTests", dependencies: ["LatticeIdentity"], swiftSettings: strict),
        .testTarget(
            name: "LatticeBusTests", dependencies: ["LatticeBus", "LatticeTestSupport"], swiftSettings: strict),
        .testTarget(name: "LatticeConfigTests", dependencies: ["LatticeConfig"], swiftSettings: strict),
        .testTarget(
            name: "LatticeProtocolTests", dependencies: ["LatticeProtocol", "LatticeBus", "LatticeIdentity"],
            swiftSettings: strict),
        .testTarget(
            name: "NATSTransportTests", dependencies: ["LatticeBus", "LatticeIdentity", "NATSTransport"],
            swiftSettings: strict),
        .testTarget(
            name: "ActorRuntimeTests", dependencies: ["ActorRuntime", "WasmRuntime", "WasmTestSupport"],
            swiftSettings: strict),
        .testTarget(name: "ActorsTests", dependencies: ["WasmRuntime"], swiftSettings: strict),
        .testTarget(
            name: "LatticeContractsTests", dependencies: ["LatticeContracts", "LatticeProtocol"],
            swiftSettings: strict),
        .testTarget(
            name: "LatticeTrustTests",
            dependencies: ["LatticeTrust", "LatticeProtocol", "LatticeBus", "LatticeIdentity"],
            swiftSettings: strict),
        .testTarget(
            name: "LatticeControlTests",
            dependencies: [
                "LatticeBus", "LatticeControl", "LatticeControlTestSupport", "LatticeIdentity", "LatticeProtocol",
                "LatticeTrust",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LatticeExchangeTests",
            dependencies: [
                "LatticeBus", "LatticeExchange", "LatticeIdentity", "LatticeProtocol", "LatticeProviders",
                "LatticeTestSupport", "LatticeTrust",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LatticeHostTests",
            dependencies: [
                "ActorRuntime", "ChildProcesses", "LatticeBus", "LatticeContracts", "LatticeControl",
                "LatticeExchange", "LatticeHost", "LatticeIdentity", "LatticeProtocol", "LatticeProviders",
                "LatticeTestSupport", "LatticeTrust", "WasmTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LatticeCLITests",
            dependencies: [
                "LatticeBus", "LatticeCLI", "LatticeConfig", "LatticeControl", "LatticeControlTestSupport",
                "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTrust", "WASITestSupport",
                "WasmRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["LatticeBus", "NATSTransport", "LatticeTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "ChildProcesses", "LatticeBus", "LatticeCLI", "LatticeIdentity", "LatticeProtocol",
                "LatticeTestSupport",
                "LatticeTrust", "NATSTransport", "WASITestSupport", "WasmTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPServerProviderTests",
            dependencies: [
                "HTTPServerProvider",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProviderIntegrationTests",
            dependencies: [
                "ChildProcesses", "HTTPServerProvider", "KeyValueCrashProgram", "KeyValueOperations", "LatticeBus",
                "LatticeContracts",
                "LatticeExchange", "LatticeHost", "LatticeIdentity", "LatticeProtocol", "LatticeProviders",
                "LatticeTestSupport", "LatticeTrust", "LocalKeyValueProvider", "NATSTransport", "ProviderTestProgram",
                "RedisProvider", .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProviderSDKTests",
            dependencies: [
                "LatticeIdentity", "LatticeProtocol", "LatticeProviders", "LatticeTestSupport", "LatticeTrust",
                "NATSTransport", "ProviderSDK",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RedisProviderTests", dependencies: ["RedisProvider", "KeyValueOperations"], swiftSettings: strict),
        .testTarget(
            name: "LocalKeyValueProviderTests", dependencies: ["LocalKeyValueProvider", "KeyValueOperations"],
            swiftSettings: strict),
    ]
)
