import Collapse
import LanguageModels
import Support
import Text

/// The keys of the language setting in an experiment file.
enum LanguageKeys {
    static var all: [KeyDeclaration] {
        [corpus, tokenizer, model, budget, sampling, evaluation, base]
    }

    private static let corpus = KeyDeclaration(
        "corpus", .text, default: .text("austen"),
        hashed: .never(because: "the corpus's content is hashed"),
        help: "The corpus: a name that `collapselab corpus list` shows.")

    private static var tokenizer: KeyDeclaration {
        let trainedOn = KeyDeclaration(
            "trained-on", .choice(["generation-0", "train"]), default: .text("generation-0"),
            help:
                "The real text the tokenizer is trained on, once: generation 0's own sample, or the "
                + "whole train split.")
        func vocabulary(_ count: Int, _ range: ClosedRange<Int>) -> KeyDeclaration {
            KeyDeclaration(
                "vocabulary", .integer(range), default: .integer(count),
                help: "The largest number of ids, special tokens included.")
        }
        let pattern = KeyDeclaration(
            "pattern", .choice(PreTokenization.names),
            default: .text(PreTokenization.gpt2.name),
            help: "How text is cut into the pieces within which pairs are merged.")
        return KeyDeclaration(
            "tokenizer",
            .tagged(
                TaggedGroup(
                    tag: "kind",
                    variants: [
                        .init(
                            "bpe", [vocabulary(1_024, 257...1_000_000), pattern, trainedOn],
                            help: "Byte-level byte-pair encoding."),
                        .init("byte", [], help: "One token for each byte."),
                        .init(
                            "character", [vocabulary(4_096, 258...1_000_000), trainedOn],
                            help: "Grapheme clusters, with bytes for unknown ones."),
                        .init(
                            "word",
                            [
                                vocabulary(50_000, 3...10_000_000),
                                KeyDeclaration(
                                    "minimum-count", .integer(1...1_000_000), default: .integer(2),
                                    help: "How often a word must occur to be known."),
                                KeyDeclaration(
                                    "lower-case", .boolean, default: .boolean(false),
                                    help: "Whether words are lower-cased."),
                                trainedOn,
                            ], help: "Words and punctuation, with <unk> for the rest."),
                    ])),
            default: .map([.init("kind", .text("bpe"))]),
            hashed: .only([.world], because: "every stage is named by the world too"),
            help: "How text becomes tokens.")
    }

    private static var model: KeyDeclaration {
        KeyDeclaration(
            "model",
            .tagged(
                TaggedGroup(
                    tag: "kind",
                    variants: [
                        .init("ngram", ngram, help: "A back-off n-gram model."),
                        .init(
                            "transformer", TransformerSpecification.keys,
                            help: "A GPT-2 or Llama style transformer."),
                    ], presetFolder: "models")),
            default: nil,
            hashed: .only(
                [.fit, .sample],
                because: "the world is without a model, evaluations are named by it"),
            help: "The model, or the name of a preset in models/.")
    }

    private static var ngram: [KeyDeclaration] {
        [
            KeyDeclaration(
                "order", .integer(1...8), default: .integer(3),
                help: "Length of the longest n-gram counted."),
            KeyDeclaration(
                "smoothing",
                .choice([
                    "maximum-likelihood", "add-k", "witten-bell", "modified-kneser-ney",
                ]), default: .text("modified-kneser-ney"),
                help: "How unseen n-grams get probability."),
            KeyDeclaration(
                "k", .number(1e-9...1e6), default: .number(0.1),
                help: "The pseudo-count of add-k smoothing; other smoothings ignore it."),
            KeyDeclaration(
                "sample-unknown", .boolean, default: .boolean(false),
                hashed: .only([.sample], because: "a fit does not sample"),
                help: "Whether <unk> may be sampled."),
        ]
    }

    private static var budget: KeyDeclaration {
        func amount(_ help: String, _ value: Double) -> [KeyDeclaration] {
            [
                KeyDeclaration(
                    "amount", .number(1e-6...1e15), default: .number(value), help: help)
            ]
        }
        return KeyDeclaration(
            "budget",
            .tagged(
                TaggedGroup(
                    tag: "unit",
                    variants: [
                        .init(
                            "epochs", amount("Passes over the generation's data.", 4),
                            help: "Grows with the data, as under accumulate."),
                        .init(
                            "steps", amount("Optimizer steps.", 1_000),
                            help: "The same number of steps for every generation."),
                        .init(
                            "tokens", amount("Tokens trained on.", 1_000_000),
                            help: "The same number of tokens for every generation."),
                    ])),
            default: .map([.init("unit", .text("epochs"))]),
            hashed: .only([.fit], because: "later stages are named by the fit"),
            help: "How long a transformer trains; n-grams count their data once.")
    }

