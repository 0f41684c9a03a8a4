package import Collapse
package import Compute
import LanguageModels
import Support
import Text

/// How a generation is measured.
extension LanguageSetting {
    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<LanguageSetting>,
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        switch evaluation {
        case HeldOutScore.evaluation.name:
            try heldOutMetrics(of: subject, seedData, work)
        case SampleStatistics.evaluation.name:
            SampleStatistics.metrics(
                of: try subject.samples().dataset, real: seedData.real, groups: metricGroups)
        case SampleLikelihood.evaluation.name:
            try likelihoodMetrics(of: subject, seedData, work)
        case NextTokenDistributions.evaluation.name:
            try nextTokenMetrics(of: subject, seedData, work)
        default: preconditionFailure("unknown evaluation \(evaluation)")
        }
    }

    /// Negative log-likelihoods in nats: for each document its tokens, then its end.
    func nats(
        of data: TokenDataset, under model: LanguageModel, seedData: LanguageData, work: Workload
    ) throws -> [Double] {
        try learner.score(
            data, under: model, window: evaluation.window, seedData: seedData, work: work)
    }

    /// What a model says of held-out text, as it is scored.
    func heldOutPredictions(
        of model: LanguageModel, reference: () throws -> LanguageModel, _ seedData: LanguageData,
        _ work: Workload
    ) throws -> [EventPrediction] {
        try learner.predictions(
            of: seedData.heldOut.dataset,
            under: scored(model, generation0: reference, seedData: seedData),
            window: evaluation.window, seedData: seedData, work: work)
    }

    private func heldOutMetrics(
        of subject: EvaluationSubject<LanguageSetting>, _ seedData: LanguageData, _ work: Workload
    ) throws -> [MetricValue] {
        let text = seedData.heldOut
        let model = try subject.model()
        let predictions = try heldOutPredictions(
            of: model, reference: subject.reference, seedData, work)
        let score = HeldOutScore(nats: predictions.map(\.nats), text: text)
        let unsmoothed =
            evaluation.scoringSmoothing == .unsmoothed
            ? nil : try nats(of: text.dataset, under: model, seedData: seedData, work: work)
        // Every generation and arm draws the same documents, so that intervals differ by their
        // models alone.
        let key = seedData.key.with(purpose: .bootstrap)
        return try score.metrics(bootstrap: evaluation.bootstrap, key: key, unsmoothed: unsmoothed)
            + Calibration(text.dataset.events(of: predictions)).metrics
            + truthScore(seedData, work)
            + furtherMetrics(of: subject, model, seedData, work)
    }

    /// What the truth makes of the held-out text that it drew.
    private func truthScore(_ seedData: LanguageData, _ work: Workload) throws -> [MetricValue] {
        guard let truth = seedData.truth else { return [] }
        let nats = try truth.nats(pool: WorkerPool(count: work.workers))
        return TruthMetrics.values(HeldOutScore(nats: nats, text: seedData.heldOut))
    }

    /// The scores on the held-out text of other corpora.
    private func furtherMetrics(
        of subject: EvaluationSubject<LanguageSetting>, _ model: LanguageModel,
        _ seedData: LanguageData, _ work: Workload
    ) throws -> [MetricValue] {
        guard !evaluation.also.isEmpty else { return [] }
        let model = try scored(model, generation0: subject.reference, seedData: seedData)
        return try furtherCorpora().flatMap { corpus in
            let text = try seedData.heldOut(of: corpus)
            let nats = try nats(of: text.dataset, under: model, seedData: seedData, work: work)
            let values = HeldOutScore(nats: nats, text: text).metrics(
                bootstrap: evaluation.bootstrap, key: seedData.key.with(purpose: .bootstrap))
            return FurtherText.values(values, on: corpus.name)
        }
    }

    private func likelihoodMetrics(
        of subject: EvaluationSubject<LanguageSetting>, _ seedData: LanguageData, _ work: Workload
    ) throws -> [MetricValue] {
        let samples = try subject.samples().dataset
        let isPrompted = sampling.prompt == .real
        let given = givenPrompts(in: seedData)
        func likelihood(
            _ documents: TokenDataset, _ prompts: [[UInt32]], _ model: LanguageModel
        ) throws -> SampleLikelihood {
            try self.likelihood(
                of: documents, after: prompts, under: model, seedData: seedData, work: work)
        }
        func scored(_ model: LanguageModel) throws -> LanguageModel {
            try self.scored(model, generation0: subject.reference, seedData: seedData)
        }
        var metrics: [MetricValue] = []
        if let start = seedData.secondSampleStart, subject.realCount <= start,
            let reference = try referenceModel(in: seedData, base: subject.base, work: work)
        {
            let model = try scored(reference)
            metrics += try likelihood(samples, given, model).metrics(SampleLikelihood.reference)
            metrics += try seedData.realValues.value(for: "\(sharedName) likelihood") {
                // Real documents as they would have been sampled: after a prompt, and cut.
                let count = isPrompted ? sampling.promptTokens : 0
                let documents = seedData.heldOut.dataset.continuations(
                    after: count, longest: sampling.maximumDocumentLength)
                return try likelihood(documents.rests, documents.prompts, model).metrics(
                    SampleLikelihood.realText)
            }
            if metricGroups.contains(.frontier) {
                metrics += try frontierMetrics(of: samples, under: reference, seedData, work)
            }
        }
        let first = try scored(subject.reference())
        metrics += try likelihood(samples, given, first).metrics(SampleLikelihood.generation0)
        return metrics
    }

    /// The prompts that samples continue; none where they begin by themselves.
    func givenPrompts(in seedData: LanguageData) -> [[UInt32]] {
        sampling.prompt == .real ? sampling.prompts(in: seedData.real.initial) : []
    }

    /// What a model makes of documents, each given the prompt that it continues.
    func likelihood(
        of documents: TokenDataset, after prompts: [[UInt32]], under model: LanguageModel,
        seedData: LanguageData, work: Workload
    ) throws -> SampleLikelihood {
        let (dataset, lengths) = documents.prompted(by: prompts)
        return SampleLikelihood(
            nats: try nats(of: dataset, under: model, seedData: seedData, work: work),
            of: dataset, promptLengths: lengths)
    }

    /// Nothing where there is too little text.
    private func frontierMetrics(
        of samples: TokenDataset, under reference: LanguageModel, _ seedData: LanguageData,
        _ work: Workload
    ) throws -> [MetricValue] {
        let key = seedData.key.with(purpose: .evaluate)
        func vectors(_ text: TokenDataset) throws -> Matrix? {
            try RandomPassages.passages(
                of: text, boundary: seedData.tokenizer.documentBoundary,
                count: SampleFrontier.contextCount,
                longest: learner.longestPassage(evaluation.window), key: key.at(2)
            ).map {
                try learner.contextVectors(at: $0.map(\.passage), under: reference, work: work)
            }
        }
        let heldOut = try seedData.contextVectors.value(for: "\(sharedName) held-out") {
            try vectors(seedData.heldOut.dataset)
        }
        guard let heldOut else { return [] }
        func value(_ metric: MetricDeclaration, _ text: TokenDataset) throws -> [MetricValue] {
            try vectors(text).map {
                [metric.value(SampleFrontier.area(real: heldOut, other: $0, key: key.at(3)))]
            } ?? []
        }
        return try seedData.realValues.value(for: "\(sharedName) frontier") {
            try value(SampleFrontier.realArea, seedData.real.initial)
        } + value(SampleFrontier.area, samples)
    }

    private func nextTokenMetrics(
        of subject: EvaluationSubject<LanguageSetting>, _ seedData: LanguageData, _ work: Workload
    ) throws -> [MetricValue] {
        let longest = learner.longestPassage(evaluation.window)
        let contexts = try seedData.passages.value(
            for: "\(evaluation.contexts) \(longest ?? 0)"
        ) {
            RandomPassages.passages(
                of: seedData.heldOut.dataset, boundary: seedData.tokenizer.documentBoundary,
                count: evaluation.contexts, longest: longest,
                key: seedData.key.with(purpose: .evaluate).at(1))
        }
        guard let contexts else {
            return [
                NextTokenDistributions.contexts.value(
                    Double(RandomPassages.contextCount(of: seedData.heldOut.dataset)))
            ]
        }
        let passages = contexts.map(\.passage)
        func source(_ model: LanguageModel) throws -> NextTokenDistributions.Source {
            let model = try scored(model, generation0: subject.reference, seedData: seedData)
            return { try learner.distributions(at: $0, under: model, work: work) }
        }
        let generation0 = try source(subject.reference())
        let realValues = try seedData.realValues.value(for: "\(sharedName) next token") {
            guard
                let reference = try referenceModel(
                    in: seedData, base: subject.base, work: work)
            else { return [] }
            return try NextTokenDistributions.realMetrics(
                at: passages, generation0: generation0, reference: source(reference))
        }
        let model = try source(subject.model())
        var metrics = try NextTokenDistributions.metrics(
            at: passages, model: model, generation0: generation0,
            previous: subject.previous().map(source))
        if let truth = seedData.truth?.model {
            metrics += try NextTokenDistributions.truthMetrics(
                at: contexts, model: model,
                truth: {
                    try truth.distributions(at: $0, pool: WorkerPool(count: work.workers))
                })
        }
        return metrics + realValues
    }
}

