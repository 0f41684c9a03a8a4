// swift-tools-version: 6.2
import PackageDescription

/// Every target is built alike: Swift 6, the upcoming features switched on, and no warning tolerated.
let commonSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The loop is generic and its fastest fits take a microsecond: what is public of the loop and of the random
/// streams is compiled into the settings, for their own types.
let acrossModules: [SwiftSetting] = [.unsafeFlags(["-cross-module-optimization"])]

/// A library target and its test suite. Dependencies point downwards only.
func library(
    _ name: String, dependencies: [Target.Dependency], testing: [Target.Dependency] = [],
    resources: [Resource] = [], testResources: [Resource] = [], settings: [SwiftSetting] = []
) -> [Target] {
    [
        .target(
            name: name, dependencies: dependencies, resources: resources,
            swiftSettings: commonSettings + settings),
        .testTarget(
            name: name + "Tests",
            dependencies: [.byName(name: name), "TestSupport"] + dependencies + testing,
            resources: testResources, swiftSettings: commonSettings),
    ]
}

let package = Package(
    name: "CollapseLab",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CUTF8proc", providers: [.apt(["libutf8proc-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),
        .target(name: "CProcess"),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: commonSettings),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    ]
        + library("Support", dependencies: ["CCrypto", "CProcess"], settings: acrossModules)
        + library("Compute", dependencies: ["COpenBLAS", "CKernels"])
        + library(
            "Text",
            dependencies: ["Compute", "Support", "CUTF8proc", "CZlib"], testing: ["FuzzTargets"],
            testResources: [.copy("Fixtures")])
        + library(
            "LanguageModels", dependencies: ["CKernels", "Compute", "Support", "Text"],
            testing: ["AllocationCount"], testResources: [.copy("Fixtures")])
        + library("Networks", dependencies: ["Compute"])
        + library(
            "Collapse", dependencies: ["Networks", "Compute", "Support"],
            testResources: [.copy("Fixtures")], settings: acrossModules)
        + library(
            "Settings",
            dependencies: [
                "Collapse", "LanguageModels", "Networks", "Text", "Compute", "Support",
            ],
            testResources: [.copy("Fixtures")])
        + library(
            "Lab",
            dependencies: ["Collapse", "Compute", "Support", "Yams"],
            testing: ["Settings", "LanguageModels", "Text", "Report"],
            resources: [.copy("Recipes")], testResources: [.copy("Fixtures")])
        + library("Report", dependencies: ["Collapse", "Compute", "Support", "CZlib"])
        + library(
            "FuzzTargets",
            dependencies: [
                "Lab", "Settings", "Collapse", "LanguageModels", "Text", "Compute", "Support",
                "CZlib",
            ], testResources: [.copy("Inputs")])
        + [
            .executableTarget(
                name: "Benchmarks",
                dependencies: ["Collapse", "LanguageModels", "Text", "Compute", "Support"],
                swiftSettings: commonSettings),
            .executableTarget(
                name: "Fuzzing", dependencies: ["FuzzTargets"], swiftSettings: commonSettings),
            .executableTarget(
                name: "collapselab",
                dependencies: [
                    "Report", "Lab", "Settings", "Collapse", "LanguageModels", "Text", "Compute",
                    "Support", "CZlib",
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                ],
                swiftSettings: commonSettings),
            .testTarget(
                name: "collapselabTests", dependencies: ["collapselab", "TestSupport"],
                swiftSettings: commonSettings),
        ],
    swiftLanguageModes: [.v6]
)
