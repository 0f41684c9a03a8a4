import Collapse
import Settings
import Support
import Testing

@Suite struct DeclarationTests {
    @Test(
        "Every key is part of what names a result, or its declaration says why not",
        arguments: SettingCase.all)
    func hashedByConstruction(setting: SettingCase) {
        let declaration = setting.type.declaration
        let keys = declaration.keys
        #expect(Set(keys.map(\.key)).count == keys.count)
        for variation in keys.variations {
            let (left, right) = variation.values
            #expect(left != right, "\(variation.path)")
            let isNamed = LoopStage.allCases.contains {
                keys.hashedText(of: $0, in: left) != keys.hashedText(of: $0, in: right)
            }
            if let reason = variation.reason {
                #expect(!reason.isEmpty, "\(variation.path)")
            } else {
                #expect(isNamed, "\(variation.path) changes and no name does")
            }
        }
    }

    @Test(
        "Each sense of collapse is decided by one declared metric at most",
        arguments: SettingCase.all)
    func definitions(setting: SettingCase) {
        let declaration = setting.type.declaration
        let rules = declaration.definitions
        #expect(rules.contains { $0.definition == .populationRisk })
        #expect(Set(rules.map(\.definition)).count == rules.count)
        let known = Set(declaration.allMetrics.map(\.name))
        for rule in rules {
            #expect(known.contains(rule.metric), "\(rule.definition)")
            #expect(rule.margin > 0)
        }
    }

