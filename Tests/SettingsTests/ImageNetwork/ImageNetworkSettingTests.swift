import Collapse
import Compute
import Foundation
import Settings
import Support
import TestSupport
import Testing
import Text

@Suite struct ImageNetworkSettingTests {
    private let images: QuarterImages
    private var resources: SettingResources { images.resources }

    init() throws { images = try QuarterImages() }

    private func setting(
        _ keys: [String: SpecificationValue] = [:]
    ) throws -> (ImageNetworkSetting, SpecificationValue) {
        let base: [String: SpecificationValue] = [
            "workflow": "mixture", "sample-size": 100, "real-fraction": 0.4, "real-data": "kept",
            "sample-from": "base", "held-out": 100, "width": 12, "labeller-size": 5, "batch": 20,
            "epochs": 15, "learning-rate": 0.01,
        ]
        let values = ImageNetworkSetting.resolved(base.merging(keys) { $1 })
        let arm = try ArmSpecification(name: "arm", values: values)
        return (try ImageNetworkSetting(arm: arm, resources: resources), values)
    }

    private func records(
        _ keys: [String: SpecificationValue] = [:], seed: UInt64 = 3
    ) throws -> [[MetricValue]] {
        let (setting, values) = try setting(keys)
        let seedData = try setting.makeSeedData(seed: seed, stream: 0, initialSize: 100)
        let arm = try ArmSpecification(name: "arm", values: values)
        let chain = Chain(
            plan: try ChainPlan(
                arm: arm, generations: 1, stream: RealStream(setting: setting, seedData: seedData)),
            seed: seed, setting: setting, seedData: seedData)
        return try (0...1).map { try chain.measure($0) }
    }

    private func value(_ metrics: [MetricValue], _ name: String) throws -> Double {
        try #require(metrics.first { $0.name == name }).value
    }

    @Test("A network learns from real labels; wrong labels cost it, as many as its generator gives")
    func learning() throws {
        let mixed = try records(["real-fraction": 0])
        #expect(try value(mixed[0], "image.test_error") < 0.1)
        let generator = try value(mixed[1], "image.generator_error")
        let student = try value(mixed[1], "image.test_error")
        #expect(generator > 0.1)
        #expect(student > 0.5 * generator)
        #expect(try value(mixed[1], "data.real_fraction") == 0)
    }

    @Test("What is measured is declared, and the other way round")
    func metrics() throws {
        let declared = Set(ImageNetworkSetting.declaration.allMetrics.map(\.name))
        #expect(Set(try records()[1].map(\.name)) == declared)
    }

    @Test("Equal specifications give equal bits")
    func repeatable() throws {
        #expect(try records() == records())
        #expect(try records()[0] != records(seed: 4)[0])
    }

    @Test("With kept real data a mixture relabels just the images it does not keep")
    func relabelling() throws {
        let (setting, _) = try setting()
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 100)
        let real = try setting.real(0..<100, in: seedData)
        let base = try setting.baseModel(in: seedData, work: Workload(workers: 1))
        let samples = try setting.sample(
            from: [base], size: 100, conditions: real, seedData: seedData,
            key: RandomKey(seed: 3, purpose: .sample), work: Workload(workers: 1))
        let trained = real.prefix(size: 40).images + samples.prefix(size: 60).images
        #expect(trained.sorted() == real.images.sorted())
        #expect(samples.labels != real.selecting(Array((0..<100).reversed())).labels)
    }

    @Test("Held-out, real and generator's images share nothing, and sizes move no other part")
    func parts() throws {
        func images(_ keys: [String: SpecificationValue]) throws -> LabelledImages {
            let (setting, _) = try setting(keys)
            let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 1)
            return try setting.real(0..<200, in: seedData)
        }
        let small = try images(["labeller-size": 8])
        #expect(try images(["labeller-size": 90]) == small)
        #expect(Set(small.images).count == 200)
    }

    @Test("Models, labels and pictures survive storage")
    func storage() throws {
        let (setting, _) = try setting()
        let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 1)
        let examples = try setting.real(0..<20, in: seedData)
        let files = try setting.encode(examples, seedData: seedData)
        #expect(try setting.decodeExamples(files, seedData: seedData) == examples)
        #expect(setting.show(examples, at: 0, seedData: seedData).split(separator: "\n").count == 5)
        let model = try setting.baseModel(in: seedData, work: Workload(workers: 1))
        #expect(
            try setting.decodeModel(setting.encode(model, seedData: seedData), seedData: seedData)
                == model)
        #expect(throws: (any Error).self) {
            try setting.decodeModel(["network.f32": [1, 2, 3]], seedData: seedData)
        }
        #expect(throws: (any Error).self) {
            try setting.decodeExamples(["labels.bin": [1, 2]], seedData: seedData)
        }
    }

    @Test(
        "What contradicts itself is said at its key",
        arguments: [
            (["labeller-size": 300], "labeller-size", "leaves none to train on"),
            (
                ["optimizer-state": "carry-over", "start-from": "previous"], "optimizer-state",
                "restart"
            ),
            (["start-from": "base", "generator-width": 3], "generator-width", "make them equal"),
        ] as [([String: SpecificationValue], String, String)])
    func contradictions(keys: [String: SpecificationValue], path: String, says: String) throws {
        let issue = #expect(throws: SpecificationIssue.self) {
            try setting(keys).0.makeSeedData(seed: 0, stream: 0, initialSize: 10)
        }
        #expect(issue?.path == [path])
        #expect(issue?.message.contains(says) == true)
    }
}
