import Support

/// Hugging Face's `tokenizer.json` with a byte-level BPE model.
///
/// What is written is byte for byte what `Tokenizer.save` writes for the same tokenizer. Of what
/// can be read, everything that would change ids and is not implemented is refused by name.
enum HuggingFaceFile {
    /// The bytes of the file.
    static func write(_ tokenizer: BytePairTokenizer) -> [UInt8] {
        var isAdded = [Bool](repeating: false, count: tokenizer.vocabularyCount)
        for token in tokenizer.addedTokens { isAdded[Int(token.id)] = true }
        let spelling = tokenizer.vocabulary.enumerated().map { id, bytes in
            isAdded[id] ? bytes : ByteLevelAlphabet.spell(bytes)
        }
        let model = JSONValue.object([
            "type": .text("BPE"), "dropout": .null,
            "unk_token": tokenizer.unknown.map { .string(spelling[Int($0)]) } ?? .null,
            "continuing_subword_prefix": .null, "end_of_word_suffix": .null,
            "fuse_unk": .bool(false), "byte_fallback": .bool(false),
            "ignore_merges": .bool(tokenizer.ignoresMerges),
            "vocab": .object(
                spelling.enumerated().map { .init(key: $0.element, value: .integer($0.offset)) }),
            "merges": .array(
                tokenizer.merges.map {
                    .array([.string(spelling[Int($0.left)]), .string(spelling[Int($0.right)])])
                }),
        ])
        return JSONWriter.write(
            .object([
                "version": .text("1.0"), "truncation": .null, "padding": .null,
                "added_tokens": .array(tokenizer.addedTokens.map(addedToken)),
                "normalizer": normalizer(tokenizer.normalization),
                "pre_tokenizer": preTokenizer(tokenizer.preTokenization),
                "post_processor": .null,
                // The decoder ignores its flag; this is what the reference writes.
                "decoder": byteLevel(addsPrefixSpace: true, usesPattern: true),
                "model": model,
            ]), .indented)
    }

    static func addedToken(_ token: AddedToken) -> JSONValue {
        .object([
            "id": .integer(Int(token.id)), "content": .string(token.content),
            "single_word": .bool(token.isSingleWord), "lstrip": .bool(token.stripsLeft),
            "rstrip": .bool(token.stripsRight), "normalized": .bool(token.isNormalized),
            "special": .bool(token.isSpecial),
        ])
    }

    /// Makes the tokenizer from the whole file and what the files beside it say.
    static func read(
        _ fields: TokenizerFields, boundary named: String?, companions: TokenizerCompanions
    ) throws(TokenizerFileError) -> BytePairTokenizer {
        let model = try fields.required("model")
        try refuseUnsupported(fields, model)
        let added = try addedTokens(fields)
        let vocabulary = try Vocabulary(model.required("vocab"), added)
        let boundary = try boundary(added, named: named, companions, fields)
        let byteTokens = (UInt8.min...UInt8.max).map {
            vocabulary.id(ByteLevelAlphabet.spell(CollectionOfOne($0)))
        }
        // Without a byte that the vocabulary lacks there is nothing to fall back from.
        if byteTokens.contains(nil), let flag = try model.optional("byte_fallback"),
            try flag.bool()
        {
            throw flag.unsupported("true, in a vocabulary that lacks bytes,")
        }
        return BytePairTokenizer(
            vocabulary: vocabulary.bytes,
            merges: try vocabulary.merges(model.required("merges")), addedTokens: added,
            documentBoundary: boundary, byteTokens: byteTokens,
            preTokenization: try preTokenization(fields.required("pre_tokenizer")),
            normalization: try normalization(fields.optional("normalizer")),
            unknown: byteTokens.contains(nil)
                ? try unknown(model, vocabulary, boundary: boundary) : nil,
            ignoresMerges: try model.optional("ignore_merges")?.bool() ?? false)
    }