    @Test("A key that says why it names no fit is named by the plan instead")
    func keysOfArms() {
        for key in ArmKeys.common + ExperimentKeys.all {
            guard case .never(let reason) = key.hashed else {
                Issue.record("\(key.key) is hashed with the setting's keys")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    // MARK: Capabilities

    static let stages: [(stage: SpecificationValue, needs: Set<Capability>)] = [
        (["stage": "exact-duplicates"], []),
        (["stage": "weight", "real": 1.0, "synthetic": 1.0], []),
        (["stage": "top-fraction", "under": "previous", "fraction": 0.5], [.scores]),
        (["stage": "score-threshold", "under": "base", "minimum": -9.0], [.scores, .base]),
        (["stage": "verifier"], [.correctness]),
        (["stage": "command", "program": ["./filter.py"]], [.text]),
        (["stage": "contraction", "factor": 0.5, "reference": "truth"], [.estimation]),
        (["stage": "contraction-filter", "factor": 0.5, "reference": "truth"], [.estimation]),
        (["stage": "weight-by-score", "under": "previous", "against": "generation-0"], [.scores]),
        (["stage": "weight-by-score", "against": "base", "use": "resample"], [.scores, .base]),
        (["stage": "pattern", "holds": "a"], [.text]),
        (["stage": "near-duplicates"], [.text]),
        (["stage": "detector", "features": ["kind": "ngrams"]], [.samples, .text]),
        (
            ["stage": "detector", "features": ["kind": "hidden-states"]],
            [.samples, .hiddenStates]
        ),
        (
            ["stage": "detector", "features": ["kind": "hidden-states", "under": "base"]],
            [.samples, .hiddenStates, .base]
        ),
    ]

    private func check<Setting: TaskSetting>(
        _ type: Setting.Type, _ keys: [String: SpecificationValue]
    ) throws {
        var all = Setting.requiredKeys.merging(keys) { $1 }
        all.merge(["workflow": "replace", "sample-size": 10]) { given, _ in given }
        let arm = try ArmSpecification(name: "arm", values: Setting.resolved(all))
        try arm.check(against: try Setting.make(Setting.requiredKeys).capabilities)
    }

    private func capabilities<Setting: TaskSetting>(
        _ type: Setting.Type
    ) throws -> Set<Capability> {
        let capabilities = try Setting.make(Setting.requiredKeys).capabilities
        return Set(Capability.allCases.filter(capabilities.contains))
    }

    @Test(
        "What an arm asks of a setting is refused at its key exactly where the setting lacks it",
        arguments: SettingCase.withoutFiles)
    func capabilities(setting: SettingCase) throws {
        let there = try capabilities(setting.type)
        func refusal(_ keys: [String: SpecificationValue]) -> SpecificationIssue? {
            do {
                try check(setting.type, keys)
                return nil
            } catch { return error as? SpecificationIssue }
        }
        for (stage, needs) in Self.stages {
            let issue = refusal(["curate": .list([["stage": "exact-duplicates"], stage])])
            if needs.isSubset(of: there) {
                #expect(issue == nil, "\(stage)")
            } else {
                #expect(issue?.path == ["curate", "1"], "\(stage)")
                #expect(issue?.message.contains(setting.type.declaration.name) == true)
            }
        }
        // No logarithm of a probability is above 0; that of a density may be.
        if there.contains(.scores) {
            let stage: SpecificationValue = ["stage": "score-threshold", "minimum": 0.5]
            let isRefused = setting.type.declaration.name == "discrete"
            for (stage, path) in [
                (stage, ["minimum"]),
                (["stage": "random", "like": stage], ["like", "minimum"]),
            ] {
                #expect(
                    refusal(["curate": .list([stage])])?.path
                        == (isRefused ? ["curate", "0"] + path : nil))
            }
        }
        for (key, value) in [
            ("start-from", "base"), ("sample-from", "base"), ("sample-from", "base-then-previous"),
        ] {
            #expect(refusal([key: .text(value)])?.path == (there.contains(.base) ? nil : [key]))
        }
    }

    @Test(
        "A weight of 0 for all that a generation trains on is refused at its key",
        arguments: SettingCase.withoutFiles)
    func weightsOfNothing(setting: SettingCase) {
        func plan<Setting: TaskSetting>(
            _ type: Setting.Type, _ workflow: [String: SpecificationValue], real: Double,
            synthetic: Double
        ) throws -> ChainPlan {
            let stage: SpecificationValue = [
                "stage": "weight", "real": .number(real), "synthetic": .number(synthetic),
            ]
            let keys = workflow.merging(["sample-size": 10, "curate": [stage]]) { $1 }
                .merging(Setting.requiredKeys) { given, _ in given }
            let arm = try ArmSpecification(name: "arm", values: Setting.resolved(keys))
            return try ChainPlan(arm: arm, generations: 2)
        }
        let mixture: [String: SpecificationValue] = [
            "workflow": "mixture", "real-fraction": 0.5, "real-data": "fresh",
        ]
        func path(
            _ workflow: [String: SpecificationValue], _ real: Double, _ synthetic: Double
        ) -> [String]? {
            do {
                try plan(setting.type, workflow, real: real, synthetic: synthetic).checkWeights()
                return nil
            } catch { return (error as? SpecificationIssue)?.path ?? [] }
        }
        let replace: [String: SpecificationValue] = ["workflow": "replace"]
        #expect(path(replace, 0, 1)?.last == "real")
        #expect(path(mixture, 0, 1)?.last == "real")
        #expect(path(replace, 1, 0) == ["curate", "0", "synthetic"])
        #expect(path(mixture, 1, 0) == nil)
        #expect(path(["workflow": "accumulate"], 1, 0) == nil)
        #expect(path(replace, 0.5, 0.5) == nil)
    }

    @Test(
        "A setting that fits examples of no weight makes a model of them, and others refuse to",
        arguments: SettingCase.withoutFiles)
    func weightlessFits(setting: SettingCase) throws {
        func check<Setting: TaskSetting>(_ type: Setting.Type) throws {
            let stage: SpecificationValue = ["stage": "weight", "real": 0.0]
            let keys = Setting.requiredKeys.merging([
                "workflow": "replace", "sample-size": 40, "curate": [stage],
            ]) { given, _ in given }
            guard try Setting.make(keys).capabilities.fitsWeightless else {
                #expect(throws: LoopError.nothingWeighs(generation: 0)) {
                    _ = try Setting.measure(keys, generations: 0, seeds: 0..<1)
                }
                return
            }
            let measured = try Setting.measure(keys, generations: 0, seeds: 0..<1)
            let headline = Setting.declaration.headline
            #expect(try measured.values(headline, at: 0).allSatisfy(\.isFinite))
        }
        try check(setting.type)
    }

    // MARK: Metrics

    static let arms: [[String: SpecificationValue]] = [
        ["workflow": "replace"], ["workflow": "accumulate"],
        ["workflow": "mixture", "real-fraction": 0.5, "real-data": "fresh"],
    ]

    /// All stages that a setting can run, one after another.
    private func stages<Setting: TaskSetting>(_ type: Setting.Type) throws -> SpecificationValue {
        let there = try capabilities(type)
        return .list(Self.stages.filter { $0.needs.isSubset(of: there) }.map(\.stage))
    }

    private func metrics<Setting: TaskSetting>(
        _ type: Setting.Type, _ arm: [String: SpecificationValue]
    ) throws -> (measured: Set<String>, declared: Set<String>) {
        var keys = arm.merging(["sample-size": 200]) { $1 }.merging(Setting.requiredKeys) {
            given, _ in given
        }
        if keys["workflow"] == "replace" { keys["curate"] = try stages(type) }
        let curation = try ArmSpecification(name: "arm", values: Setting.resolved(keys)).curation
        let declared = Setting.declaration.allMetrics + Curation.metrics(of: curation)
        let measured = try Setting.measure(keys, generations: 2, seeds: 0..<1).curves.keys
        return (Set(measured), Set(declared.map(\.name)))
    }

    @Test("What is measured is declared", arguments: SettingCase.withoutFiles, arms)
    func metrics(setting: SettingCase, arm: [String: SpecificationValue]) throws {
        let (measured, declared) = try metrics(setting.type, arm)
        #expect(measured.subtracting(declared).sorted() == [])
    }

    @Test("A headline and every panel name declared metrics", arguments: SettingCase.all)
    func panels(setting: SettingCase) {
        let declaration = setting.type.declaration
        let declared = Set(declaration.allMetrics.map(\.name))
        #expect(declared.count == declaration.allMetrics.count, "a metric is declared twice")
        #expect(declared.contains(declaration.headline))
        for panel in declaration.panels {
            #expect(
                Set(panel.metrics + [panel.against].compactMap { $0 }).subtracting(declared) == [])
        }
    }

