import Support

/// What the files beside a tokenizer's say of it, as transformers writes them.
struct TokenizerCompanions: Sendable {
    /// `eos_token_id` of `config.json`, where it is a single one.
    var endID: UInt32?
    /// The `eos_token` of `special_tokens_map.json` or `tokenizer_config.json`.
    var endToken: [UInt8]?
    /// All special tokens of these files, in order and each once.
    var specialTokens: [[UInt8]] = []
    /// Tokens outside the merges whose ids are listed.
    var addedTokens: [AddedToken] = []
    /// Such as `GPT2Tokenizer`.
    var className: String?
    /// Whether a space is put before a text.
    var addsPrefixSpace = false

    init() {}
}

extension TokenizerCompanions {
    private static let roles = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    /// The names of the files that are read.
    static let files = [
        modelFile, configurationFile, "special_tokens_map.json", "added_tokens.json",
    ]
    private static let modelFile = "config.json"
    private static let configurationFile = "tokenizer_config.json"

    /// Reads what there is in a folder; files that are not there say nothing.
    ///
    /// - Throws: `TokenizerFileError` where a file that is the tokenizer's own cannot be read;
    ///   `FileError`.
    init(in folder: String) throws {
        self.init()
        if let bytes = try FileSystem.read(folder + "/" + Self.modelFile),
            // What is wrong with it is for the reader of the model to say.
            case .integer(let id)? = (try? JSONReader.read(bytes))?["eos_token_id"]
        {
            endID = UInt32(exactly: id)
        }
        let names = [Self.configurationFile, "special_tokens_map.json"]
        let files = try names.compactMap { try Self.fields(folder + "/" + $0) }
        if let configuration = files.first(where: { $0.file.hasSuffix(names[0]) }) {
            className = try configuration.optional("tokenizer_class")?.text()
            addsPrefixSpace = try configuration.optional("add_prefix_space")?.bool() ?? false
            try takeAddedTokens(configuration)
        }
        for file in files {
            if let end = try file.optional("eos_token") { endToken = try Self.content(end) }
            for role in Self.roles {
                if let token = try file.optional(role) { try takeSpecial(token) }
            }
            for key in ["additional_special_tokens", "extra_special_tokens"] {
                guard let list = try file.optional(key) else { continue }
                if case .array = list.tree {
                    for token in try list.elements() { try takeSpecial(token) }
                } else {
                    for member in try list.members() {
                        try takeSpecial(list.child(member.value, "[...]"))
                    }
                }
            }
        }
        if addedTokens.isEmpty { try takeAddedTokens(folder: folder) }
    }

    private static func fields(_ file: String) throws -> TokenizerFields? {
        try FileSystem.read(file).map {
            TokenizerFields(try TokenizerFile.tree(of: $0, file: file), file: file)
        }
    }

    /// A token is written by its text alone, or as an object with its text and its flags.
    private static func content(_ token: TokenizerFields) throws(TokenizerFileError) -> [UInt8] {
        if case .object = token.tree { return try token.required("content").string() }
        return try token.string()
    }

    private mutating func takeSpecial(_ token: TokenizerFields) throws(TokenizerFileError) {
        let content = try Self.content(token)
        if !content.isEmpty, !specialTokens.contains(content) { specialTokens.append(content) }
    }

    /// `added_tokens_decoder`: tokens with their flags, by id.
    private mutating func takeAddedTokens(
        _ configuration: TokenizerFields
    ) throws(TokenizerFileError) {
        guard let list = try configuration.optional("added_tokens_decoder") else { return }
        for member in try list.members() {
            let number = String(decoding: member.key, as: UTF8.self)
            let token = list.child(member.value, number)
            guard let id = UInt32(number) else { throw token.invalid("is not named by an id") }
            addedTokens.append(try AddedToken(token, id: id))
        }
    }

    /// `added_tokens.json`: ids by token.
    private mutating func takeAddedTokens(folder: String) throws {
        guard let list = try Self.fields(folder + "/added_tokens.json") else { return }
        for member in try list.members() {
            let isSpecial = specialTokens.contains(member.key)
            addedTokens.append(
                AddedToken(
                    id: try list.child(member.value, String(decoding: member.key, as: UTF8.self))
                        .id(),
                    content: member.key, isSpecial: isSpecial, isNormalized: !isSpecial))
        }
    }
}