    /// Refuses what changes the ids of a text. Special tokens are never asked for, batches are
    /// never cut or filled up, and bytes are decoded by the vocabulary: a post-processor,
    /// truncation, padding and the decoder that goes with byte-level pieces change none.
    private static func refuseUnsupported(
        _ fields: TokenizerFields, _ model: TokenizerFields
    ) throws(TokenizerFileError) {
        if let type = try model.optional("type"), try type.text() != "BPE" {
            throw type.unsupported(try type.text())
        }
        if let decoder = try fields.optional("decoder") {
            for component in try flattened(decoder, list: "decoders") {
                let type = try component.type.text()
                guard ["ByteLevel", "Fuse"].contains(type) else {
                    throw component.type.unsupported(type)
                }
            }
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = try model.optional(key), !(try affix.string().isEmpty) {
                throw affix.unsupported("\"\(try affix.text())\"")
            }
        }
        if let dropout = try model.optional("dropout") {
            switch dropout.tree {
            case .integer(0), .real(0): break
            default: throw dropout.unsupported("other than 0")
            }
        }
    }

    // MARK: Tokens outside the merges

    private static func addedTokens(
        _ fields: TokenizerFields
    ) throws(TokenizerFileError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        guard let list = try fields.optional("added_tokens") else { return [] }
        for element in try list.elements() {
            tokens.append(try AddedToken(element, id: try element.required("id").id()))
        }
        return tokens.sorted { $0.id < $1.id }
    }

    /// What tokenizers call the token that ends a text or, failing that, the one that begins it.
    private static let boundaryNames = [
        "<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<|eos|>", "[EOS]", "<|bos|>",
        "<|begin_of_text|>", "<bos>", "<s>", "[BOS]",
    ]

    /// The token by which models of this kind divide documents: the one that was named, the one
    /// that ends texts by the files beside this one, one of a usual name, or the only special one.
    private static func boundary(
        _ added: [AddedToken], named: String?, _ companions: TokenizerCompanions,
        _ fields: TokenizerFields
    ) throws(TokenizerFileError) -> UInt32 {
        let special = added.filter(\.isSpecial)
        func unknown() -> TokenizerFileError {
            TokenizerFileError(
                .noBoundary(
                    candidates: special.map { String(decoding: $0.content, as: UTF8.self) }),
                file: fields.file)
        }
        if let named {
            guard let found = added.first(where: { $0.content.elementsEqual(named.utf8) }) else {
                throw unknown()
            }
            return found.id
        }
        let ending =
            added.first { $0.id == companions.endID }
            ?? added.first { $0.content == companions.endToken }
        if let ending { return ending.id }
        for name in boundaryNames {
            let found = special.first { $0.content.elementsEqual(name.utf8) }
            if let found { return found.id }
        }
        guard let only = special.first, special.count == 1 else { throw unknown() }
        return only.id
    }

    /// The token of the bytes that the vocabulary lacks.
    private static func unknown(
        _ model: TokenizerFields, _ vocabulary: Vocabulary, boundary: UInt32
    ) throws(TokenizerFileError) -> UInt32? {
        guard let name = try model.optional("unk_token") else { return nil }
        guard let id = vocabulary.id(try name.string()) else {
            throw name.invalid("is not in model.vocab")
        }
        if id == boundary { throw name.unsupported("the token that stands between documents") }
        if let flag = try model.optional("fuse_unk"), try flag.bool() {
            throw flag.unsupported("true")
        }
        return id
    }
}

extension AddedToken {
    /// Reads a token with its flags.
    init(_ fields: TokenizerFields, id: UInt32) throws(TokenizerFileError) {
        let content = try fields.required("content")
        if try content.string().isEmpty { throw content.invalid("is empty") }
        let isSpecial = try fields.optional("special")?.bool() ?? false
        self.init(
            id: id, content: try content.string(), isSpecial: isSpecial,
            isNormalized: try fields.optional("normalized")?.bool() ?? !isSpecial,
            isSingleWord: try fields.optional("single_word")?.bool() ?? false,
            stripsLeft: try fields.optional("lstrip")?.bool() ?? false,
            stripsRight: try fields.optional("rstrip")?.bool() ?? false)
    }
}
