import Collapse
import Compute
import Networks
import Settings
import Support
import Testing

@Suite struct DiffusionSettingTests {
    private let images: QuarterImages

    init() throws { images = try QuarterImages() }

    private func setting(
        _ keys: [String: SpecificationValue] = [:]
    ) throws -> (DiffusionSetting, ArmSpecification) {
        let base: [String: SpecificationValue] = [
            "workflow": "replace", "sample-size": 200, "start-from": "previous", "width": 24,
            "bottleneck": 8, "diffusion": ["steps": 12], "training": ["passes": 150, "batch": 32],
            "fine-tuning": [
                "passes": 10, "batch": 32, "learning-rate": 5e-4, "schedule": "constant",
            ], "evaluation": ["samples": 200],
        ]
        let values = DiffusionSetting.resolved(base.merging(keys) { $1 })
        let arm = try ArmSpecification(name: "arm", values: values)
        let setting = try DiffusionSetting(arm: arm, resources: images.resources)
        try arm.check(against: setting.capabilities)
        return (setting, arm)
    }

    private func records(
        _ keys: [String: SpecificationValue] = [:], generations: Int = 2, seed: UInt64 = 3,
        workers: Int = 1
    ) throws -> [[String: Double]] {
        let (setting, arm) = try setting(keys)
        let seedData = try setting.makeSeedData(seed: seed, stream: 0, initialSize: 200)
        let chain = Chain(
            plan: try ChainPlan(
                arm: arm, generations: generations,
                stream: RealStream(setting: setting, seedData: seedData)),
            seed: seed, setting: setting, seedData: seedData, workers: workers)
        return try (0...generations).map { t in
            Dictionary(
                uniqueKeysWithValues: try chain.measure(t).map { ($0.name, $0.value) })
        }
    }

    private func value(_ records: [[String: Double]], _ t: Int, _ name: String) throws -> Double {
        try #require(records[t][name], "no \(name)")
    }

