import Collapse
import Compute
import Foundation
import Settings
import Support
import TestSupport
import Testing

/// A small set of features that is made here under the name and with two of the views of the real one:
/// two classes that the columns of both views tell apart, with noise.
@Suite struct MultiviewFeaturesTests {
    private let folder: TemporaryFolder
    private let resources: SettingResources

    init() throws {
        folder = try TemporaryFolder()
        var bytes: [UInt8] = []
        for row in 0..<300 {
            let label = Double(row % 2)
            let noise = NormalDraws.array(
                53, from: RandomKey(seed: 8, purpose: .test, index: row))
            for number in [label] + noise.map({ $0 + 0.5 * label }) {
                withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
            }
        }
        try folder.write(
            """
            {
                "name": "mfeat", "title": "Two classes", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "none", "version": "1",
                    "sha256": "\(String(repeating: "0", count: 64))"
                },
                "views": [
                    {"name": "mor", "table": "mor.csv", "columns": 6},
                    {"name": "zer", "table": "zer.csv", "columns": 47}
                ],
                "rows": 300, "classes": 2,
                "features-sha256": "\(SHA256.digest(of: bytes).hexadecimal)"
            }
            """, "root/corpora/mfeat.features.json")
        try folder.write(bytes, "root/corpora/.cache/mfeat.features/features.f64")
        resources = SettingResources(root: folder.path + "/root", report: { _ in })
    }

    private func chain(
        _ keys: [String: SpecificationValue] = [:]
    ) throws -> Chain<MultiviewSetting> {
        let base: [String: SpecificationValue] = [
            "workflow": "mixture", "real-fraction": 1, "real-data": "kept", "sample-size": 150,
            "start-from": "previous", "test-rows": 100, "hidden-layers": 1, "width": 16,
            "epochs": 10, "alpha": 2, "data": ["kind": "mfeat", "views": ["mor", "zer"]],
        ]
        let arm = try ArmSpecification(
            name: "arm", values: MultiviewSetting.resolved(base.merging(keys) { $1 }))
        let setting = try MultiviewSetting(arm: arm, resources: resources)
        let seedData = try setting.makeSeedData(seed: 2, stream: 0, initialSize: 150)
        let plan = try ChainPlan(
            arm: arm, generations: 1, stream: RealStream(setting: setting, seedData: seedData))
        return Chain(plan: plan, seed: 2, setting: setting, seedData: seedData)
    }

    @Test("Views of different widths are encoded, and classes told apart")
    func classes() throws {
        let chain = try chain()
        let records = try (0...1).map { try chain.measure($0) }
        #expect(records[1].allSatisfy { $0.value.isFinite })
        let concatenation = try #require(
            records[1].first { $0.name == "multiview.concatenation_score" }
        ).value
        #expect(concatenation > 0.8)
        #expect(chain.setting.realCount(in: chain.seedData) == 200)
        let source = try #require(try chain.setting.sources().first)
        #expect(source.kind == "features" && source.parts.map(\.count) == [200, 100])
        let inputs = try #require(chain.setting.storage).inputs(.seedData)
        #expect(inputs.first?.hasPrefix("features=") == true)
    }

    @Test(
        "What the set cannot give is said at its key",
        arguments: [
            (["data": ["kind": "mfeat", "views": ["mor"]]], "data.views", "two views or more"),
            (["data": ["kind": "mfeat", "views": ["mor", "mor"]]], "data.views", "each once"),
            (["data": ["kind": "mfeat", "views": ["mor", "fou"]]], "data", "no view fou"),
            (["test-rows": 300], "test-rows", "none of to train on"),
            (["test-rows": 200], "sample-size", "real pool runs dry"),
        ] as [([String: SpecificationValue], String, String)])
    func contradictions(keys: [String: SpecificationValue], path: String, says: String) throws {
        let issue = #expect(throws: SpecificationIssue.self) { try chain(keys) }
        #expect(issue?.path.joined(separator: ".") == path)
        #expect(issue?.message.contains(says) == true, "\(issue?.message ?? "")")
    }

    @Test(
        "A column that says nothing leaves a covariance without an inverse, where there is no ridge"
    )
    func rank() throws {
        var bytes: [UInt8] = []
        for row in 0..<300 {
            let noise = NormalDraws.array(
                53, from: RandomKey(seed: 8, purpose: .test, index: row))
            for number in [Double(row % 2), 3] + noise.dropFirst() {
                withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
            }
        }
        let manifest = folder / "root/corpora/mfeat.features.json"
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        let sum = try #require(text.range(of: "features-sha256\": \"")).upperBound
        try folder.write(
            String(text[..<sum]) + SHA256.digest(of: bytes).hexadecimal + "\"}",
            "root/corpora/mfeat.features.json")
        try folder.write(bytes, "root/corpora/.cache/mfeat.features/features.f64")
        #expect(try chain().measure(1).allSatisfy { $0.value.isFinite })
        let issue = #expect(throws: SpecificationIssue.self) {
            try chain(["ridge": 0, "output-width": 6])
        }
        #expect(issue?.path == ["ridge"])
        #expect(issue?.message.contains("view 1 has rank 5 and 6 columns") == true)
    }
}
