import Compute
package import LanguageModels
package import Support

/// A transformer as a specification or a preset describes it.
package struct TransformerSpecification: KeyGroup {
    static let family = Key<TransformerFamily>(
        "family", .choice, default: .gpt2,
        help: "The building blocks: gpt2 (layer normalisation, learned positions, GELU) or "
            + "llama (root-mean-square normalisation, rotary positions, SwiGLU, no biases).")
    static let layers = Key("layers", .integer(1...200), default: 2, help: "Transformer blocks.")
    static let heads = Key(
        "heads", .integer(1...200), default: 2, help: "Attention heads; must divide the width.")
    static let keyValueHeads = Key<Int?>(
        "key-value-heads", .optional(.integer(1...200)), default: .some(nil),
        help: "Heads that hold keys and values, shared evenly by the others; as many as heads "
            + "unless given. For llama.")
    static let width = Key(
        "width", .integer(1...65_536), default: 64, help: "Size of the residual stream.")
    static let innerWidth = Key<Int?>(
        "inner-width", .optional(.integer(1...1_048_576)), default: .some(nil),
        help:
            "Size inside the feed-forward layer; unless given four times the width, for llama two "
            + "thirds of that.")
    static let contextLength = Key(
        "context-length", .integer(2...65_536), default: 64,
        help: "Tokens that the model sees at once.")
    static let ropeTheta = Key<Double?>(
        "rope-theta", .optional(.number(1...1e12)), default: .some(nil),
        help: "The base of the rotary angles; 10,000 unless given. For llama.")
    static let tiedEmbedding = Key<Bool?>(
        "tied-embedding", .optional(.boolean), default: .some(nil),
        help: "Whether the token embedding also makes the logits; yes for gpt2 and no for llama "
            + "unless given.")
    static let precision = Key<Precision>(
        "precision", .choice, default: .float32,
        help:
            "What training and sampling round the factors of matrix products to: float32, or bfloat16 "
            + "with sums, weights, normalisations, softmax and loss in float32. The same bits on "
            + "every processor; faster where it has instructions for bfloat16, slower elsewhere. "
            + "Evaluation is always in float32.")
    static let training = Key<TransformerTraining>(
        "training", .group, filledFrom: .map([]), help: "How the model is trained.")
    /// The same for a model that knows much already, which a fresh one's rate would unteach.
    private static let fineTuning = Key<TransformerTraining>(
        "training", .group,
        filledFrom: .map([.init(TransformerTraining.learningRate.name, .number(3e-4))]),
        help: "How the model is trained on; its learning rate is 0.0003 unless given.")
    static let decoding = Key<TransformerSamplingConfiguration>(
        "decoding", .group, filledFrom: .map([]),
        hashed: .never(because: "the geometry of decoding changes no result"),
        help: "The geometry of decoding; changes no result.")

    /// The keys of a transformer, in a specification or a preset.
    @KeyList package static var keys: [KeyDeclaration] {
        family
        layers
        heads
        keyValueHeads
        width
        innerWidth
        contextLength
        ropeTheta
        tiedEmbedding
        precision
        training
        decoding
    }

    /// The keys of a transformer whose shape is that of its base.
    @KeyList static var fineTuningKeys: [KeyDeclaration] {
        precision
        fineTuning
        decoding
    }

    /// The model's shape, but for the vocabulary, which is the tokenizer's.
    package let shape: TransformerConfiguration
    /// How the parameters of a model that starts from scratch are drawn.
    package let initialisation: Initialisation
    /// How a fit proceeds, in the precision of the specification.
    package let training: TransformerTrainingConfiguration
    /// How samples are batched, in the precision of the specification.
    package let decoding: TransformerSamplingConfiguration

    /// Reads the resolved ``keys``.
    ///
    /// - Throws: What they cannot say together.
    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        try self.init(fineTuning: values, shape: Self.shape(values))
        try checkTraining(of: shape)
    }

    /// Reads the resolved ``fineTuningKeys`` for a model of a given shape.
    init(
        fineTuning values: SpecificationValue, shape: TransformerConfiguration
    ) throws(SpecificationIssue) {
        self.shape = shape
        let precision = try values[Self.precision]
        let training = try values[Self.training]
        initialisation = training.initialisation
        self.training = training.configuration(precision: precision)
        var decoding = try values[Self.decoding]
        decoding.precision = precision
        self.decoding = decoding
    }

    /// Refuses a base model of another shape.
    func check(base: TransformerConfiguration) throws(SpecificationIssue) {
        let sizes: [(key: String, own: String, base: String)] = [
            (Self.family.name, shape.family.rawValue, base.family.rawValue),
            (Self.layers.name, "\(shape.layers)", "\(base.layers)"),
            (Self.heads.name, "\(shape.heads)", "\(base.heads)"),
            (Self.keyValueHeads.name, "\(shape.keyValueHeads)", "\(base.keyValueHeads)"),
            (Self.width.name, "\(shape.width)", "\(base.width)"),
            (Self.innerWidth.name, "\(shape.innerWidth)", "\(base.innerWidth)"),
            (Self.contextLength.name, "\(shape.contextLength)", "\(base.contextLength)"),
            (Self.ropeTheta.name, "\(shape.ropeTheta)", "\(base.ropeTheta)"),
            (Self.tiedEmbedding.name, "\(shape.tiesEmbedding)", "\(base.tiesEmbedding)"),
        ]
        if let other = sizes.first(where: { $0.own != $0.base }) {
            throw SpecificationIssue(
                path: [other.key],
                message:
                    "it is \(other.own) here, and \(other.base) in base.model: leave out `model`, or "
                    + "write kind: base, which takes the shape from there")
        }
        try checkTraining(of: base)
    }

    /// Refuses to freeze or adapt what a model does not have.
    private func checkTraining(of model: TransformerConfiguration) throws(SpecificationIssue) {
        do {
            try training.validate(for: model)
        } catch {
            throw SpecificationIssue(path: [Self.training.name], message: "\(error)")
        }
    }

    private static func shape(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> TransformerConfiguration {
        let (heads, width) = (try values[Self.heads], try values[Self.width])
        guard width % heads == 0 else {
            throw SpecificationIssue(
                path: [Self.heads.name],
                message: "\(heads) heads do not divide the width \(width)")
        }
        let family = try values[Self.family]
        let (keyValueHeads, theta) = (try values[Self.keyValueHeads], try values[Self.ropeTheta])
        if family == .gpt2 {
            for (key, isGiven) in [
                (Self.keyValueHeads.name, keyValueHeads != nil),
                (Self.ropeTheta.name, theta != nil),
            ] where isGiven {
                throw SpecificationIssue(
                    path: [key],
                    message: "gpt2 has no \(key): leave it out, or choose family: llama")
            }
        }
        let shape = TransformerConfiguration(
            family: family, layers: try values[Self.layers], heads: heads,
            keyValueHeads: keyValueHeads, width: width, innerWidth: try values[Self.innerWidth],
            contextLength: try values[Self.contextLength], vocabularyCount: 1,
            ropeTheta: theta ?? 10_000, tiesEmbedding: try values[Self.tiedEmbedding])
        do {
            try shape.validate()
        } catch {
            throw SpecificationIssue(path: [], message: "\(error)")
        }
        return shape
    }
}

extension TransformerSamplingConfiguration: KeyGroup {
    static let batchWidth = Key(
        "batch-width", .integer(1...65_536), default: 128, help: "Documents written side by side.")
    static let groups = Key<Int?>(
        "groups", .optional(.integer(1...4_096)), default: .some(nil),
        help: "Parts of the batch that workers decode apart; as suits the model unless given.")

    /// `batch-width` and `groups`; the precision is a key of ``TransformerSpecification``.
    @KeyList package static var keys: [KeyDeclaration] {
        batchWidth
        groups
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(batchWidth: try values[Self.batchWidth], groups: try values[Self.groups])
        do {
            try validate()
        } catch {
            throw SpecificationIssue(path: [], message: "\(error)")
        }
    }
}