    @Test("A model learns the images, and loses them where it learns its own")
    func collapse() throws {
        let records = try records(generations: 4)
        let (first, last) = (records[0], records[4])
        #expect(try value(records, 0, "image.class_accuracy") > 0.4, "\(first)")
        #expect(
            try value(records, 4, "image.frechet_distance")
                > 1.5 * value(records, 0, "image.frechet_distance"), "\(first) \(last)")
        #expect(try value(records, 4, "image.recall") < value(records, 0, "image.recall"))
    }

    @Test(
        "The probe keeps of each class the images that it is surest of, and leaves generation 0 alone"
    )
    func latentProbe() throws {
        let records = try records([
            "workflow": "accumulate", "curate": [["stage": "latent-probe", "per-class": 50]],
        ])
        #expect(try value(records, 0, "data.size") == 200)
        for t in 1...2 {
            let stage = "curate.1.latent-probe."
            #expect(try value(records, t, "data.size") == 200)
            #expect(try value(records, t, stage + "size_in") == Double(200 * (t + 1)))
            #expect(
                try value(records, t, stage + "confidence_out")
                    > value(records, t, stage + "confidence_in"))
            #expect(try value(records, t, stage + "probe_accuracy") > 0.6, "\(records[t])")
        }
    }

    @Test("A policy raises its reward, at the cost of what the images are of")
    func policy() throws {
        let policy: SpecificationValue = [
            "reward": "ink", "images": 80, "batch": 40, "epochs": 4, "steps": 6,
            "learning-rate": 3e-3,
        ]
        let records = try records(
            ["policy": policy, "optimizer-state": "carry-over"], generations: 3)
        #expect(
            try value(records, 3, "image.reward") > 0.2 + value(records, 0, "image.reward"),
            "\(records)")
        #expect(
            try value(records, 3, "image.frechet_distance")
                > 2 * value(records, 0, "image.frechet_distance"))
    }

    @Test("Every metric that is measured is declared")
    func metrics() throws {
        let declared = Set(DiffusionSetting.declaration.allMetrics.map(\.name))
        let plain = try records(generations: 1)[1]
        let policy = try records(
            ["policy": ["images": 40, "batch": 20, "steps": 6]], generations: 1)[1]
        #expect(Set(plain.keys).union(policy.keys) == declared)
    }

    @Test("Equal specifications give equal bits, at any number of workers")
    func repeatable() throws {
        let one = try records(generations: 1)
        #expect(try records(generations: 1, workers: 2) == one)
        #expect(try records(generations: 1, seed: 4)[0] != one[0])
    }

    @Test("Fits that carry their optimizer over differ, and what is carried survives storage")
    func carriedOptimizer() throws {
        let carried = try records(["optimizer-state": "carry-over"])
        let fresh = try records()
        #expect(carried[0] == fresh[0])
        #expect(carried[1] != fresh[1])
        let (setting, _) = try setting(["optimizer-state": "carry-over"])
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 200)
        let data = TrainingData(
            pool: Pool(try setting.real(0..<100, in: seedData), provenance: 0))
        let work = Workload(workers: 1)
        let first = try setting.fit(
            data, start: .scratch, seedData: seedData, key: RandomKey(seed: 1, purpose: .shuffle),
            work: work
        ).model
        #expect(first.optimizer?.steps ?? 0 > 0)
        let stored = try setting.decodeModel(
            setting.encode(first, seedData: seedData), seedData: seedData)
        #expect(stored == first)
        let next = RandomKey(seed: 2, purpose: .shuffle)
        func goOn(_ model: TrainedDenoiser) throws -> TrainedDenoiser {
            try setting.fit(
                data, start: .model(model, carriesOptimizer: true), seedData: seedData, key: next,
                work: work
            ).model
        }
        #expect(try goOn(stored) == goOn(first))
    }

    @Test("Images survive storage, and damaged files are refused")
    func storage() throws {
        let (setting, _) = try setting()
        let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 100)
        let examples = try setting.real(0..<20, in: seedData)
        let files = try setting.encode(examples, seedData: seedData)
        #expect(try setting.decodeExamples(files, seedData: seedData) == examples)
        #expect(setting.show(examples, at: 0, seedData: seedData).split(separator: "\n").count == 5)
        #expect(throws: (any Error).self) {
            try setting.decodeExamples(["labels.bin": [0, 1]], seedData: seedData)
        }
        #expect(throws: (any Error).self) {
            try setting.decodeExamples(["labels.bin": [9]], seedData: seedData)
        }
        #expect(throws: (any Error).self) {
            try setting.decodeModel(["denoiser.f32": [1, 2, 3]], seedData: seedData)
        }
    }

    @Test(
        "What cannot be done is refused by its key",
        arguments: [
            (["sampling": ["steps": 13]], ["sampling", "steps"]),
            (["policy": ["steps": 13]], ["policy", "steps"]),
            (["policy": ["steps": 6], "start-from": "scratch"], ["start-from"]),
            (["policy": ["steps": 6], "workflow": "accumulate"], ["workflow"]),
            (
                ["policy": ["steps": 12, "credit": "constant-weight", "weight": 1e-3]],
                ["policy", "weight"]
            ),
            (["policy": ["steps": 6], "parents": 3], ["parents"]),
            (["policy": ["weight": 1]], ["policy", "weight"]),
            (["evaluation": ["samples": 100, "neighbours": 100]], ["evaluation", "neighbours"]),
            (["policy": ["images": 100, "batch": 30]], ["policy", "batch"]),
        ] as [([String: SpecificationValue], [String])])
    func refusals(keys: [String: SpecificationValue], path: [String]) throws {
        #expect {
            try setting(keys)
        } throws: {
            ($0 as? SpecificationIssue)?.path == path
        }
    }

    @Test("A policy whose images have no others of their class is refused")
    func lonelyImages() throws {
        let (setting, _) = try setting(["policy": ["images": 7, "batch": 7, "steps": 6]])
        let issue = #expect(throws: SpecificationIssue.self) {
            try setting.makeSeedData(seed: 1, stream: 0, initialSize: 200)
        }
        #expect(issue?.path == ["policy", "images"])
        #expect(issue?.message.contains("use 8 at least") == true)
    }

    @Test(
        "Training that diverges fails with the rate to lower",
        arguments: [
            (
                [
                    "width": 1_024, "bottleneck": 512,
                    "training": [
                        "learning-rate": 10, "schedule": "constant", "passes": 1, "batch": 1,
                    ],
                ],
                "training.learning-rate"
            ),
            (
                ["policy": ["learning-rate": 10, "steps": 6, "epochs": 400]],
                "policy.learning-rate"
            ),
        ] as [([String: SpecificationValue], String)])
    func divergence(keys: [String: SpecificationValue], rate: String) throws {
        let error = #expect(throws: (any Error).self) { try records(keys, generations: 1) }
        #expect(error.map { "\($0)".contains(rate) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("A control of a policy learns images")
    func control() throws {
        let policy: SpecificationValue = [
            "learning-rate": 1e-3, "steps": 6, "epochs": 1, "images": 40, "batch": 40,
        ]
        let learnt = try records(["policy": policy], generations: 1)[1]
        let control = try records(["policy": policy, "control": .boolean(true)], generations: 1)[1]
        #expect(learnt["fit.reward"] != nil && learnt["fit.loss"] == nil)
        #expect(control["fit.reward"] == nil && control["fit.loss"] != nil)
        #expect(control["image.reward"] != nil)
    }

    @Test("Real data without an image of some class are refused")
    func absentClass() throws {
        let (setting, _) = try setting()
        #expect {
            try setting.makeSeedData(seed: 1, stream: 0, initialSize: 2)
        } throws: {
            ($0 as? SpecificationIssue)?.path == ["sample-size"]
        }
    }
}
