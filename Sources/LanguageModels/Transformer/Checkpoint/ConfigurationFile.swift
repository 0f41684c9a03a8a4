import Support
import Text

/// `config.json` of a Hugging Face directory.
struct ConfigurationFile {
    static let name = "config.json"

    var configuration: TransformerConfiguration
    /// The tokens that begin and end a text; this program's models have one boundary for both.
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
                    "has \(key) \(id) with vocab_size \(configuration.vocabularyCount): give the number "
                        + "of a token there, or null")
            }
            return UInt32(id)
        }
        return ConfigurationFile(
            configuration: configuration, beginning: try token("bos_token_id"),
            end: try token("eos_token_id"))
    }

    /// The file's text, keys sorted.
    var text: String {
        func id(_ token: UInt32?) -> JSONValue { token.map { .integer(Int($0)) } ?? .null }
        var members = configuration.family.architecture.fields(of: configuration)
            .map { (key: $0.key, value: $0.value) }
        members += [
            ("bos_token_id", id(beginning)), ("eos_token_id", id(end)),
            ("model_type", .text(configuration.family.rawValue)),
            ("tie_word_embeddings", .bool(configuration.tiesEmbedding)),
            ("torch_dtype", .text("float32")), ("use_cache", .bool(true)),
            ("vocab_size", .integer(configuration.vocabularyCount)),
        ]
        members.sort { $0.key < $1.key }
        let json = JSONWriter.write(
            .object(members.map { JSONValue.Member($0.key, $0.value) }), .membersOnLines)
        return String(decoding: json, as: UTF8.self) + "\n"
    }
}
