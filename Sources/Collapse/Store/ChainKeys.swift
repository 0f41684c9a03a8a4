import Support

/// The names of everything a chain produces: hashes of what determines it, nested like the loop
/// itself.
///
/// A fit is named by its data's composition, a composition by the samples in it, samples by the
/// models that drew them. Arms that agree so far therefore agree in their keys, and share.
final class ChainKeys {
    private let plan: ChainPlan
    private let seed: UInt64
    private let declaration: SettingDeclaration
    /// What determines the results of an arm, as it begins and in each phase.
    private let stretches: [Determinants]
    private let hasBase: Bool
    private let environment: String
    private let hash: (String) -> ContentKey
    private var fits: [Int: ContentKey] = [:]
    private var sampleKeys: [Int: ContentKey] = [:]

    init<Setting: TaskSetting>(
        plan: ChainPlan, seed: UInt64, setting: Setting, storages: [Storage<Setting>],
        environment: String, hash: @escaping (String) -> ContentKey
    ) throws {
        self.plan = plan
        self.seed = seed
        let declaration = Setting.declaration
        self.declaration = declaration
        stretches = try zip(plan.arm.stretches, storages).map {
            try Determinants(of: $0, declaration, inputs: $1.inputs)
        }
        hasBase = setting.capabilities.contains(.base)
        self.environment = environment
        self.hash = hash
    }

    func fit(of t: Int) -> ContentKey {
        if let key = fits[t] { return key }
        let key = hash(fitText(of: t))
        fits[t] = key
        return key
    }

    var base: ContentKey { hash(baseText) }

    func samples(withProvenance provenance: Int) -> ContentKey {
        if let key = sampleKeys[provenance] { return key }
        let key = hash(samplesText(withProvenance: provenance))
        sampleKeys[provenance] = key
        return key
    }

    func evaluation(_ evaluation: SettingDeclaration.Evaluation, of t: Int) -> ContentKey {
        hash(evaluationText(evaluation, of: t))
    }

    func record(of t: Int) -> ContentKey {
        let made =
            t == MetricTable.baseGeneration
            ? [base] : [fit(of: t), samples(withProvenance: t + 1)]
        let evaluations = declaration.evaluations.measuring(generation: t).map {
            evaluation($0, of: t)
        }
        // What is recorded of the stages is measured by no evaluation.
        let curated =
            t == MetricTable.baseGeneration
            ? [] : Curation.versions(of: plan.arm.phase(of: t).curation)
        return hash(
            (["record v\(GenerationRecord.version)"] + curated + (made + evaluations).map(\.digits))
                .joined(separator: "\n"))
    }

    /// What determines the results of an arm's stages beside its plan.
    private struct Determinants {
        let stages: [LoopStage: String]
        let optimizer: OptimizerPolicy
        /// Each stage of curation, with the text of its keys.
        let curation: [(stage: any CurationStage, text: String)]

        init(
            of arm: ArmSpecification, _ declaration: SettingDeclaration,
            inputs: (LoopStage) throws -> [String]
        ) throws {
            stages = Dictionary(
                uniqueKeysWithValues: try LoopStage.allCases.map { stage in
                    let keys = declaration.keys.hashedText(of: stage, in: arm.values)
                    return (stage, (try inputs(stage) + [keys]).joined(separator: " "))
                })
            optimizer = arm.optimizer
            let type = KeyType.tagged(CurationStages.group)
            curation = zip(arm.curation, arm.values[ArmKeys.curate.name]?.listValue ?? []).map {
                let version = $0.version == 1 ? "" : " v\($0.version)"
                return ($0, type.hashedText(of: .fit, in: $1) + version)
            }
        }
    }

    private func determinants(of stage: LoopStage, in t: Int) -> String {
        stretches[plan.arm.stretch(of: t)].stages[stage, default: ""]
    }

    // MARK: The texts that are hashed

