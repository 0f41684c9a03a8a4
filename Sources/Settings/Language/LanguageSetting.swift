package import Collapse
package import Compute
import Support
import Synchronization
import Text

/// Language models on real text: the corpus is the real pool, a seed sees its documents in an order
/// of its own.
package struct LanguageSetting: TaskSetting {
    private let stock: CorpusStock
    private let corpusName: String
    private let tokenizer: TokenizerSpecification
    private let learner: any LanguageLearner
    private let budget: TrainingBudget
    private let sampling: SamplingPlan
    private let evaluation: EvaluationPlan
    private let metricGroups: Set<SampleMetricGroup>
    private let base: BaseText?

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        stock = CorpusStock(resources)
        corpusName = try values[LanguageKeys.corpus]
        tokenizer = try values[LanguageKeys.tokenizer]
        evaluation = try values[LanguageKeys.evaluation]
        sampling = try values[LanguageKeys.sampling]
        budget = try values[LanguageKeys.budget]
        learner = try Self.learner(values, optimizer: arm.optimizer)
        base = try values[LanguageKeys.base]
        metricGroups = Set(try values[LanguageKeys.metrics])
        try checkStart(arm.startFrom)
        try SpecificationIssue.within(LanguageKeys.sampling.name) { () throws(SpecificationIssue) in
            try learner.check(sampling)
            try sampling.check()
        }
        try SpecificationIssue.within(LanguageKeys.evaluation.name) {
            () throws(SpecificationIssue) in try learner.check(evaluation.window)
        }
        try SpecificationIssue.within(ArmKeys.curate.name) { () throws(SpecificationIssue) in
            try learner.check(arm.curation)
        }
        if learner.stopsOnValidation, evaluation.split == .validation {
            throw SpecificationIssue(
                path: [LanguageKeys.evaluation.name, EvaluationPlan.split.name],
                message: "early stopping chooses models by the validation split, which then says "
                    + "nothing about them: evaluate on the test split")
        }
    }

    private static func learner(
        _ values: SpecificationValue, optimizer: OptimizerPolicy
    ) throws(SpecificationIssue) -> any LanguageLearner {
        let learner = try values[LanguageKeys.model].learner
        guard optimizer == .carryOver else { return learner }
        return try SpecificationIssue.within(LanguageKeys.model.name) {
            () throws(SpecificationIssue) in try learner.carryingOptimizer()
        }
    }

    private func checkStart(_ start: StartingPoint) throws(SpecificationIssue) {
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
        if start == .base && base == nil {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "start-from: base needs `base:` with the corpus that the base learns from")
        }
    }

    package var capabilities: Capabilities<LanguageSetting> {
        Capabilities(
            scores: scores(of:under:seedData:work:),
            baseModel: base == nil ? nil : baseModel(in:work:),
            samplesUnderConditions: sampling.prompt == .real)
    }

    package var storage: Storage<LanguageSetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: show(_:at:seedData:), inputs: inputs(of:))
    }

    private func inputs(of stage: LoopStage) throws -> [String] {
        switch stage {
        case .seedData:
            ["corpus=\(try corpus().contentHash)"]
                + (try base.map { ["base-text=\(try corpus(of: $0).contentHash)"] } ?? [])
        case .fit: [learner.fitVersion]
        case .sample: [learner.sampleVersion]
        case .evaluate: []
        }
    }

    // MARK: Real data

    private func corpus() throws -> Corpus {
        try stock.corpus(corpusName, key: [LanguageKeys.corpus.name])
    }

    private func corpus(of base: BaseText) throws -> Corpus {
        try stock.corpus(base.corpus, key: [LanguageKeys.base.name, BaseText.corpus.name])
    }

    package func sources() throws -> [DataSource] {
        let heldOut: Split = evaluation.split == .test ? .test : .validation
        let read: [Split] =
            learner.stopsOnValidation ? [.train, .validation, heldOut] : [.train, heldOut]
        return [try corpus().source(using: read)]
            + (try base.map { [try corpus(of: $0).source(using: [.train])] } ?? [])
    }

    package var bytesPerUnit: Int { 4 }

    package func makeSeedData(
        seed: UInt64, stream: UInt32, initialSize: Int
    ) throws -> LanguageData {
        try LanguageData(
            corpus: try corpus(), tokenizer: tokenizer, evaluation: evaluation,
            key: RandomKey(seed: seed, stream: stream, purpose: .realOrder),
            initialSize: initialSize)
    }

    package func realCount(in seedData: LanguageData) -> Int? { seedData.stream.documentCount }

    package func realSize(at index: Int, in seedData: LanguageData) -> Int {
        seedData.stream.range(ofDocument: index).count
    }

    package func real(_ range: Range<Int>, in seedData: LanguageData) throws -> LanguageDocuments {
        LanguageDocuments(seedData.stream.selecting(Array(range)))
    }

    /// The base model of a seed: trained once, with the seed's tokenizer, on the other text.
    private func baseModel(in seedData: LanguageData, work: Workload) throws -> LanguageModel {
        guard let text = base else {
            preconditionFailure("a base model was asked for where the specification has none")
        }
        return try seedData.base.withLock { base in
            if let base { return base }
            let train = try corpus(of: text).train
            var random = RandomStream(seedData.key)
            let order = random.permutation(of: train.count)
            var data = TokenDataset()
            for document in order {
                if data.tokens.count >= text.size { break }
                data.append(document: seedData.tokenizer.encode(train.bytes(of: document)))
            }
            let fitted = try learner.fit(
                data.prefix(tokens: text.size), weights: nil, start: .scratch,
                budget: text.budget, seedData: seedData,
                key: seedData.key.with(purpose: .initialise),
                work: work)
            base = fitted.model
            return fitted.model
        }
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
        let prompts = conditions.map { real in
            (0..<real.count).map { Array(real.dataset.document($0).prefix(sampling.promptTokens)) }
        }
        var all = TokenDataset()
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, parent) in parents.enumerated() {
            // Each parent draws from keys of its own.
            let share = shares[index].count
            guard share > 0 else { continue }
            var parentKey = key
            parentKey.seed &+= UInt64(index) &* 0xD1B5_4A32_D192_ED03
            all.append(
                try learner.sample(
                    from: parent, size: share, plan: sampling, prompts: prompts ?? [],
                    seedData: seedData, key: parentKey, work: work))
        }
        guard sampling.form == .text else { return LanguageDocuments(all) }
        let texts = seedData.tokenizer.decode(documents: all)
        return LanguageDocuments(seedData.tokenizer.encode(documents: texts))
    }

    /// Minus the mean nats of a document's tokens and end.
    private func scores(
        of examples: LanguageDocuments, under model: LanguageModel, seedData: LanguageData,
        work: Workload
    ) throws -> [Double] {
        let nats = try score(examples.dataset, model, seedData, work)
        var position = 0
        return (0..<examples.count).map { document in
            let events = examples.size(at: document) + 1
            let sum = nats[position..<position + events].reduce(0, +)
            position += events
            return -sum / Double(events)
        }
    }

    private func score(
        _ data: TokenDataset, _ model: LanguageModel, _ seedData: LanguageData, _ work: Workload
    ) throws -> [Double] {
        try learner.score(
            data, under: model, window: evaluation.window, seedData: seedData, work: work)
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<LanguageSetting>,
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        switch evaluation {
        case HeldOutScore.evaluation.name:
            let nats = try score(seedData.heldOut.dataset, try subject.model(), seedData, work)
            // Every generation and arm draws the same documents, so that intervals differ by their
            // models alone.
            return HeldOutScore(nats: nats, text: seedData.heldOut).metrics(
                bootstrap: self.evaluation.bootstrap, key: seedData.key.with(purpose: .bootstrap))
        case SampleStatistics.evaluation.name:
            return SampleStatistics.metrics(
                of: try subject.samples().dataset, real: seedData.real, groups: metricGroups)
        case ReferenceScore.evaluation.name:
            let samples = try subject.samples().dataset
            let nats = try score(samples, try subject.reference(), seedData, work)
            return ReferenceScore(nats: nats).metrics
        default: preconditionFailure("unknown evaluation \(evaluation)")
        }
    }

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

extension Corpus {
    /// The corpus as what a run reads of it.
    fileprivate func source(using splits: [Split]) -> DataSource {
        DataSource(
            kind: "corpus", name: name, sha256: contentHash, unit: "documents",
            parts: splits.map {
                DataSource.Part(
                    name: $0.rawValue, count: self[$0].count, bytes: self[$0].byteCount)
            })
    }
}
