package import Collapse
package import Compute
import LanguageModels
package import Support
import Text

/// Language models on real text: a corpus is the real pool, of which a seed sees the documents in an
/// order of its own, or a model draws them.
package struct LanguageSetting: TaskSetting {
    let stock: CorpusStock
    let resources: SettingResources
    let realText: CorpusSpecification
    /// The model that draws real text, where one does.
    let truthModel: ImportedModel?
    let tokenizer: SettledTokenizer
    let learner: any LanguageLearner
    let budget: TrainingBudget
    let sampling: SamplingPlan
    private let samplingValues: SpecificationValue?
    let evaluation: EvaluationPlan
    let metricGroups: Set<SampleMetricGroup>
    /// The base that learns from other text, where there is one.
    let baseText: BaseText?
    /// The base that exists, where there is one.
    let baseModel: ImportedModel?
    /// What the model and its training are, for what a phase goes on with.
    private let modelKeys: String
    private let optimizer: OptimizerPolicy
    private let parallelKeys: [String]
    /// What determines a fit of real text, for models that arms share.
    let fitKeys: String
    /// What the real text is and its tokens, for what is fitted to one and holds for no other.
    let realTextKeys: String
    /// Where generation 0 starts.
    let start: StartingPoint
    /// Names what is measured once for the generations of an arm that are specified alike.
    let sharedName: String
    private let curatesByScore: Bool
    private let usesBase: Bool
    /// Whether there is a base that nothing begins from.
    let hasUnusedBase: Bool

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        stock = CorpusStock(resources)
        self.resources = resources
        realText = try values[LanguageKeys.corpus]
        evaluation = try values[LanguageKeys.evaluation]
        sampling = try values[LanguageKeys.sampling]
        samplingValues = values[LanguageKeys.sampling.name]
        budget = try values[LanguageKeys.budget]
        let base = try values[LanguageKeys.base]
        baseText = base?.text
        let existing = base?.folder.map { ImportedModel($0, resources) }
        baseModel = existing
        let truth = realText.truth.map { ImportedModel($0.folder, resources) }
        truthModel = truth
        learner = try Self.learner(values, base: existing, optimizer: arm.optimizer)
        tokenizer = try SpecificationIssue.within(LanguageKeys.tokenizer.name) {
            () throws(SpecificationIssue) in
            try SettledTokenizer(
                values[LanguageKeys.tokenizer], models: [existing, truth].compactMap(\.self),
                resources)
        }
        let groups = try values[LanguageKeys.metrics]
        metricGroups =
            groups.contains(.all)
            ? Set(SampleMetricGroup.allCases) : Set(groups).union([.standard])
        parallelKeys = try Self.parallelKeys(values)
        fitKeys =
            ([Self.declaration.keys.hashedText(of: .fit, in: values), learner.fitVersion]
            + parallelKeys).joined(separator: " ")
        realTextKeys = [LanguageKeys.corpus.name, LanguageKeys.tokenizer.name]
            .compactMap { values[$0]?.canonicalText }.joined(separator: " ")
        modelKeys = [LanguageKeys.model.declaration].hashedText(of: .fit, in: values)
        optimizer = arm.optimizer
        start = arm.startingPoint(of: 0, hasBase: base != nil)
        sharedName = "\(arm.name) \(values.canonicalText)"
        curatesByScore = arm.curation.contains { $0.needs.contains(.scores) }
        usesBase = arm.usesBase && base != nil
        hasUnusedBase = !arm.usesBase && base != nil
        try checkStart(arm.startFrom, hasBase: base != nil)
        try SpecificationIssue.within(LanguageKeys.sampling.name) { () throws(SpecificationIssue) in
            try learner.check(sampling)
            try sampling.check()
        }
        try SpecificationIssue.within(LanguageKeys.evaluation.name) {
            () throws(SpecificationIssue) in try learner.check(evaluation)
        }
        try SpecificationIssue.within(ArmKeys.curate.name) { () throws(SpecificationIssue) in
            try learner.check(arm.curation)
        }
        if let choice, evaluation.split == .validation {
            throw SpecificationIssue(
                path: [LanguageKeys.evaluation.name, EvaluationPlan.split.name],
                message: "\(choice) by the validation split, which then says nothing about it: "
                    + "evaluate on the test split")
        }
    }

    package func check(_ plan: ChainPlan) throws(SpecificationIssue) {
        // Of an arm with phases this may be the setting of one.
        let drawing = (0...plan.generations).filter { t in
            plan.arm.phase(of: t).values[LanguageKeys.sampling.name] == samplingValues
        }
        try SpecificationIssue.within(LanguageKeys.sampling.name) { () throws(SpecificationIssue) in
            try sampling.check(drawingIn: drawing)
        }
        if let parallel = learner as? ParallelLearner { try parallel.check(plan) }
    }

    package func check(
        after earlier: LanguageSetting, in arm: ArmSpecification
    ) throws(SpecificationIssue) {
        let startsFromModel = arm.startFrom == .previous
        try SpecificationIssue.within(LanguageKeys.model.name) { () throws(SpecificationIssue) in
            try learner.check(after: earlier.learner, startsFromThem: startsFromModel)
        }
        if arm.optimizer == .carryOver, startsFromModel,
            earlier.optimizer != .carryOver || earlier.modelKeys != modelKeys
        {
            throw PhaseIssue.otherOptimizer
        }
    }

    /// Whether the base model of the arm may have read the held-out text; nil where no base is used.
    func exposure() throws -> BaseExposure? {
        // What a truth draws after the base was trained cannot have been read.
        guard usesBase, let text = try corpus() else { return nil }
        let split = evaluation.split == .test ? Split.test : .validation
        if let baseText {
            let other = try corpus(of: baseText)
            return .known(
                try stock.overlap(of: text, split, in: other), trainedOn: baseText.corpus)
        }
        guard let training = try baseModel?.outline().training else { return .unknown }
        if let known = training.overlap(with: text, split) {
            return .known(known, trainedOn: training.corpus)
        }
        guard let other = stock.known(training.corpus, contentHash: training.contentHash) else {
            return .unmeasured(trainedOn: training.corpus)
        }
        return .known(try stock.overlap(of: text, split, in: other), trainedOn: training.corpus)
    }

    /// What is chosen on the validation split, if anything is.
    var choice: String? {
        if learner.stopsOnValidation { return "early stopping chooses models" }
        if evaluation.scoringSmoothing != .unsmoothed {
            return "scoring-smoothing chooses its weights"
        }
        return nil
    }

    private static func learner(
        _ values: SpecificationValue, base: ImportedModel?, optimizer: OptimizerPolicy
    ) throws(SpecificationIssue) -> any LanguageLearner {
        let chosen = try values[LanguageKeys.model]
        // A report of a recorded run may lack the base; it fits nothing, so that any shape will do.
        let isAway = base?.isAway ?? false
        let shape = isAway ? .transformer(.unknown) : try base?.outline().shape
        func made(_ chosen: ChosenLearner) throws(SpecificationIssue) -> any LanguageLearner {
            let learner = try chosen.learner(base: shape)
            if let shape, !isAway { try learner.check(base: shape) }
            return optimizer == .carryOver ? try learner.carryingOptimizer() : learner
        }
        var learners = [
            try SpecificationIssue.within(LanguageKeys.model.name) {
                () throws(SpecificationIssue) in
                try made(chosen)
            }
        ]
        let count = try values[LanguageKeys.parallelModels]
        let others = try values[LanguageKeys.otherModels]
        try SpecificationIssue.within(LanguageKeys.otherModels.name) {
            () throws(SpecificationIssue) in
            guard others.count < count else {
                throw SpecificationIssue(
                    path: [],
                    message:
                        "with the model itself these are \(others.count + 1), more than can take "
                        + "turns among parallel-models: \(count): raise that, or leave some out")
            }
            for (index, other) in others.enumerated() {
                learners.append(
                    try SpecificationIssue.within(String(index)) { () throws(SpecificationIssue) in
                        try made(other)
                    })
            }
        }
        return count == 1 ? learners[0] : ParallelLearner(learners, count: count)
    }

    /// What names the fits of parallel models beside their model.
    private static func parallelKeys(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> [String] {
        let count = try values[LanguageKeys.parallelModels]
        guard count > 1 else { return [] }
        let others = LanguageKeys.otherModels.declaration
        let text = values[others.key].map { others.type.hashedText(of: .fit, in: $0) } ?? "[]"
        return ["parallel \(count) with \(text)"]
    }

    private func checkStart(
        _ start: StartingPoint, hasBase: Bool
    ) throws(SpecificationIssue) {
        if start != .scratch && !learner.canStartFromModel {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "an n-gram model counts its data and cannot start from a model: use "
                    + "start-from: scratch or a transformer")
        }
        if start == .scratch && learner.needsModelToStartFrom {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "frozen parameters and adapters act where a fit starts from a model: use "
                    + "start-from: base or previous")
        }
        if start == .base && !hasBase {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message:
                    "start-from: base needs `base:` with the model that exists, or with the corpus "
                    + "that one learns from")
        }
    }

    package var capabilities: Capabilities<LanguageSetting> {
        Capabilities(
            scores: scores(of:under:seedData:work:), scoresProbabilities: true,
            crossScoring: crossScoring,
            text: text(of:seedData:), hiddenStates: hiddenStates(of:under:seedData:work:),
            baseModel: baseText == nil && baseModel == nil ? nil : baseModel(in:work:),
            samplesUnderConditions: sampling.prompt == .real)
    }

    package var storage: Storage<LanguageSetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: show(_:at:seedData:), inputs: inputs(of:), fitsBase: baseText != nil,
            importedBase: baseModel?.object)
    }

    /// Curation once scored documents in the window of the evaluation, which names no fit.
    private var curationInputs: [String] {
        curatesByScore && evaluation.window != ScoringWindow() ? ["scores in own context"] : []
    }

    private func inputs(of stage: LoopStage) throws -> [String] {
        switch stage {
        case .seedData:
            (try realTextInputs())
                + (try baseText.map { ["base-text=\(try corpus(of: $0).contentHash)"] } ?? [])
        case .fit: [learner.fitVersion] + parallelKeys + curationInputs
        case .sample: [learner.sampleVersion]
        case .evaluate:
            try furtherCorpora().map { "also=\($0.name):\($0.contentHash)" }
        }
    }

    // MARK: Real data

    package var bytesPerUnit: Int { 4 }

    package func makeSeedData(
        seed: UInt64, stream: UInt32, initialSize: Int
    ) throws -> LanguageData {
        let key = RandomKey(seed: seed, stream: stream, purpose: .realOrder)
        if let truth = try truthText() {
            return try LanguageData(
                truth: truth, evaluation: evaluation, key: key, initialSize: initialSize)
        }
        guard let corpus = try corpus() else {
            preconditionFailure("real text is a corpus or what a model draws")
        }
        return try LanguageData(
            corpus: corpus, tokenizer: try tokenizer.origin(), evaluation: evaluation,
            context: learner.longestPassage(evaluation.window) == nil
                ? nil : evaluation.window.context,
            key: key, initialSize: initialSize)
    }

    package func realCount(in seedData: LanguageData) -> Int? { seedData.documents.count }

    package func realSize(at index: Int, in seedData: LanguageData) -> Int {
        seedData.documents.size(at: index)
    }

    package func real(_ range: Range<Int>, in seedData: LanguageData) throws -> LanguageDocuments {
        LanguageDocuments(seedData.documents.selecting(range))
    }

    // MARK: The learner

    package func fit(
        _ data: TrainingData<LanguageDocuments>, start: FitStart<LanguageModel>,
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<LanguageModel> {
        try learner.fit(
            data.examples.dataset, weights: data.weights, start: start, budget: budget,
            seedData: seedData, key: key, work: work)
    }

    package func sample(
        from parents: [LanguageModel], size: Int, conditions: LanguageDocuments?,
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> LanguageDocuments {
        // The key is that of the generation that learns from the samples; the one before draws.
        let plan = sampling.drawing(in: max(1, Int(key.generation)) - 1)
        let prompts = conditions.map { sampling.prompts(in: $0.dataset) } ?? []
        let all = try TokenDataset.drawn(size, by: parents.count, after: prompts) {
            parent, share, prompts in
            // Each parent draws from keys of its own.
            var parentKey = key
            parentKey.seed &+= UInt64(parent) &* 0xD1B5_4A32_D192_ED03
            return try passed(share, by: seedData.tokenizer) { size in
                try learner.sample(
                    from: parents[parent], size: size, plan: plan, prompts: prompts,
                    seedData: seedData, key: parentKey, work: work)
            }
        }
        return LanguageDocuments(all)
    }

    /// Samples as they reach the next generation. Text that is tokenised again seldom has as many
    /// tokens as before: then more is drawn, of which the first documents are the same, and cut.
    private func passed(
        _ size: Int, by tokenizer: any Tokenizer, draw: (Int) throws -> TokenDataset
    ) throws -> TokenDataset {
        guard sampling.form == .text else { return try draw(size) }
        var drawn = size + size / 50 + 16
        for _ in 0..<Self.mostRounds {
            let samples = try draw(drawn)
            let passed = tokenizer.encode(documents: tokenizer.decode(documents: samples))
                .cutting(samples.cutDocuments)
            if passed.tokens.count >= size { return passed.prefix(tokens: size) }
            drawn = max(2 * drawn, drawn + 2 * (size - passed.tokens.count))
        }
        throw SpecificationIssue(
            path: [LanguageKeys.sampling.name, SamplingPlan.passAs.name],
            message: "the text of \(drawn / 2) sampled tokens has fewer than \(size) when it is "
                + "tokenised again: use pass-as: tokens")
    }

    private static let mostRounds = 8

    // MARK: Storage

    private func encode(
        _ model: LanguageModel, seedData: LanguageData
    ) throws -> [String: [UInt8]] {
        var files = try learner.encode(model, seedData: seedData)
        // Beside its tokenizer a model is a directory that other tools load.
        files["tokenizer.json"] = seedData.tokenizer.serialized()
        return files
    }

    private func decodeModel(
        _ files: [String: [UInt8]], seedData: LanguageData
    ) throws -> LanguageModel {
        try learner.decoded(files, seedData: seedData)
    }

    private func encode(
        _ examples: LanguageDocuments, seedData: LanguageData
    ) throws -> [String: [UInt8]] {
        let (tokens, description) = TokenFile.encode(
            examples.dataset, vocabulary: seedData.vocabulary)
        return [Self.tokens: tokens, Self.tokensDescription: try description.serialized()]
    }

    private func decodeExamples(
        _ files: [String: [UInt8]], seedData: LanguageData
    ) throws -> LanguageDocuments {
        let description = try TokenFileDescription(
            serialized: files[Self.tokensDescription] ?? [], file: Self.tokensDescription)
        let file = try (files[Self.tokens] ?? []).withUnsafeBytes {
            try TokenFile(description: description, tokens: $0, file: Self.tokens)
        }
        return LanguageDocuments(file.dataset)
    }

    private static let tokens = "tokens.bin"
    private static let tokensDescription = TokenFileDescription.path(of: tokens)

    private func show(
        _ examples: LanguageDocuments, at index: Int, seedData: LanguageData
    ) -> String {
        String(
            decoding: seedData.tokenizer.decode(examples.dataset.document(index).prefix(240)),
            as: UTF8.self)
    }
}

extension TransformerConfiguration {
    /// What stands for a base model that is not there.
    fileprivate static let unknown = TransformerConfiguration(
        layers: 1, heads: 1, width: 1, contextLength: 65_536, vocabularyCount: 1)
}
