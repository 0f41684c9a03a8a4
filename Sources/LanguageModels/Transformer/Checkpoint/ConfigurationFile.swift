import Text

/// `config.json` of a Hugging Face directory.
struct ConfigurationFile {
    static let name = "config.json"

    var configuration: TransformerConfiguration
    /// The tokens that begin and end a text; this house's models have one boundary for both.
    var beginning: UInt32?
    var end: UInt32?

    /// - Throws: What contradicts itself, or asks for what the engine cannot compute.
    static func read(
        _ bytes: [UInt8], file: String
    ) throws(TransformerError) -> ConfigurationFile {
        let fields = try ConfigurationFields(bytes, file: file)
        let known = TransformerFamily.allCases.map(\.rawValue)
        guard let type = try fields.text("model_type") else {
            throw fields.problem(
                "has no model_type; \(known.joined(separator: " and ")) can be read")
        }
        guard let family = TransformerFamily(rawValue: type) else {
            throw fields.problem(
                "has model_type \(type); \(known.joined(separator: " and ")) can be read")
        }
        try fields.requireNone("quantization_config")
        let configuration = try family.architecture.configuration(from: fields)
        do {
            try configuration.validate()
        } catch {
            throw fields.problem("is of no possible model: \(error)")
        }
        func token(_ key: String) throws(TransformerError) -> UInt32? {
            guard let id = try fields.optionalSingleInteger(key) else { return nil }
            guard (0..<configuration.vocabularyCount).contains(id) else {
                throw fields.problem(
                    "has \(key) \(id) with vocab_size \(configuration.vocabularyCount)")
            }
            return UInt32(id)
        }
        return ConfigurationFile(
            configuration: configuration, beginning: try token("bos_token_id"),
            end: try token("eos_token_id"))
    }

    /// The file's text, keys sorted.
    var text: String {
        func text(_ token: UInt32?) -> String { token.map { "\($0)" } ?? "null" }
        var fields = configuration.family.architecture.fields(of: configuration)
        fields += [
            ("bos_token_id", text(beginning)), ("eos_token_id", text(end)),
            ("model_type", "\"\(configuration.family.rawValue)\""),
            ("tie_word_embeddings", "\(configuration.tiesEmbedding)"),
            ("torch_dtype", "\"float32\""), ("use_cache", "true"),
            ("vocab_size", "\(configuration.vocabularyCount)"),
        ]
        fields.sort { $0.key < $1.key }
        let lines = fields.map { "  \"\($0.key)\": \($0.json)" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }
}