    /// Lines `name value`, so that a person can read what is in a key.
    private func text(_ kind: String, _ lines: [(String, String)]) -> String {
        let common = [
            ("kind", kind), ("setting", "\(declaration.name) v\(declaration.version)"),
            ("environment", environment), ("seed data", determinants(of: .seedData, in: 0)),
            ("seed", String(seed)), ("stream", String(plan.arm.stream)),
        ]
        return (common + lines).map { "\($0.0) \($0.1)" }.joined(separator: "\n") + "\n"
    }

    func fitText(of t: Int) -> String {
        let stretch = stretches[plan.arm.stretch(of: t)]
        var lines = [
            ("generation", String(t)), ("n0", String(plan.sampleSizes[0])),
            ("fit", determinants(of: .fit, in: t)),
            ("optimizer", stretch.optimizer.rawValue),
        ]
        lines += dataLines(plan.compositions[t], generation: t)
        for (stage, text) in stretch.curation
        where t > 0 || !stage.sparesGeneration0 {
            lines.append(("curate", text))
            for model in stage.models {
                switch model {
                case .generation0: lines.append(("scored-by", fit(of: 0).digits))
                case .previous: lines.append(("scored-by", fit(of: t - 1).digits))
                case .base: lines.append(("scored-by", "base"))
                }
            }
            // Such a stage draws samples of its own from generation 0's model.
            if stage.needs.contains(.samples) {
                lines.append(("learned-from", determinants(of: .sample, in: t)))
            }
        }
        switch plan.arm.startingPoint(of: t, hasBase: hasBase) {
        case .previous:
            lines.append(("start", fit(of: t - 1).digits))
        case .base: lines.append(("start", "base"))
        case .scratch: lines.append(("start", "scratch"))
        }
        return text("fit", lines)
    }

    var baseText: String {
        text(
            "base",
            [("n0", String(plan.sampleSizes[0])), ("fit", determinants(of: .fit, in: 0))])
    }

    private func dataLines(_ composition: Composition, generation t: Int) -> [(String, String)] {
        var lines = composition.parts.map { part -> (String, String) in
            switch part {
            case .real(let draw): ("data", "real from \(draw.start) size \(draw.size)")
            case .replayed(let draw, let size):
                ("data", "replayed lazily from \(draw.start) size \(draw.size) keep \(size)")
            case .synthetic(let generation, let size):
                ("data", "samples \(samples(withProvenance: generation)) size \(size)")
            }
        }
        if let size = composition.subsample {
            lines.append(("subsample", "lazily \(size)"))
        }
        return lines
    }

    func samplesText(withProvenance provenance: Int) -> String {
        var lines = [
            ("provenance", String(provenance)),
            ("sample", determinants(of: .sample, in: provenance - 1)),
            ("size", String(plan.sampleSizes[provenance])),
        ]
        lines += parents(ofProvenance: provenance).map { ("parent", $0) }
        return text("samples", lines)
    }

    func evaluationText(_ evaluation: SettingDeclaration.Evaluation, of t: Int) -> String {
        let evaluated = [
            ("evaluation", "\(evaluation.name) v\(evaluation.version)"),
            ("evaluate", determinants(of: .evaluate, in: t)),
        ]
        guard t != MetricTable.baseGeneration else {
            return text(
                "evaluation", evaluated + [("model", base.digits), ("generation", String(t))])
        }
        return text(
            "evaluation",
            evaluated + [
                ("model", fit(of: t).digits),
                ("samples", samples(withProvenance: t + 1).digits),
                ("reference", fit(of: 0).digits),
                ("previous", t == 0 ? "none" : fit(of: t - 1).digits), ("generation", String(t)),
            ])
    }

    /// The names of the models that draw the samples of a provenance, newest first.
    private func parents(ofProvenance provenance: Int) -> [String] {
        plan.arm.parents(ofProvenance: provenance)?.map { fit(of: $0).digits } ?? ["base"]
    }

    /// What is kept beside samples: the generation, the models that drew them, and the first of
    /// them as a person reads them.
    func provenance(
        of provenance: Int, shown: [String], pictures: [Picture]?
    ) -> SampleProvenance {
        SampleProvenance(
            provenance: provenance, models: parents(ofProvenance: provenance), shown: shown,
            pictures: pictures)
    }
}
