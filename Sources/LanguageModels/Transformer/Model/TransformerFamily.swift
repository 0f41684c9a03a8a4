import Support

/// A kind of transformer, spelled as in specifications and in Hugging Face's `model_type`.
///
/// Adding one: a file in `Families` that conforms to `Architecture`, a case here, and a preset.
package enum TransformerFamily: String, CaseIterable, Codable, Sendable {
    case gpt2, llama

    var architecture: any Architecture.Type {
        switch self {
        case .gpt2: GPT2.self
        case .llama: Llama.self
        }
    }
}

/// What a family is: the building blocks it chooses, and the names its parameters and sizes have at
/// Hugging Face.
///
/// The engine knows blocks of the form `x + attend(norm(x))`, then `x + feedForward(norm(x))`, and
/// asks here for the rest.
protocol Architecture {
    static var family: TransformerFamily { get }
    static var normalization: NormalizationKind { get }
    static var positions: PositionKind { get }
    static var activation: Activation { get }
    /// Whether linear layers store a row per output, as `torch.nn.Linear`, or one per input, as
    /// GPT-2's `Conv1D`.
    static var storesRowPerOutput: Bool { get }

    /// What a configuration has by default.
    static func innerWidth(width: Int) -> Int
    static var tiesEmbedding: Bool { get }

    /// Every parameter of a model, in Hugging Face's order. Tensors of one part follow one another.
    static func tensors(of configuration: TransformerConfiguration) -> [ParameterPlan]

    /// The name under which ``tensors(of:)`` lists a stored tensor; nil for one that is no
    /// parameter.
    static func parameterName(ofStored name: String) -> String?

    /// Reads `config.json`.
    static func configuration(
        from fields: ConfigurationFields
    ) throws(TransformerError) -> TransformerConfiguration

    /// The members of `config.json` that are the family's own.
    static func fields(
        of configuration: TransformerConfiguration
    ) -> KeyValuePairs<String, JSONValue>
}

/// How the rows of the residual stream are normalised.
enum NormalizationKind: Sendable {
    case layer, rootMeanSquare
}

/// How a model knows where a token stands.
enum PositionKind: Sendable {
    /// A vector for each position is added to the token's.
    case learned
    /// Queries and keys are turned by angles that grow with the position.
    case rotary
}

/// One parameter tensor before it has a storage.
struct ParameterPlan {
    /// The part of the engine that it belongs to, or is a piece of.
    var part: ParameterPart
    /// The block, counted from 0; nil outside the blocks.
    var layer: Int?
    var name: String
    var shape: [Int]
    var start: ParameterLayout.Start
}

/// What a parameter is for, in the engine's words.
package enum ParameterPart: String, Hashable, Sendable, CaseIterable {
    case tokenEmbedding, positionEmbedding
    case attentionNormGain, attentionNormBias
    /// Queries, keys and values, in this order.
    case attentionIn, attentionInBias
    case attentionOut, attentionOutBias
    case feedForwardNormGain, feedForwardNormBias
    /// The layer before the activation; gates come before the values they act on.
    case feedForwardIn, feedForwardInBias
    case feedForwardOut, feedForwardOutBias
    case finalNormGain, finalNormBias
    /// The matrix of the logits, where it is not the token embedding.
    case output
}
