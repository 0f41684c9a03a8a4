import Support

/// GPT-2 (Radford et al. 2019): layer normalisation, learned positions, GELU, biases everywhere.
enum GPT2: Architecture {
    static let family = TransformerFamily.gpt2
    static let normalization = NormalizationKind.layer
    static let positions = PositionKind.learned
    static let activation = Activation.gelu
    static let storesRowPerOutput = false

    static func innerWidth(width: Int) -> Int { 4 * width }
    static let tiesEmbedding = true

    static func tensors(of configuration: TransformerConfiguration) -> [ParameterPlan] {
        let (d, inner) = (configuration.width, configuration.innerWidth)
        let terms = 2 * configuration.layers
        var plans: [ParameterPlan] = [
            .matrix(.tokenEmbedding, "transformer.wte.weight", [configuration.vocabularyCount, d]),
            .matrix(
                .positionEmbedding, "transformer.wpe.weight", [configuration.contextLength, d]),
        ]
        for layer in 0..<configuration.layers {
            let block = "transformer.h.\(layer)."
            plans += [
                .gain(.attentionNormGain, block + "ln_1.weight", d, layer: layer),
                .bias(.attentionNormBias, block + "ln_1.bias", d, layer: layer),
                .matrix(.attentionIn, block + "attn.c_attn.weight", [d, 3 * d], layer: layer),
                .bias(.attentionInBias, block + "attn.c_attn.bias", 3 * d, layer: layer),
                .matrix(
                    .attentionOut, block + "attn.c_proj.weight", [d, d], layer: layer,
                    residualTerms: terms),
                .bias(.attentionOutBias, block + "attn.c_proj.bias", d, layer: layer),
                .gain(.feedForwardNormGain, block + "ln_2.weight", d, layer: layer),
                .bias(.feedForwardNormBias, block + "ln_2.bias", d, layer: layer),
                .matrix(.feedForwardIn, block + "mlp.c_fc.weight", [d, inner], layer: layer),
                .bias(.feedForwardInBias, block + "mlp.c_fc.bias", inner, layer: layer),
                .matrix(
                    .feedForwardOut, block + "mlp.c_proj.weight", [inner, d], layer: layer,
                    residualTerms: terms),
                .bias(.feedForwardOutBias, block + "mlp.c_proj.bias", d, layer: layer),
            ]
        }
        plans += [
            .gain(.finalNormGain, "transformer.ln_f.weight", d),
            .bias(.finalNormBias, "transformer.ln_f.bias", d),
        ]
        if !configuration.tiesEmbedding {
            plans.append(.matrix(.output, "lm_head.weight", [configuration.vocabularyCount, d]))
        }
        return plans
    }

    /// GPT-2's own files leave out the prefix, and old ones store the causal masks.
    static func parameterName(ofStored name: String) -> String? {
        if name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias") { return nil }
        if name == "lm_head.weight" || name.hasPrefix("transformer.") { return name }
        return "transformer." + name
    }

    // MARK: config.json

    static func configuration(
        from fields: ConfigurationFields
    ) throws(TransformerError) -> TransformerConfiguration {
        try fields.require("activation_function", in: ["gelu_new", "gelu_pytorch_tanh"])
        try fields.require("scale_attn_weights", true)
        try fields.require("scale_attn_by_inverse_layer_idx", false)
        try fields.require("add_cross_attention", false)
        return TransformerConfiguration(
            family: .gpt2, layers: try fields.integer("n_layer"),
            heads: try fields.integer("n_head"), width: try fields.integer("n_embd"),
            innerWidth: try fields.optionalInteger("n_inner"),
            contextLength: try fields.integer("n_positions"),
            vocabularyCount: try fields.integer("vocab_size"),
            normEpsilon: try fields.number("layer_norm_epsilon", default: 1e-5),
            tiesEmbedding: try fields.boolean("tie_word_embeddings", default: true))
    }

    static func fields(
        of configuration: TransformerConfiguration
    ) -> KeyValuePairs<String, JSONValue> {
        [
            "activation_function": .text("gelu_new"),
            "architectures": .array([.text("GPT2LMHeadModel")]),
            "attn_pdrop": .real(0), "embd_pdrop": .real(0), "initializer_range": .real(0.02),
            "layer_norm_epsilon": .real(configuration.normEpsilon),
            "n_ctx": .integer(configuration.contextLength),
            "n_embd": .integer(configuration.width), "n_head": .integer(configuration.heads),
            "n_inner": .integer(configuration.innerWidth),
            "n_layer": .integer(configuration.layers),
            "n_positions": .integer(configuration.contextLength), "resid_pdrop": .real(0),
        ]
    }
}