    // MARK: Plans

    static let schedules: [SpecificationValue] = [
        0.0, 0.3, 1.0,
        ["schedule": "power", "scale": 1.0, "exponent": 1.0],
        ["schedule": "linear", "from": 0.9, "to": 0.05, "horizon": 3],
        ["schedule": "step", "values": [0.0, 0.45], "at": [2]],
    ]

    static var plans: [[String: SpecificationValue]] {
        [["workflow": "replace"], ["workflow": "accumulate"], ["workflow": "accumulate-subsample"]]
            + ["fresh", "replayed", "kept"].flatMap { policy in
                schedules.map {
                    ["workflow": "mixture", "real-data": .text(policy), "real-fraction": $0]
                }
            }
    }

    /// The data that theory reads from the plan are those that the loop trained on, draw by draw.
    @Test("Theory's view of the data is the workflow's", arguments: plans)
    func theoryReadsThePlan(keys: [String: SpecificationValue]) throws {
        let sizes: SpecificationValue = [
            "schedule": "table", "values": [25.0, 13.0, 17.0, 25.0, 8.0],
        ]
        let keys = keys.merging(["sample-size": sizes, "drawing": "rows"]) { $1 }
        let measured = try GaussianSetting.measure(
            keys, generations: 4, seeds: 0..<1, metrics: "data.")
        let arm = try ArmSpecification(name: "arm", values: GaussianSetting.resolved(keys))
        let plan = try ChainPlan(arm: arm, generations: 4)
        for t in 0...4 {
            let size = try measured.mean("data.size", at: t)
            #expect(Int(size) == plan.compositions[t].subsample ?? plan.sizeOfParts(of: t))
            guard plan.compositions[t].subsample == nil else { continue }
            let real = try measured.mean("data.real_fraction", at: t) * size
            #expect(Int(real.rounded()) == plan.realSizes[t])
        }
        let expected: DataFlow =
            switch keys["workflow"]?.textValue {
            case "accumulate": .accumulate
            case "accumulate-subsample": .accumulateSubsample
            case "mixture" where plan.realSizes.dropFirst().contains { $0 > 0 }:
                .mixture(
                    try #require(RealDataPolicy(rawValue: keys["real-data"]?.textValue ?? "")))
            default: .replace
            }
        #expect(plan.dataFlow == expected)
    }

    @Test(
        "A mixture without real data has the theory of replace", arguments: SettingCase.withoutFiles
    )
    func equalPlansHaveEqualTheory(setting: SettingCase) throws {
        func predictions<Setting: TaskSetting>(
            _ type: Setting.Type, _ keys: [String: SpecificationValue]
        ) throws -> [Prediction] {
            let keys = keys.merging(["sample-size": 40]) { $1 }
                .merging(Setting.requiredKeys) { given, _ in given }
            let arm = try ArmSpecification(name: "arm", values: Setting.resolved(keys))
            return try Setting.make(keys).predictions(for: ChainPlan(arm: arm, generations: 3))
        }
        let mixture: [String: SpecificationValue] = [
            "workflow": "mixture", "real-fraction": 0.0, "real-data": "fresh",
        ]
        let replaced = try predictions(setting.type, ["workflow": "replace"])
        let mixed = try predictions(setting.type, mixture)
        #expect(replaced.map { "\($0)" } == mixed.map { "\($0)" })
    }
}

extension ChainPlan {
    fileprivate func sizeOfParts(of t: Int) -> Int {
        compositions[t].parts.reduce(0) { sum, part in
            switch part {
            case .real(let draw): sum + draw.size
            case .replayed(_, let size), .synthetic(_, let size): sum + size
            }
        }
    }
}
