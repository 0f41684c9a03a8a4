import Collapse
import Compute
import LanguageModels
import Support
import Text

/// Several models in each generation, on disjoint parts of its data, whose pooled output is the next
/// generation's (Hodel and West 2025).
///
/// What is measured of text is the mean over the models. What has no mean, such as the distribution
/// after a context, is of one model each, which take turns.
struct ParallelLearner: LanguageLearner {
    /// The models of a generation in their order; a base that all begin from is one.
    struct Model: Sendable {
        var members: [LanguageModel]

        subscript(index: Int) -> LanguageModel { members[index % members.count] }
    }

    /// One learner for each model.
    private let learners: [any LanguageLearner]

    /// How many models a generation has.
    var count: Int { learners.count }

    /// `count` models, which the learners make in turn.
    init(_ learners: [any LanguageLearner], count: Int) {
        self.learners = (0..<count).map { learners[$0 % learners.count] }
    }

    // MARK: What it is

    var fitVersion: String {
        (["parallel v1 \(learners.count)"] + distinct(learners.map(\.fitVersion)))
            .joined(separator: " ")
    }

    var sampleVersion: String {
        (["parallel v1"] + distinct(learners.map(\.sampleVersion))).joined(separator: " ")
    }

    private func distinct(_ versions: [String]) -> [String] {
        versions.enumerated().filter { !versions[..<$0.offset].contains($0.element) }.map(\.element)
    }

    var canStartFromModel: Bool { learners.allSatisfy(\.canStartFromModel) }
    var needsScoringSmoothing: Bool { learners.contains(where: \.needsScoringSmoothing) }
    var stopsOnValidation: Bool { learners.contains(where: \.stopsOnValidation) }
    var needsModelToStartFrom: Bool { learners.contains(where: \.needsModelToStartFrom) }

    // MARK: Checks

    func check(base: BaseShape) throws(SpecificationIssue) {
        for learner in learners { try learner.check(base: base) }
    }

    func check(
        after earlier: any LanguageLearner, startsFromThem: Bool
    ) throws(SpecificationIssue) {
        guard let earlier = earlier as? ParallelLearner else { throw PhaseIssue.otherFamily }
        for (learner, before) in zip(learners, earlier.learners) {
            try learner.check(after: before, startsFromThem: startsFromThem)
        }
    }

    func carryingOptimizer() throws(SpecificationIssue) -> ParallelLearner {
        var carrying: [any LanguageLearner] = []
        for learner in learners { carrying.append(try learner.carryingOptimizer()) }
        return ParallelLearner(carrying, count: carrying.count)
    }

    func check(_ evaluation: EvaluationPlan) throws(SpecificationIssue) {
        guard evaluation.scoringSmoothing == .unsmoothed else {
            throw SpecificationIssue(
                path: [EvaluationPlan.scoringSmoothing.name],
                message:
                    "parallel models are scored as they are: leave this out, or use a smoothing "
                    + "that gives every token probability")
        }
        for learner in learners { try learner.check(evaluation) }
    }

    func check(_ curation: [any CurationStage]) throws(SpecificationIssue) {
        for learner in learners { try learner.check(curation) }
    }

    func check(_ plan: SamplingPlan) throws(SpecificationIssue) {
        for learner in learners { try learner.check(plan) }
    }

    /// Refuses a generation that trains on fewer documents than there are models, as far as they are
    /// real ones, whose number is known.
    func check(_ plan: ChainPlan) throws(SpecificationIssue) {
        for (t, composition) in plan.compositions.enumerated() {
            let starts = composition.parts.map { part in
                if case .real(let draw) = part { draw.start } else { nil as Int? }
            }
            guard let first = starts.first, let first, starts.allSatisfy({ $0 != nil }) else {
                continue
            }
            let documents = plan.realCounts[t] - first
            guard documents >= learners.count else {
                throw DealtDocuments.shortage(documents, of: t, parts: learners.count)
            }
        }
    }

