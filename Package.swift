// swift-tools-version: 6.2
import PackageDescription

/// Every target is built alike: Swift 6, the upcoming features switched on, and no warning tolerated.
let houseRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The loop is generic and its fastest fits take a microsecond: what is public of the loop's room and of the random
/// streams is compiled into the settings, for their own types.
let acrossModules: [SwiftSetting] = [.unsafeFlags(["-cross-module-optimization"])]

/// A library of the house and its test suite. Dependencies point downwards only.
func room(
    _ name: String, dependencies: [Target.Dependency], testing: [Target.Dependency] = [],
    resources: [Resource] = [], testResources: [Resource] = [], settings: [SwiftSetting] = []
) -> [Target] {
    [
        .target(
            name: name, dependencies: dependencies, resources: resources,
            swiftSettings: houseRules + settings),
        .testTarget(
            name: name + "Tests",
            dependencies: [.byName(name: name), "TestSupport"] + dependencies + testing,
            resources: testResources, swiftSettings: houseRules),
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
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: houseRules),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    ]
        + room("Support", dependencies: ["CCrypto"], settings: acrossModules)
        + room("Compute", dependencies: ["COpenBLAS", "CKernels"])
        + room(
            "Text",
            dependencies: ["Compute", "Support", "CUTF8proc", "CZlib"],
            testResources: [.copy("Fixtures")])
        + room(
            "LanguageModels", dependencies: ["CKernels", "Compute", "Support", "Text"],
            testing: ["AllocationCount"], testResources: [.copy("Fixtures")])
        + room("Collapse", dependencies: ["Compute", "Support"], settings: acrossModules)
        + room(
            "Settings", dependencies: ["Collapse", "LanguageModels", "Text", "Compute", "Support"],
            testResources: [.copy("Fixtures")])
        + room(
            "Lab",
            dependencies: ["Collapse", "Compute", "Support", "Yams"],
            testing: ["Settings", "LanguageModels", "Text"], resources: [.copy("Recipes")])
        + room("Report", dependencies: ["Collapse", "Compute", "Support"])
        + [
            .executableTarget(
                name: "Benchmarks", dependencies: ["LanguageModels", "Text", "Compute", "Support"],
                swiftSettings: houseRules),
            .executableTarget(
                name: "collapselab",
                dependencies: [
                    "Report", "Lab", "Settings", "Collapse", "LanguageModels", "Text", "Compute",
                    "Support",
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                ],
                swiftSettings: houseRules),
            .testTarget(
                name: "collapselabTests", dependencies: ["collapselab", "TestSupport"],
                swiftSettings: houseRules),
        ],
    swiftLanguageModes: [.v6]
)
