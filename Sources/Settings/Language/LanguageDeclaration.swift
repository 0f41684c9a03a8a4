package import Collapse

extension LanguageSetting {
    enum Evaluation {
        static let heldOut = "heldout"
        static let samples = "samples"
        static let reference = "reference"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "language",
            summary:
                "Language models on real text: n-grams and transformers, tokenizer to perplexity.",
            version: 1,
            sizeUnit: "tokens",
            keys: LanguageKeys.all,
            evaluations: [
                .init(Evaluation.heldOut, version: 1), .init(Evaluation.samples, version: 1),
                .init(Evaluation.reference, version: 1),
            ],
            metrics: heldOutMetrics + sampleMetrics + fitMetrics + DataMetrics.declarations,
            headline: "heldout.nats_per_token",
            panels: [
                PanelDeclaration(
                    section: "Perplexity", title: "Held-out perplexity",
                    metrics: ["heldout.perplexity", "heldout.bits_per_byte"]),
                PanelDeclaration(
                    section: "Tails", title: "Held-out cross-entropy by token frequency",
                    metrics: [1, 2, 5, 10].map { "heldout.decile_\($0).nats_per_token" }),
                PanelDeclaration(
                    section: "Tails", title: "Held-out n-grams that the samples cover",
                    metrics: ["samples.coverage_1", "samples.coverage_2", "samples.coverage_3"]),
                PanelDeclaration(
                    section: "Diversity", title: "Distinct n-grams of the samples",
                    metrics: ["samples.distinct_1", "samples.distinct_2", "samples.distinct_3"]),
                PanelDeclaration(
                    section: "Diversity", title: "Vocabulary in use and entropy",
                    metrics: [
                        "samples.types", "samples.unigram_entropy", "samples.type_token_ratio",
                    ]),
                PanelDeclaration(
                    section: "Diversity", title: "Repetition",
                    metrics: ["samples.longest_repeat"]),
                PanelDeclaration(
                    section: "Samples under generation 0",
                    title: "Perplexity of the samples under generation 0's model",
                    metrics: ["samples.reference_perplexity"]),
                PanelDeclaration(
                    section: "Data", title: "What each generation trained on",
                    metrics: ["data.size", "data.real_fraction", "fit.tokens"]),
            ],
            recordUnit: .generation)
    }

    private static var heldOutMetrics: [MetricDeclaration] {
        let lower = MetricDeclaration.Direction.lowerIsBetter
        return [
            MetricDeclaration(
                "heldout.nats_per_token", title: "held-out cross-entropy", unit: "nats/token",
                direction: lower,
                help:
                    "Mean negative log-likelihood of held-out real text over its tokens and document "
                    + "ends, each document scored alone, with `evaluation.context` and `evaluation.stride` (definition 1)."
            ),
            MetricDeclaration(
                "heldout.perplexity", title: "held-out perplexity", unit: "per token",
                direction: lower, help: "exp of heldout.nats_per_token."),
            MetricDeclaration(
                "heldout.word_perplexity", title: "held-out word perplexity", unit: "per word",
                direction: lower,
                help: "exp of the summed nats over the number of words, split at white space."),
            MetricDeclaration(
                "heldout.bits_per_byte", title: "held-out bits per byte", unit: "bits/byte",
                direction: lower,
                help: "Summed bits over the bytes of the text: comparable across tokenizers."),
            MetricDeclaration(
                "heldout.unknown_rate", title: "unknown tokens", direction: .neither,
                help: "Share of held-out tokens that are <unk>."),
            MetricDeclaration(
                "heldout.nats_per_token.low", title: "lower bound", unit: "nats/token",
                direction: .neither, help: "2.5 % point of the bootstrap over held-out documents."),
            MetricDeclaration(
                "heldout.nats_per_token.high", title: "upper bound", unit: "nats/token",
                direction: .neither, help: "97.5 % point of the bootstrap over held-out documents."),
            MetricDeclaration(
                "heldout.bits_per_byte.low", title: "lower bound", unit: "bits/byte",
                direction: .neither, help: "2.5 % point of the bootstrap over held-out documents."),
            MetricDeclaration(
                "heldout.bits_per_byte.high", title: "upper bound", unit: "bits/byte",
                direction: .neither, help: "97.5 % point of the bootstrap over held-out documents."),
            MetricDeclaration(
                "heldout.zero_probability_tokens", title: "tokens of probability zero",
                direction: lower, help: "Held-out events that the model holds impossible."),
            MetricDeclaration(
                "heldout.zero_probability_share", title: "share of probability zero",
                direction: lower, help: "The same as a share of all events."),
        ]
            + (1...10).map {
                MetricDeclaration(
                    "heldout.decile_\($0).nats_per_token",
                    title: $0 == 1 ? "rarest tenth" : $0 == 10 ? "commonest tenth" : "tenth \($0)",
                    unit: "nats/token", direction: lower,
                    help:
                        "Cross-entropy of one tenth of the held-out tokens, ranked by frequency in "
                        + "generation 0's real sample (1 = rarest).")
            }
    }

    private static var sampleMetrics: [MetricDeclaration] {
        let higher = MetricDeclaration.Direction.higherIsBetter
        func lengths(_ name: String, _ title: String, _ help: String) -> [MetricDeclaration] {
            (1...4).map {
                MetricDeclaration(
                    "samples.\(name)_\($0)", title: "\(title) \($0)-grams", direction: higher,
                    help: help)
            }
        }
        return lengths("distinct", "distinct", "Distinct token n-grams over all, in the samples.")
            + lengths(
                "coverage", "covered",
                "Share of held-out n-gram occurrences that the samples contain.")
            + [
                MetricDeclaration(
                    "samples.type_token_ratio", title: "type/token ratio", direction: higher,
                    help: "Mean share of distinct tokens in windows of 1,000 tokens."),
                MetricDeclaration(
                    "samples.types", title: "vocabulary in use", unit: "types", direction: higher,
                    help: "Distinct tokens in the samples."),
                MetricDeclaration(
                    "samples.unigram_entropy", title: "unigram entropy", unit: "nats",
                    direction: higher, help: "Entropy of the samples' token frequencies."),
                MetricDeclaration(
                    "samples.longest_repeat", title: "longest repeated span", unit: "tokens",
                    direction: .lowerIsBetter,
                    help: "The longest run of tokens that occurs twice in the samples."),
                MetricDeclaration(
                    "samples.reference_nats_per_token", title: "cross-entropy under generation 0",
                    unit: "nats/token", direction: .neither,
                    help: "Cross-entropy of the samples under generation 0's model."),
                MetricDeclaration(
                    "samples.reference_perplexity", title: "perplexity under generation 0",
                    unit: "per token", direction: .neither,
                    help:
                        "exp of samples.reference_nats_per_token: generated text becomes likelier "
                        + "as diversity falls."),
                MetricDeclaration(
                    "samples.documents", title: "documents", direction: .neither,
                    help: "Documents in the samples."),
                MetricDeclaration(
                    "samples.mean_length", title: "mean document length", unit: "tokens",
                    direction: .neither, help: "Mean length of the sampled documents."),
            ]
    }

    private static var fitMetrics: [MetricDeclaration] {
        [
            MetricDeclaration(
                "fit.tokens", title: "tokens trained on", unit: "tokens", direction: .neither,
                help: "Tokens seen in training, repetitions counted."),
            MetricDeclaration(
                "fit.steps", title: "optimizer steps", direction: .neither,
                help: "Steps of the fit."),
            MetricDeclaration(
                "fit.loss", title: "training loss", unit: "nats/token", direction: .lowerIsBetter,
                help: "Mean loss over the last tenth of the steps."),
        ]
    }
}