extension TokenDataset {
    /// Each document behind prompt i modulo their number, and the prompts' lengths.
    fileprivate func prompted(by prompts: [[UInt32]]) -> (dataset: TokenDataset, lengths: [Int]) {
        guard !prompts.isEmpty else { return (self, []) }
        var dataset = TokenDataset()
        var lengths: [Int] = []
        for document in 0..<documentCount {
            let prompt = prompts[document % prompts.count]
            dataset.append(
                document: prompt + self.document(document), isCut: isCut(document))
            lengths.append(prompt.count)
        }
        return (dataset, lengths)
    }

    /// The documents divided after their first tokens, the rest cut at `longest` tokens.
    fileprivate func continuations(
        after count: Int, longest: Int
    ) -> (prompts: [[UInt32]], rests: TokenDataset) {
        var prompts: [[UInt32]] = []
        var rests = TokenDataset()
        for document in 0..<documentCount {
            let tokens = self.document(document)
            let rest = tokens.dropFirst(count)
            // What ends within the prompt has no continuation, as no sample has none.
            guard count == 0 || !rest.isEmpty else { continue }
            if count > 0 { prompts.append(Array(tokens.prefix(count))) }
            rests.append(
                document: rest.prefix(longest), isCut: rest.count >= longest || isCut(document))
        }
        return (prompts, rests)
    }
}
