import Support

/// Llama (Touvron et al. 2023): root-mean-square normalisation, rotary positions, SwiGLU, grouped
/// keys and values, no biases.
enum Llama: Architecture {
    static let family = TransformerFamily.llama
    static let normalization = NormalizationKind.rootMeanSquare
    static let positions = PositionKind.rotary
    static let activation = Activation.siluGate
    static let storesRowPerOutput = true

    /// Two thirds of four times the width, so that three matrices have the elements of GPT-2's two;
    /// a multiple of 16.
    static func innerWidth(width: Int) -> Int { (8 * width / 3 + 15) / 16 * 16 }
    static let tiesEmbedding = false

    static func tensors(of configuration: TransformerConfiguration) -> [ParameterPlan] {
        let (d, inner) = (configuration.width, configuration.innerWidth)
        let (queries, keys) = (configuration.queryWidth, configuration.keyWidth)
        let terms = 2 * configuration.layers
        var plans: [ParameterPlan] = [
            .matrix(
                .tokenEmbedding, "model.embed_tokens.weight", [configuration.vocabularyCount, d])
        ]
        for layer in 0..<configuration.layers {
            let block = "model.layers.\(layer)."
            plans += [
                .gain(.attentionNormGain, block + "input_layernorm.weight", d, layer: layer),
                .matrix(
                    .attentionIn, block + "self_attn.q_proj.weight", [queries, d], layer: layer),
                .matrix(.attentionIn, block + "self_attn.k_proj.weight", [keys, d], layer: layer),
                .matrix(.attentionIn, block + "self_attn.v_proj.weight", [keys, d], layer: layer),
                .matrix(
                    .attentionOut, block + "self_attn.o_proj.weight", [d, queries], layer: layer,
                    residualTerms: terms),
                .gain(
                    .feedForwardNormGain, block + "post_attention_layernorm.weight", d,
                    layer: layer),
                .matrix(.feedForwardIn, block + "mlp.gate_proj.weight", [inner, d], layer: layer),
                .matrix(.feedForwardIn, block + "mlp.up_proj.weight", [inner, d], layer: layer),
                .matrix(
                    .feedForwardOut, block + "mlp.down_proj.weight", [d, inner], layer: layer,
                    residualTerms: terms),
            ]
        }
        plans.append(.gain(.finalNormGain, "model.norm.weight", d))
        if !configuration.tiesEmbedding {
            plans.append(.matrix(.output, "lm_head.weight", [configuration.vocabularyCount, d]))
        }
        return plans
    }

    /// Files of the bare model leave out the prefix, and old ones store the rotary frequencies.
    static func parameterName(ofStored name: String) -> String? {
        if name.hasSuffix("rotary_emb.inv_freq") { return nil }
        if name == "lm_head.weight" || name.hasPrefix("model.") { return name }
        return "model." + name
    }

    // MARK: config.json

    static func configuration(
        from fields: ConfigurationFields
    ) throws(TransformerError) -> TransformerConfiguration {
        try fields.require("hidden_act", in: ["silu", "swish"])
        try fields.require("attention_bias", false)
        try fields.require("mlp_bias", false)
        try fields.requireNone("sliding_window")
        let (scaling, rotary) = (
            try fields.object("rope_scaling"), try fields.object("rope_parameters")
        )
        for parameters in [scaling, rotary] {
            try parameters?.require("type", in: ["default"])
            try parameters?.require("rope_type", in: ["default"])
            try parameters?.requireNone("factor")
        }
        for parameters in [fields, rotary] {
            try parameters?.require("partial_rotary_factor", 1)
        }
        let heads = try fields.integer("num_attention_heads")
        let width = try fields.integer("hidden_size")
        let headWidth = try fields.optionalInteger("head_dim")
        if headWidth == nil, heads < 1 || width % heads != 0 {
            throw fields.problem(
                "has hidden_size \(width), which its num_attention_heads, \(heads), do not divide")
        }
        return TransformerConfiguration(
            family: .llama, layers: try fields.integer("num_hidden_layers"), heads: heads,
            keyValueHeads: try fields.optionalInteger("num_key_value_heads"), headWidth: headWidth,
            width: width, innerWidth: try fields.integer("intermediate_size"),
            contextLength: try fields.integer("max_position_embeddings"),
            vocabularyCount: try fields.integer("vocab_size"),
            normEpsilon: try fields.number("rms_norm_eps", default: 1e-6),
            ropeTheta: try theta(fields, rotary),
            tiesEmbedding: try fields.boolean("tie_word_embeddings", default: false))
    }

    /// Transformers 5 writes the base into an object, earlier versions beside it.
    private static func theta(
        _ fields: ConfigurationFields, _ rotary: ConfigurationFields?
    ) throws(TransformerError) -> Double {
        let plain = try fields.optionalNumber("rope_theta")
        let inObject = try rotary?.optionalNumber("rope_theta")
        if let plain, let inObject, plain != inObject {
            throw fields.problem(
                "has rope_theta \(plain), but rope_parameters.rope_theta \(inObject)")
        }
        return inObject ?? plain ?? 10_000
    }

    static func fields(
        of configuration: TransformerConfiguration
    ) -> KeyValuePairs<String, JSONValue> {
        let theta = JSONValue.real(configuration.ropeTheta)
        return [
            "architectures": .array([.text("LlamaForCausalLM")]), "attention_bias": .bool(false),
            "attention_dropout": .real(0), "head_dim": .integer(configuration.headWidth),
            "hidden_act": .text("silu"), "hidden_size": .integer(configuration.width),
            "initializer_range": .real(0.02),
            "intermediate_size": .integer(configuration.innerWidth),
            "max_position_embeddings": .integer(configuration.contextLength),
            "mlp_bias": .bool(false), "num_attention_heads": .integer(configuration.heads),
            "num_hidden_layers": .integer(configuration.layers),
            "num_key_value_heads": .integer(configuration.keyValueHeads),
            "rms_norm_eps": .real(configuration.normEpsilon),
            "rope_parameters": .object(["rope_theta": theta, "rope_type": .text("default")]),
            "rope_theta": theta,
        ]
    }
}
