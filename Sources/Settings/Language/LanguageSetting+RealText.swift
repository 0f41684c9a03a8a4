package import Collapse
import Support
import Text

/// Where real text comes from.
extension LanguageSetting {
    /// The corpus of real text; nil where a model draws it.
    func corpus() throws -> Corpus? {
        guard case .corpus(let name) = realText else { return nil }
        return try stock.corpus(name, key: [LanguageKeys.corpus.name])
    }

    /// What names the real text.
    func realTextInputs() throws -> [String] {
        if let corpus = try corpus() { return ["corpus=\(corpus.contentHash)"] }
        guard let truthModel, let truth = realText.truth else { return [] }
        return [
            "truth v\(TruthModel.version)=\(truthModel.object.digits) temperature \(truth.temperature) "
                + "longest \(try longestDocument(of: truthModel, truth)) "
                + "held out \(try heldOutCount())"
        ]
    }

    /// The model that draws real text, with the held-out text that it drew for all seeds.
    func truthText() throws -> TruthText? {
        guard let truthModel, let truth = realText.truth else { return nil }
        let longest = try longestDocument(of: truthModel, truth)
        let name = try realTextInputs().joined() + " \(evaluation.split)"
        return try resources.shared(name) {
            try TruthText(
                of: TruthModel(
                    truthModel.opened(), tokenizer: truthModel.outline().tokenizer,
                    temperature: truth.temperature, maximumDocumentLength: longest),
                evaluation)
        }
    }

    /// How many documents a truth holds out, which draws as many as are asked for.
    private func heldOutCount() throws(SpecificationIssue) -> Int {
        let count = evaluation.documents ?? TruthText.standardCount
        guard count <= Self.mostHeldOut else {
            throw SpecificationIssue(
                path: [LanguageKeys.evaluation.name, EvaluationPlan.documents.name],
                message: "the model that draws real text would draw \(count) held-out documents: "
                    + "choose 1...\(Self.mostHeldOut)")
        }
        return count
    }

    private static let mostHeldOut = 100_000

    /// The most tokens of a document of the truth, which a transformer must see all at once.
    func longestDocument(
        of model: ImportedModel, _ truth: TruthSpecification
    ) throws(SpecificationIssue) -> Int {
        let limit = try model.outline().shape.contextLength.map { $0 - 1 }
        let longest = truth.maximumDocumentLength ?? min(Self.standardLength, limit ?? .max)
        guard longest <= limit ?? .max else {
            throw SpecificationIssue(
                path: [
                    LanguageKeys.corpus.name, TruthSpecification.maximumDocumentLength.name,
                ],
                message:
                    "documents of \(longest) tokens, and the model sees \(limit ?? 0) beside the "
                    + "boundary, beyond which its text has no exact distribution: choose 1...\(limit ?? 0)"
            )
        }
        return longest
    }

    private static let standardLength = 2_000

    /// The corpora on whose held-out text generations are scored, too.
    func furtherCorpora() throws -> [Corpus] {
        let path = [LanguageKeys.evaluation.name, EvaluationPlan.also.name]
        return try evaluation.also.enumerated().map { index, name in
            let key = path + [String(index)]
            if case .corpus(name) = realText {
                throw SpecificationIssue(
                    path: key,
                    message:
                        "\(name) is the corpus that every generation is scored on anyway: remove it"
                )
            }
            let corpus = try stock.corpus(name, key: key)
            let split: Split = evaluation.split == .test ? .test : .validation
            guard corpus[split].count > 0 else {
                throw SpecificationIssue(
                    path: key,
                    message:
                        "the \(split.rawValue) part of the corpus \(name) has no document: import "
                        + "more text, or remove it")
            }
            return corpus
        }
    }

    package var furtherMetrics: [MetricDeclaration] {
        evaluation.also.flatMap { FurtherText.metrics(on: $0) }
    }

    package var furtherPanels: [PanelDeclaration] {
        evaluation.also.isEmpty ? [] : [FurtherText.panel(on: evaluation.also)]
    }

    func corpus(of base: BaseText) throws -> Corpus {
        try stock.corpus(base.corpus, key: [LanguageKeys.base.name, BaseText.corpus.name])
    }

    package func sources() throws -> [DataSource] {
        let heldOut: Split = evaluation.split == .test ? .test : .validation
        let read: [Split] =
            choice == nil ? [.train, heldOut] : [.train, .validation, heldOut]
        let text = try corpus()
        if let choice, let text, text.validation.count == 0 {
            throw SpecificationIssue(
                path: [LanguageKeys.corpus.name],
                message: "\(choice) on the validation split, and that of the corpus \(text.name) "
                    + "has no document: import more text")
        }
        if let truthModel, let truth = realText.truth {
            _ = try longestDocument(of: truthModel, truth)
            _ = try heldOutCount()
            _ = try tokenizer.origin()
        }
        return (text.map { [$0.source(using: read)] } ?? [])
            + (try truthModel.map { [try $0.source(as: "truth")] } ?? [])
            + (try furtherCorpora().map { $0.source(using: [heldOut]) })
            + (try baseText.map { [try corpus(of: $0).source(using: [.train])] } ?? [])
            + (try baseModel.map { [try $0.source(as: "base model")] } ?? [])
            + (try tokenizer.sources())
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