    private static var sampling: KeyDeclaration {
        KeyDeclaration(
            "sampling",
            .group([
                KeyDeclaration(
                    "temperature", .number(0...100), default: .number(1),
                    help: "Divides the logits; 1 samples the model's own distribution."),
                KeyDeclaration(
                    "top-k", .optional(.integer(1...10_000_000)), default: .null,
                    help: "Keep only the k likeliest tokens."),
                KeyDeclaration(
                    "top-p", .optional(.number(1e-6...1)), default: .null,
                    help: "Keep the smallest set of likeliest tokens with this much probability."),
                KeyDeclaration(
                    "min-p", .optional(.number(1e-9...1)), default: .null,
                    help: "Keep tokens at least so many times as likely as the likeliest."),
                KeyDeclaration(
                    "typical", .optional(.number(1e-6...1)), default: .null,
                    help:
                        "Keep the tokens whose surprise is nearest to the entropy, with this much "
                        + "probability."),
                KeyDeclaration(
                    "repetition-penalty", .number(1e-3...1e3), default: .number(1),
                    help:
                        "Divides positive logits of tokens that have occurred and multiplies negative "
                        + "ones; 1 does nothing."),
                KeyDeclaration(
                    "beams", .integer(1...1_024), default: .integer(1),
                    help:
                        "Above 1, beam search with so many beams in place of random draws; it needs "
                        + "prompt: real."),
                KeyDeclaration(
                    "length-penalty", .number(-100...100), default: .number(1),
                    help:
                        "Beam search ranks finished continuations by log-probability over length to "
                        + "this power."),
                KeyDeclaration(
                    "prompt", .choice(["boundary", "real"]), default: .text("boundary"),
                    help:
                        "What a document starts from: the document boundary, or the first tokens of a "
                        + "document of generation 0's real sample, which are not part of what is drawn."
                ),
                KeyDeclaration(
                    "prompt-tokens", .integer(1...65_536), default: .integer(16),
                    help: "How many tokens of a real document a prompt takes."),
                KeyDeclaration(
                    "minimum-document-length", .integer(1...10_000_000), default: .integer(1),
                    help: "A document does not end before so many tokens."),
                KeyDeclaration(
                    "maximum-document-length", .integer(1...10_000_000), default: .integer(2_000),
                    help: "A document that has not ended by itself is cut after this many tokens."),
                KeyDeclaration(
                    "pass-as", .choice(["tokens", "text"]), default: .text("tokens"),
                    help:
                        "Whether samples reach the next generation as token ids, or decoded to text "
                        + "and tokenised again."),
            ]), default: .map([]),
            hashed: .only([.sample], because: "later stages are named by the samples"),
            help: "How models draw synthetic documents.")
    }

    private static var evaluation: KeyDeclaration {
        KeyDeclaration(
            "evaluation",
            .group([
                KeyDeclaration(
                    "split", .choice(["test", "validation"]), default: .text("test"),
                    help: "The held-out split of the corpus."),
                KeyDeclaration(
                    "documents", .optional(.integer(1...100_000_000)), default: .null,
                    help: "Score only the first so many held-out documents."),
                KeyDeclaration(
                    "context", .optional(.integer(2...65_536)), default: .null,
                    hashed: .only([.evaluate], because: "only evaluations score"),
                    help: "Tokens of a scored window; a transformer's context length unless given."),
                KeyDeclaration(
                    "stride", .optional(.integer(1...65_536)), default: .null,
                    hashed: .only([.evaluate], because: "only evaluations score"),
                    help: "How far the window moves; half the context unless given."),
                KeyDeclaration(
                    "bootstrap", .integer(0...1_000_000), default: .integer(1_000),
                    hashed: .only([.evaluate], because: "only evaluations score"),
                    help: "Resamples of documents for the interval; 0 computes none."),
            ]), default: .map([]),
            hashed: .only(
                [.world, .evaluate], because: "fits and samples are named by the world too"),
            help: "How models are scored on held-out real text.")
    }

    private static var base: KeyDeclaration {
        KeyDeclaration(
            "base",
            .optional(
                .group([
                    KeyDeclaration(
                        "corpus", .text, default: nil,
                        hashed: .never(because: "the corpus's content is hashed"),
                        help: "The other text that the base learns from."),
                    KeyDeclaration(
                        "size", .integer(1...1_000_000_000_000), default: .integer(1_000_000),
                        help: "Tokens of that text."),
                    KeyDeclaration(
                        "epochs", .number(1e-6...1e6), default: .number(1),
                        help: "Passes over them."),
                ])), default: .null,
            hashed: .only([.world], because: "every stage is named by the world too"),
            help: "The base model for `start-from: base`: trained once for each seed on other text."
        )
    }
}