    // MARK: Fit and sample

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<Model>,
        budget: TrainingBudget, seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        let parts = try DealtDocuments(
            data, weights: weights, parts: learners.count,
            key: key.with(purpose: .deal))
        var members: [LanguageModel] = []
        var metrics: [[MetricValue]] = []
        for (index, learner) in learners.enumerated() {
            var part = work
            part.checkpoint = work.checkpoint?.part(index)
            let own: FitStart<LanguageModel> =
                switch start {
                case .scratch: .scratch
                case .model(let model, let carriesOptimizer):
                    .model(model[index], carriesOptimizer: carriesOptimizer)
                }
            let fitted = try learner.fit(
                parts[index].documents, weights: parts[index].weights, start: own, budget: budget,
                seedData: seedData, key: key.model(index), work: part)
            members.append(fitted.model)
            metrics.append(fitted.metrics)
        }
        return Fitted(model: Model(members: members), metrics: Self.joined(metrics))
    }

    /// The tokens of all models, and the means of what else they report.
    private static func joined(_ metrics: [[MetricValue]]) -> [MetricValue] {
        var names: [String] = []
        for name in metrics.flatMap({ $0.map(\.name) }) where !names.contains(name) {
            names.append(name)
        }
        return names.map { name in
            let values = metrics.flatMap { $0.filter { $0.name == name }.map(\.value) }
            let sum = values.reduce(0, +)
            let isSum = name == FitMetrics.tokens.name
            return MetricValue(name, isSum ? sum : sum / Double(values.count))
        }
    }

    /// Each model draws a part of its own.
    func sample(
        from model: Model, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        try TokenDataset.drawn(size, by: model.members.count, after: prompts) {
            index, share, prompts in
            try learners[index].sample(
                from: model.members[index], size: share, plan: plan, prompts: prompts,
                seedData: seedData, key: key.model(index), work: work)
        }
    }

    // MARK: Measure

    func score(
        _ data: TokenDataset, under model: Model, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [Double] {
        var sums: [Double] = []
        for (index, member) in model.members.enumerated() {
            let nats = try learners[index].score(
                data, under: member, window: window, seedData: seedData, work: work)
            sums = sums.isEmpty ? nats : zip(sums, nats).map(+)
        }
        return sums.map { $0 / Double(model.members.count) }
    }

    func predictions(
        of data: TokenDataset, under model: Model, window: ScoringWindow, seedData: LanguageData,
        work: Workload
    ) throws -> [EventPrediction] {
        var all: [EventPrediction] = []
        for (index, member) in model.members.enumerated() {
            let own = try learners[index].predictions(
                of: data, under: member, window: window, seedData: seedData, work: work)
            guard index > 0 else {
                all = own
                continue
            }
            for event in own.indices {
                let sum = all[event].nats + own[event].nats
                if event % model.members.count == index { all[event] = own[event] }
                all[event].nats = sum
            }
        }
        for event in all.indices { all[event].nats /= Double(model.members.count) }
        return all
    }

    func longestPassage(_ window: ScoringWindow) -> Int? {
        learners.compactMap { $0.longestPassage(window) }.min()
    }

    func distributions(
        at passages: [Passage], under model: Model, work: Workload
    ) throws -> [Double] {
        try inTurns(passages, model) { learner, member, passages in
            try learner.distributions(at: passages, under: member, work: work)
        }
    }

    /// Of the first model alone: vectors of different models have nothing in common.
    func contextVectors(
        at passages: [Passage], under model: Model, work: Workload
    ) throws -> Matrix {
        try learners[0].contextVectors(at: passages, under: model[0], work: work)
    }

    /// Rows of all passages, each under the model whose turn it is.
    private func inTurns(
        _ passages: [Passage], _ model: Model,
        _ rows: (any LanguageLearner, LanguageModel, [Passage]) throws -> [Double]
    ) throws -> [Double] {
        let count = model.members.count
        var parts: [[Double]] = []
        for (index, member) in model.members.enumerated() {
            let own = stride(from: index, to: passages.count, by: count).map { passages[$0] }
            parts.append(own.isEmpty ? [] : try rows(learners[index], member, own))
        }
        let positions = passages.reduce(0) { $0 + $1.positions.count }
        let width = parts.reduce(0) { $0 + $1.count } / max(positions, 1)
        var next = Array(repeating: 0, count: count)
        var all: [Double] = []
        all.reserveCapacity(positions * width)
        for (index, passage) in passages.enumerated() {
            let first = next[index % count]
            let end = first + passage.positions.count * width
            all += parts[index % count][first..<end]
            next[index % count] = end
        }
        return all
    }

    func interpolation(of model: Model, over text: TokenDataset) -> NGramInterpolation? { nil }
    func smoothed(_ model: Model, by weights: NGramInterpolation) -> Model { model }

    // MARK: Files

    /// The files of each model, behind its number.
    func encode(_ model: Model, seedData: LanguageData) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for (index, member) in model.members.enumerated() {
            for (name, bytes) in try learners[index].encode(member, seedData: seedData) {
                files[ParallelFolder.prefix(index) + name] = bytes
            }
        }
        return files
    }

    func decode(_ files: [String: [UInt8]], seedData: LanguageData) throws -> Model {
        Model(
            members: try learners.indices.map { index in
                let prefix = ParallelFolder.prefix(index)
                let own = files.filter { $0.key.hasPrefix(prefix) }.map {
                    (String($0.key.dropFirst(prefix.count)), $0.value)
                }
                return try learners[index].decoded(
                    Dictionary(uniqueKeysWithValues: own), seedData: seedData)
            })
    }

    func adopted(_ base: LanguageModel) -> Model { Model(members: [base]) }
}

extension RandomKey {
    /// The key of one of several models that do the same.
    func model(_ index: Int) -> RandomKey {
        var key = self
        key.seed &+= UInt64(index) &* 0xC2B2_AE3D_27D4_EB4F
        return key
    }
}
