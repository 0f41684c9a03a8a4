import Support
import Text

/// The keys of the language setting in an experiment file; what is in a group is declared by the
/// type that reads it.
enum LanguageKeys {
    static let corpus = Key<CorpusSpecification>(
        "corpus", .corpusOrModel, filledFrom: .text("austen"),
        hashed: .never(because: "the content of what real text comes from is hashed"),
        help: "The corpus: a name that `collapselab corpus list` shows. In its place a group for a "
            + "model that plays the real world, `{model: FOLDER, temperature: 1}` or `{run: DIR, arm: A, "
            + "seed: S, generation: G}`: it draws real documents without end, and every generation is held "
            + "against what it says exactly.")
    static let tokenizer = Key<TokenizerSpecification>(
        "tokenizer", .tagged,
        filledFrom: kind(
            TokenizerSpecification.kind.name, TokenizerSpecification.standard.rawValue),
        or: whereModelsExist(
            [(base.name, BaseSpecification.existing), (corpus.name, TruthSpecification.existing)],
            kind(TokenizerSpecification.kind.name, TokenizerSpecification.ofBase.rawValue)),
        hashed: .only([.seedData], because: "every stage is named by its data too"),
        help:
            "How text becomes tokens; a base model that exists and a model that plays the real world "
            + "bring their own.")
    static let model = Key<ChosenLearner>(
        "model", .tagged, filledFrom: nil,
        or: whereModelsExist(
            [(base.name, BaseSpecification.existing)],
            kind(ChosenLearner.kind.name, ModelKind.base.rawValue)),
        hashed: .only(
            [.fit, .sample], because: "the data is without a model, evaluations are named by it"),
        help:
            "The model, or the name of a preset in models/; that of a base that exists where there is one."
    )
    static let parallelModels = Key(
        "parallel-models", .integer(1...1_000), default: 1,
        hashed: .never(because: "fits are named by it where it is more than 1"),
        help: "How many models each generation has. They train on disjoint parts of its data, each "
            + "for its own budget, and draw the samples in equal parts; several `parents` are those of "
            + "several generations. Scores are means over the models.")
    static let otherModels = Key<[ChosenLearner]>(
        "other-models", .list(.tagged), default: [],
        hashed: .never(because: "fits are named by them where there are any"),
        help:
            "Models of other shapes or families that parallel models take turns with: the first is "
            + "`model`, then come these.")
    static let budget = Key<TrainingBudget>(
        "budget", .tagged,
        filledFrom: .map([
            .init(TrainingBudget.unit.name, .text(TrainingBudget.Unit.epochs.rawValue))
        ]),
        hashed: .only([.fit], because: "later stages are named by the fit"),
        help: "How long a transformer trains; n-grams count their data once.")
    static let sampling = Key<SamplingPlan>(
        "sampling", .group, filledFrom: .map([]),
        hashed: .only([.sample], because: "later stages are named by the samples"),
        help: "How models draw synthetic documents.")
    static let evaluation = Key<EvaluationPlan>(
        "evaluation", .group, filledFrom: .map([]),
        hashed: .only(
            [.seedData, .evaluate], because: "fits and samples are named by their data too"),
        help: "How models are scored on held-out real text.")
    static let metrics = Key<[SampleMetricGroup]>(
        "metrics", .list(.choice), default: [.standard],
        hashed: .only([.evaluate], because: "only evaluations measure"),
        help:
            "What is measured of the samples: standard, all, or standard and the names of what takes "
            + "longer.")
    static let base = Key<BaseSpecification?>(
        "base", .optional(.group), default: .some(nil),
        hashed: .only([.seedData], because: "every stage is named by its data too"),
        help:
            "The base model for `start-from: base`: one that exists (`{model: FOLDER}`), a stored "
            + "generation of another run (`{run: DIR, arm: A, seed: S, generation: G}`), or one that is "
            + "trained once for each seed on other text (`{corpus: NAME}`).")

    /// A default for experiments that name a model that exists in one of some groups.
    private static func whereModelsExist(
        _ groups: [(key: String, keys: ModelKeys)], _ value: SpecificationValue
    ) -> ConditionalDefault {
        ConditionalDefault(
            where: groups.flatMap { group in
                [group.keys.model, group.keys.run].map { [group.key, $0.name] }
            }, value)
    }

    private static func kind(_ key: String, _ value: String) -> SpecificationValue {
        .map([.init(key, .text(value))])
    }

    /// What an arm may change on its way: how models are fitted and how they are sampled from.
    static let changing: Set<String> = [model.name, budget.name, sampling.name]

    @KeyList static var all: [KeyDeclaration] {
        corpus
        // Before what it decides the defaults of.
        base
        tokenizer
        model
        parallelModels
        otherModels
        budget
        sampling
        evaluation
        metrics
    }
}
