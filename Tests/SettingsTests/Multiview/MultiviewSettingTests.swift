import Collapse
import Compute
import Networks
import Settings
import Support
import Testing

@Suite struct MultiviewSettingTests {
    private static let base: [String: SpecificationValue] = [
        "workflow": "mixture", "real-fraction": 1, "real-data": "kept", "sample-size": 120,
        "start-from": "previous", "optimizer-state": "carry-over", "test-rows": 100,
        "hidden-layers": 1, "width": 12, "epochs": 4,
        "data": [
            "kind": "synthetic", "god-dimension": 10, "view-width": 8, "tasks": 3,
        ],
    ]

    private func arm(_ keys: [String: SpecificationValue]) throws -> ArmSpecification {
        try ArmSpecification(
            name: "arm", values: MultiviewSetting.resolved(Self.base.merging(keys) { $1 }))
    }

    private func chain(
        _ keys: [String: SpecificationValue] = [:], generations: Int = 2, seed: UInt64 = 3
    ) throws -> Chain<MultiviewSetting> {
        let arm = try arm(keys)
        let setting = try MultiviewSetting(
            arm: arm, resources: SettingResources(root: "", report: { _ in }))
        let seedData = try setting.makeSeedData(
            seed: seed, stream: 0, initialSize: arm.sampleSizes(generations: 0)[0])
        let plan = try ChainPlan(
            arm: arm, generations: generations,
            stream: RealStream(setting: setting, seedData: seedData))
        try plan.checkSamples(of: setting.capabilities)
        try setting.check(plan)
        return Chain(plan: plan, seed: seed, setting: setting, seedData: seedData)
    }

    private func value(_ metrics: [MetricValue], _ name: String) throws -> Double {
        try #require(metrics.first { $0.name == name }, "no \(name)").value
    }

    // MARK: Training

    @Test(
        "Generations that carry the optimizer over are one training, to the bit",
        arguments: [0.0, 2.0], ["kept", "replayed"])
    func oneTraining(alpha: Double, policy: String) throws {
        let keys: [String: SpecificationValue] = [
            "alpha": .number(alpha), "real-data": .text(policy),
        ]
        let parts = try chain(keys, generations: 3)
        for t in 0...3 { _ = try parts.measure(t) }
        let whole = try chain(keys.merging(["epochs": 12]) { $1 }, generations: 1)
        #expect(try parts.model(of: 3) == whole.model(of: 1))
        #expect(try parts.model(of: 3).epochs == 12)
        #expect(try parts.model(of: 0).epochs == 0)
        let restarted = try chain(
            keys.merging(["optimizer-state": "restart"]) { $1 }, generations: 3)
        #expect(try restarted.model(of: 3) != whole.model(of: 1))
    }

    @Test("Training makes views correlate, and less so with noise regularisation")
    func learning() throws {
        let plain = try chain(["epochs": 60], generations: 1)
        let regularised = try chain(["epochs": 60, "alpha": 50], generations: 1)
        let before = try value(plain.measure(0), "multiview.train_correlation")
        let after = try value(plain.measure(1), "multiview.train_correlation")
        let held = try value(regularised.measure(1), "multiview.train_correlation")
        #expect(after > before + 1)
        #expect(held < after - 0.5)
    }

    @Test("Noise depends on seed and epoch, and without its term on nothing")
    func noise() throws {
        let normal = try chain(["alpha": 2], generations: 1).model(of: 1)
        let uniform = try chain(["alpha": 2, "noise-distribution": "uniform"], generations: 1)
            .model(of: 1)
        #expect(normal != uniform)
        #expect(try chain(["alpha": 2], generations: 1).model(of: 1) == normal)
        let key = RandomKey(seed: 1, purpose: .noise)
        for distribution in NoiseDistribution.allCases {
            let draws = distribution.draws(rows: 400, columns: 50, from: key).elements
            let mean = draws.reduce(0, +) / 20_000
            let variance = draws.reduce(0) { $0 + $1 * $1 } / 20_000
            #expect(abs(mean) < 0.04 && abs(variance - 1) < 0.05, "\(distribution)")
        }
    }

