import Collapse
import Compute
import LanguageModels
package import Support

extension TransformerSpecification {
    /// The keys of a transformer, in a specification or a preset.
    package static var keys: [KeyDeclaration] {
        shape + [
            choice(
                "precision", Precision.float32,
                "What training and sampling round the factors of matrix products to: float32, or bfloat16 "
                    + "with sums, weights, normalisations, softmax and loss in float32. The same bits on "
                    + "every processor; faster where it has instructions for bfloat16, slower elsewhere. "
                    + "Evaluation is always in float32."),
            KeyDeclaration(
                "training", .group(training), default: .map([]), help: "How the model is trained."),
            KeyDeclaration(
                "decoding",
                .group([
                    integer(
                        "batch-width", 1...65_536, 128, "Documents written side by side."),
                    optional(
                        "groups", .integer(1...4_096),
                        "Parts of the batch that workers decode apart; as suits the model unless given."
                    ),
                ]), default: .map([]),
                hashed: .never(because: "the geometry of decoding changes no result"),
                help: "The geometry of decoding; changes no result."),
        ]
    }

    private static var shape: [KeyDeclaration] {
        [
            choice(
                "family", TransformerFamily.gpt2,
                "The building blocks: gpt2 (layer normalisation, learned positions, GELU) or "
                    + "llama (root-mean-square normalisation, rotary positions, SwiGLU, no biases)."
            ),
            integer("layers", 1...200, 2, "Transformer blocks."),
            integer("heads", 1...200, 2, "Attention heads; must divide the width."),
            optional(
                "key-value-heads", .integer(1...200),
                "Heads that hold keys and values, shared evenly by the others; as many as heads "
                    + "unless given. For llama."),
            integer("width", 1...65_536, 64, "Size of the residual stream."),
            optional(
                "inner-width", .integer(1...1_048_576),
                "Size inside the feed-forward layer; unless given four times the width, for llama two "
                    + "thirds of that."),
            integer("context-length", 2...65_536, 64, "Tokens that the model sees at once."),
            optional(
                "rope-theta", .number(1...1e12),
                "The base of the rotary angles; 10,000 unless given. For llama."),
            optional(
                "tied-embedding", .boolean,
                "Whether the token embedding also makes the logits; yes for gpt2 and no for llama "
                    + "unless given."),
        ]
    }

    private static var training: [KeyDeclaration] {
        [
            choice(
                "initialisation", Initialisation.gpt2,
                "How a fresh model is drawn: gpt2 (deviation 0.02) or width-scaled (0.02 times "
                    + "sqrt(768 / width))."),
            integer("batch-size", 1...65_536, 16, "Sequences in a batch."),
            integer(
                "accumulation", 1...65_536, 1,
                "Batches whose gradients a step adds up; the same as a batch so many times larger."),
            choice(
                "optimizer", Optimizer.adamw,
                "adamw, or sgd: gradient descent with momentum."),
            number("learning-rate", 0...10, 3e-3, "The peak of the schedule."),
            choice(
                "schedule", LearningRateSchedule.Shape.cosine,
                "What the rate does after its rise: cosine or linear down to the final share, "
                    + "constant, or warmup-stable-decay."),
            number(
                "warmup-fraction", 0...1, 0.05,
                "Share of the steps in which the rate rises linearly from 0."),
            number(
                "final-learning-rate-fraction", 0...1, 0.1,
                "Where the schedule ends, as a share of the peak."),
            number(
                "decay-fraction", 0...1, 0.2,
                "Share of the steps in which warmup-stable-decay falls; others ignore it."),
            number(
                "weight-decay", 0...10, 0.1,
                "Decay of matrices and embeddings: decoupled in adamw, added to the gradient in sgd."
            ),
            number("beta1", 0...0.999_999, 0.9, "AdamW's decay of the first moment."),
            number("beta2", 0...0.999_999, 0.95, "AdamW's decay of the second moment."),
            number("momentum", 0...0.999_999, 0.9, "The momentum of sgd."),
            KeyDeclaration(
                "nesterov", .boolean, default: .boolean(false),
                help: "Whether sgd looks ahead along its momentum."),
            number("gradient-clip", 0...1e9, 1, "Largest global gradient norm; 0 clips nothing."),
            number("dropout", 0...0.9, 0, "Share of activations dropped in training."),
            choice(
                "attention", AttentionScope.window,
                "What a token looks back on in training: its window, its own document, or its document "
                    + "with positions that restart."),
            number(
                "label-smoothing", 0...1, 0,
                "Share of each target spread evenly over the vocabulary."),
            number(
                "z-loss", 0...1e6, 0,
                "Multiplies the squared log of the softmax's denominator, added to the loss."),
            optional(
                "average-decay", .number(0...0.999_999_9),
                "Decay of the moving average of the weights, which is then the fitted model; none "
                    + "unless given."),
            KeyDeclaration(
                "frozen", .list(.text), default: .list([]),
                help:
                    "Parameters that stay as they are where a fit starts from a model: parts of names "
                    + "between dots, such as wte or h.0."),
            optional(
                "adapters",
                .group([
                    integer("rank", 1...65_536, 8, "Rank of the adapters."),
                    number("alpha", 1e-9...1e9, 16, "Their scale times the rank."),
                    optional(
                        "targets", .list(.text),
                        "The matrices, by parts of their names; the projections to queries and values "
                            + "unless given."),
                ]),
                "Low-rank adapters, trained in place of the parameters where a fit starts from a model."
            ),
            optional(
                "early-stopping",
                .group([
                    integer("interval", 1...1_000_000_000, 100, "Steps between validations."),
                    integer(
                        "patience", 1...1_000_000_000, 3,
                        "Validations without improvement that end the fit."),
                    number(
                        "minimum-improvement", 0...1e9, 0,
                        "What counts as improvement, in nats per token."),
                ]),
                "End a fit when the loss on the corpus's validation split stops falling, and keep the "
                    + "best model."),
            integer(
                "shards", 1...4_096, 4,
                "Parts of a batch whose gradients are summed in order; fixes the bits at any "
                    + "number of workers."),
        ]
    }

    // MARK: Shorthands

    private static func integer(
        _ key: String, _ range: ClosedRange<Int>, _ value: Int, _ help: String
    ) -> KeyDeclaration {
        KeyDeclaration(key, .integer(range), default: .integer(value), help: help)
    }

    private static func number(
        _ key: String, _ range: ClosedRange<Double>, _ value: Double, _ help: String
    ) -> KeyDeclaration {
        KeyDeclaration(key, .number(range), default: .number(value), help: help)
    }

    private static func optional(_ key: String, _ type: KeyType, _ help: String) -> KeyDeclaration {
        KeyDeclaration(key, .optional(type), default: .null, help: help)
    }

    private static func choice<Words: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ value: Words, _ help: String
    ) -> KeyDeclaration {
        KeyDeclaration(
            key, .choice(Words.allCases.map(\.rawValue)), default: .text(value.rawValue),
            help: help)
    }
}