    @Test("Representations that are constant, or no numbers, stop training with a reason")
    func singular() throws {
        let encoders = Encoders(views: [2, 2], hidden: [], outputs: [2, 2])
        let views = (0..<2).map { index in
            Matrix(
                rows: 9, columns: 2,
                NormalDraws.array(18, from: RandomKey(seed: 7, purpose: .test, index: index)))
        }
        for (value, ridge) in [(Float(0), 0.0), (.nan, 0.1)] {
            let training = CorrelationTraining(
                epochs: 3, learningRate: 0.1, ridge: ridge, alpha: 1, noise: .normal)
            var model = EncoderModel(
                parameters: Array(repeating: value, count: encoders.layout.count))
            let error = #expect(throws: SingularRepresentation.self) {
                try training.train(
                    &model, of: encoders, on: views, key: RandomKey(seed: 1, purpose: .noise))
            }
            #expect(error?.epoch == 0 && "\(error as Any)".contains("raise ridge"))
        }
    }

    // MARK: Data

    @Test("A row is the same whatever others are asked for, and depends on the seed")
    func rows() throws {
        let one = try chain()
        let wide = try one.setting.real(0..<400, in: one.seedData)
        #expect(wide.count == 400)
        let fresh = try chain(["real-data": "fresh"], generations: 1)
        #expect(try fresh.measure(1) != one.measure(1))
        #expect(try chain(seed: 4).measure(0) != one.measure(0))
        #expect(try chain().measure(0) == one.measure(0))
    }

    @Test(
        "Slices cover the hidden vector and share what the common rate says",
        arguments: [0, 0.2, 0.6, 1], [2, 3])
    func slices(rate: Double, count: Int) throws {
        let views: SpecificationValue = [
            "kind": "synthetic", "god-dimension": 60, "view-count": .integer(count),
            "common-rate": .number(rate), "view-width": 8, "tasks": 3,
        ]
        let metrics = try chain(["data": views, "epochs": 1], generations: 1).measure(1)
        #expect(metrics.allSatisfy { $0.value.isFinite })
    }

    @Test("Views of one slice correlate more than views of two, which noise alone would not")
    func commonRates() throws {
        let correlations = try [0.0, 0.5, 1.0].map { rate in
            let views: SpecificationValue = [
                "kind": "synthetic", "god-dimension": 10, "view-width": 10, "tasks": 3,
                "common-rate": .number(rate),
            ]
            return try value(
                chain(["data": views], generations: 1).measure(0), "multiview.train_correlation")
        }
        #expect(correlations == correlations.sorted())
        #expect(correlations[2] > correlations[0] + 1)
    }

    // MARK: Metrics

    @Test("What is measured is declared, and the other way round; nothing is sampled")
    func metrics() throws {
        let chain = try chain()
        let declared = Set(MultiviewSetting.declaration.allMetrics.map(\.name))
        let records = try (0...2).map { try chain.measure($0) }
        #expect(Set(records[2].map(\.name)) == declared)
        #expect(declared.subtracting(records[0].map(\.name)) == ["fit.loss"])
        #expect(records[2].allSatisfy { $0.value.isFinite })
        for name in ["multiview.linear_cca_score", "multiview.concatenation_score"] {
            #expect(try value(records[0], name) == value(records[2], name))
        }
        #expect(throws: MissingCapability.self) { try chain.samples(withProvenance: 1) }
    }

    @Test("Representation, ridge regression and ranks have the values that they must have")
    func measures() throws {
        let rows = Matrix(
            rows: 200, columns: 4,
            NormalDraws.array(800, from: RandomKey(seed: 5, purpose: .test)))
        #expect(RepresentationMeasures.effectiveRank(of: rows) > 3.8)
        let twice = rows.times(Matrix(rows: 4, columns: 2, [1, 1, 0, 0, 0, 0, 0, 0]))
        #expect(abs(RepresentationMeasures.effectiveRank(of: twice) - 1) < 1e-6)
        #expect(RepresentationMeasures.normalisedEigenvalueSum(of: .diagonal([2, 2, 2])) == 1)
        #expect(RepresentationMeasures.normalisedEigenvalueSum(of: .diagonal([2, 1, 1])) == 0.5)
        let turned = rows.times(Matrix(rows: 4, columns: 4, (0..<16).map { Double($0 % 5) - 1 }))
        let full = RepresentationMeasures.reconstruction(of: (rows, rows), from: (turned, turned))
        #expect(full > 0.99)
        let part = RepresentationMeasures.reconstruction(of: (rows, rows), from: (twice, twice))
        #expect(part < 0.4)
        let score = DownstreamScore(folds: 5)
        let labels = (0..<200).map { UInt8(rows[$0, 0] > 0 ? 1 : 0) }
        #expect(score(of: rows, on: .regression(rows.times(.diagonal(3, count: 4)))) > 0.999)
        #expect(score(of: rows, on: .classes(labels, count: 2)) > 0.93)
        let other = Matrix(
            rows: 200, columns: 2,
            NormalDraws.array(400, from: RandomKey(seed: 6, purpose: .test)))
        #expect(score(of: rows, on: .regression(other)) < 0.1)
    }

    // MARK: Storage

    @Test("Models survive storage, and go on from it to the same bits")
    func storage() throws {
        let chain = try chain(["alpha": 2])
        let (setting, seedData) = (chain.setting, chain.seedData)
        let model = try chain.model(of: 1)
        let files = try setting.encode(model, seedData: seedData)
        #expect(try setting.decodeModel(files, seedData: seedData) == model)
        for name in files.keys {
            var damaged = files
            damaged[name] = [1, 2, 3]
            #expect(throws: (any Error).self, "\(name)") {
                try setting.decodeModel(damaged, seedData: seedData)
            }
        }
        let rows = ViewRows(rows: [0, 5, 1_000_000])
        let written = try setting.encode(rows, seedData: seedData)
        #expect(try setting.decodeExamples(written, seedData: seedData) == rows)
        #expect(throws: (any Error).self) {
            try setting.decodeExamples(["rows.i32": [1]], seedData: seedData)
        }
    }

    // MARK: Refusals

    private static func synthetic(
        _ keys: [(String, SpecificationValue)]
    ) -> SpecificationValue {
        .map(
            ([("kind", "synthetic"), ("god-dimension", 10), ("view-width", 8), ("tasks", 3)] + keys)
                .reduce(into: SpecificationMap([])) { $0[$1.0] = $1.1 })
    }

    @Test(
        "What contradicts itself is said at its key",
        arguments: [
            (
                ["workflow": "replace", "real-fraction": .null, "real-data": .null], "workflow",
                "draw none"
            ),
            (
                ["workflow": "accumulate", "real-fraction": .null, "real-data": .null], "workflow",
                "real-fraction: 1"
            ),
            (["real-fraction": 0.5], "real-fraction", "generation 1 would train on samples"),
            (["start-from": "scratch", "optimizer-state": "restart"], "start-from", "previous"),
            (["curate": [["stage": "exact-duplicates"]]], "curate", "remove the stages"),
            (["test-rows": 30, "folds": 20], "test-rows", "30 test rows for 20 folds"),
            (["test-rows": 16], "test-rows", "use more than 16"),
            (["sample-size": 16], "sample-size", "generation 0 has 16 rows"),
            (
                ["sample-size": ["schedule": "table", "values": [120, 17, 16]]], "sample-size",
                "generation 2 has 16 rows"
            ),
            (["output-width": 119], "test-rows", "use more than 238"),
            (["width": 65_536, "hidden-layers": 16], "width", "GB of memory"),
            (["test-rows": 1_000_000, "output-width": 4_096], "test-rows", "GB of memory"),
            (["parents": 3], "parents", "draw none"),
            (["output-width": 9, "ridge": 0], "ridge", "wider than a view"),
            (["width": 3, "ridge": 0], "ridge", "hidden layer"),
            (
                ["data": synthetic([("god-dimension", 2), ("view-count", 8), ("common-rate", 0)])],
                "data.god-dimension", "leave none"
            ),
        ] as [([String: SpecificationValue], String, String)])
    func contradictions(keys: [String: SpecificationValue], path: String, says: String) throws {
        let issue = #expect(throws: SpecificationIssue.self) { try chain(keys) }
        #expect(issue?.path.joined(separator: ".") == path)
        #expect(issue?.message.contains(says) == true, "\(issue?.message ?? "")")
    }

    @Test("Fresh data, smaller parts and controls are real data, too")
    func realPlans() throws {
        for keys in [
            ["real-data": "fresh"], ["real-data": "replayed"],
            [
                "workflow": "replace", "real-fraction": .null, "real-data": .null,
                "control": .boolean(true),
            ],
        ] as [[String: SpecificationValue]] {
            #expect(try chain(keys, generations: 1).measure(1).contains { $0.name == "fit.loss" })
        }
    }

    @Test("A gap that cannot be 0 is said", arguments: [["output-width": 5], ["width": 3]])
    func gaps(keys: [String: SpecificationValue]) throws {
        let gap = "noise gap"
        #expect(try !chain().setting.notes.contains { $0.contains(gap) })
        #expect(try chain(keys).setting.notes.contains { $0.contains(gap) })
    }

    @Test(
        "What slices of whole dimensions cannot have is said",
        arguments: [
            ([("god-dimension", 14), ("common-rate", 0.6)], []),
            (
                [("god-dimension", 2), ("common-rate", 0.5)],
                [
                    "Slices of 1 of the 2 dimensions share 0.0 with the next view's, where "
                        + "common-rate is 0.5."
                ]
            ),
            (
                [("god-dimension", 12), ("view-count", 8), ("common-rate", 0)],
                [
                    "Slices of 2 of the 12 dimensions share between 0.0 and 0.5 with the next view's, "
                        + "where common-rate is 0.0."
                ]
            ),
            (
                [("god-dimension", 10), ("view-count", 8), ("common-rate", 0)],
                ["2 of the 10 hidden dimensions are seen by no view."]
            ),
        ] as [([(String, SpecificationValue)], [String])])
    func slices(keys: [(String, SpecificationValue)], says: [String]) throws {
        #expect(try chain(["data": Self.synthetic(keys)]).setting.notes == says)
    }

    @Test("Training that diverges fails, and gives no numbers", arguments: [3, 4, 5] as [UInt64])
    func divergence(seed: UInt64) throws {
        // So deep that the second step overflows, on any processor.
        let chain = try chain(
            ["learning-rate": 10, "hidden-layers": 16, "epochs": 200], seed: seed)
        #expect(throws: (any Error).self) { try chain.measure(1) }
    }
}
