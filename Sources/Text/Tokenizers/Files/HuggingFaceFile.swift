/// Hugging Face's `tokenizer.json` with a byte-level BPE model.
///
/// What is written is byte for byte what `Tokenizer.save` writes for the same tokenizer. Of what can
/// be read, everything that would change ids and is not implemented is refused by name.
enum HuggingFaceFile {
    /// The bytes of the file.
    static func write(_ tokenizer: BytePairTokenizer) -> [UInt8] {
        var isAdded = [Bool](repeating: false, count: tokenizer.vocabularyCount)
        for token in tokenizer.addedTokens { isAdded[Int(token.id)] = true }
        let spelling = tokenizer.vocabulary.enumerated().map { id, bytes in
            isAdded[id] ? bytes : ByteLevelAlphabet.spell(bytes)
        }
        let byteLevel: (Bool) -> JSONTree = { addsSpace in
            .object([
                "type": .text("ByteLevel"), "add_prefix_space": .bool(addsSpace),
                "trim_offsets": .bool(true), "use_regex": .bool(true),
            ])
        }
        let model = JSONTree.object([
            "type": .text("BPE"), "dropout": .null, "unk_token": .null,
            "continuing_subword_prefix": .null, "end_of_word_suffix": .null,
            "fuse_unk": .bool(false), "byte_fallback": .bool(false), "ignore_merges": .bool(false),
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
                "normalizer": .null,
                "pre_tokenizer": byteLevel(false), "post_processor": .null,
                // The decoder ignores its flag; this is what the reference writes.
                "decoder": byteLevel(true),
                "model": model,
            ]))
    }

    private static func addedToken(_ token: BytePairTokenizer.AddedToken) -> JSONTree {
        .object([
            "id": .integer(Int(token.id)), "content": .string(token.content),
            "single_word": .bool(false), "lstrip": .bool(false), "rstrip": .bool(false),
            "normalized": .bool(token.isNormalized), "special": .bool(token.isSpecial),
        ])
    }

    /// Makes the tokenizer from the whole file.
    static func read(_ fields: TokenizerFields) throws(TokenizerFileError) -> BytePairTokenizer {
        try refuseUnsupported(fields)
        let added = try addedTokens(fields)
        let vocabulary = try vocabulary(fields, added)
        let ids = vocabulary.ids
        var byteTokens: [UInt32] = []
        for byte in UInt8.min...UInt8.max {
            guard let id = ids.find(ByteLevelAlphabet.spell(CollectionOfOne(byte))) else {
                throw fields.inconsistent("model.vocab has no token for byte \(byte)")
            }
            byteTokens.append(vocabulary.numbering[id])
        }
        let boundary = String(decoding: BytePairTokenizer.boundarySpelling, as: UTF8.self)
        guard
            let special = added.first(where: { $0.content == BytePairTokenizer.boundarySpelling })
                ?? (added.count { $0.isSpecial } == 1 ? added.first { $0.isSpecial } : nil)
        else {
            throw TokenizerFileError(
                .invalidField(
                    path: "added_tokens",
                    problem: "has no \(boundary), which stands between documents"),
                file: fields.file)
        }
        return BytePairTokenizer(
            vocabulary: vocabulary.bytes, merges: try merges(fields, vocabulary),
            addedTokens: added, documentBoundary: special.id, byteTokens: byteTokens,
            preTokenization: .gpt2)
    }

    // MARK: Components

    private static func refuseUnsupported(
        _ fields: TokenizerFields
    ) throws(TokenizerFileError) {
        let model = try fields.required("model")
        if let type = try model.optional("type"), try type.text() != "BPE" {
            throw type.unsupported(try type.text())
        }
        for component in ["normalizer", "truncation", "padding"] {
            if let found = try fields.optional(component) {
                throw found.unsupported(found.tree["type"]?.text ?? "present")
            }
        }
        try requireByteLevel(try fields.required("pre_tokenizer"), isPreTokenizer: true)
        try requireByteLevel(try fields.required("decoder"), isPreTokenizer: false)
        if let processor = try fields.optional("post_processor") {
            try requireByteLevel(processor, isPreTokenizer: false)
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = try model.optional(key), !(try affix.string().isEmpty) {
                throw affix.unsupported("\"\(try affix.text())\"")
            }
        }
        for key in ["byte_fallback", "ignore_merges"] {
            if let flag = try model.optional(key), try flag.bool() {
                throw flag.unsupported("true")
            }
        }
        if let dropout = try model.optional("dropout") {
            switch dropout.tree {
            case .integer(0), .real(0): break
            default: throw dropout.unsupported("other than 0")
            }
        }
    }

    private static func requireByteLevel(
        _ component: TokenizerFields, isPreTokenizer: Bool
    ) throws(TokenizerFileError) {
        let type = try component.required("type")
        guard try type.text() == "ByteLevel" else { throw type.unsupported(try type.text()) }
        guard isPreTokenizer else { return }
        if let flag = try component.optional("add_prefix_space"), try flag.bool() {
            throw flag.unsupported("true")
        }
        if let flag = try component.optional("use_regex"), !(try flag.bool()) {
            throw flag.unsupported("false")
        }
    }

    private static func addedTokens(
        _ fields: TokenizerFields
    ) throws(TokenizerFileError) -> [BytePairTokenizer.AddedToken] {
        var tokens: [BytePairTokenizer.AddedToken] = []
        guard let list = try fields.optional("added_tokens") else { return [] }
        for element in try list.elements() {
            for key in ["single_word", "lstrip", "rstrip"] {
                if let flag = try element.optional(key), try flag.bool() {
                    throw flag.unsupported("true")
                }
            }
            let content = try element.required("content")
            if try content.string().isEmpty { throw content.invalid("is empty") }
            let isSpecial = try element.optional("special")?.bool() ?? false
            tokens.append(
                BytePairTokenizer.AddedToken(
                    id: try element.required("id").id(), content: try content.string(),
                    isSpecial: isSpecial,
                    isNormalized: try element.optional("normalized")?.bool() ?? !isSpecial))
        }
        return tokens.sorted { $0.id < $1.id }
    }

    // MARK: Vocabulary and merges

    private struct Vocabulary {
        /// The bytes of every token by id.
        var bytes: [[UInt8]]
        /// The spellings in the file, numbered by appearance,
        var ids: ByteStringTable
        /// and the id of each.
        var numbering: [UInt32]
    }

    private static func vocabulary(
        _ fields: TokenizerFields, _ added: [BytePairTokenizer.AddedToken]
    ) throws(TokenizerFileError) -> Vocabulary {
        let list = try fields.required("model").required("vocab")
        let members = try list.members()
        var spellings = ByteStringTable(minimumCapacity: members.count + added.count)
        var numbering: [UInt32] = []
        for member in members {
            let path = "\(list.path)[\"\(String(decoding: member.key, as: UTF8.self))\"]"
            let id = try TokenizerFields(tree: member.value, path: path, file: fields.file).id()
            _ = spellings.intern(member.key)
            numbering.append(id)
        }
        var isAdded = ByteStringTable()
        for token in added {
            guard isAdded.intern(token.content) == isAdded.count - 1 else {
                throw fields.inconsistent("an added token occurs twice")
            }
            let number = spellings.intern(token.content)
            if number == numbering.count { numbering.append(token.id) }
            guard numbering[number] == token.id else {
                let name = String(decoding: token.content, as: UTF8.self)
                throw fields.inconsistent(
                    "added token \(name) has id \(token.id) and in model.vocab \(numbering[number])"
                )
            }
        }
        // The ids must be 0 ..< n: models have one row for each.
        var bytes = [[UInt8]](repeating: [], count: spellings.count)
        var isTaken = [Bool](repeating: false, count: spellings.count)
        for number in 0..<spellings.count {
            let id = Int(numbering[number])
            let name = String(decoding: spellings[number], as: UTF8.self)
            guard id < spellings.count else {
                throw fields.inconsistent(
                    "token \"\(name)\" has id \(id), but there are only \(spellings.count) tokens")
            }
            guard !isTaken[id] else {
                throw fields.inconsistent("token \"\(name)\" shares id \(id) with another")
            }
            isTaken[id] = true
            if isAdded.find(spellings[number]) != nil {
                bytes[id] = Array(spellings[number])
            } else if let decoded = ByteLevelAlphabet.bytes(spelledBy: spellings[number]),
                !decoded.isEmpty
            {
                bytes[id] = decoded
            } else {
                throw fields.inconsistent(
                    "token \"\(name)\" is not spelled in byte-level characters")
            }
        }
        return Vocabulary(bytes: bytes, ids: spellings, numbering: numbering)
    }

    private static func merges(
        _ fields: TokenizerFields, _ vocabulary: Vocabulary
    ) throws(TokenizerFileError) -> [TokenMerge] {
        let elements = try fields.required("model").required("merges").elements()
        var merges: [TokenMerge] = []
        var seen: Set<UInt64> = []
        for element in elements {
            let (left, right) = try halves(element)
            let name = "\(element.path) \(show(left)) \(show(right))"
            var ids: [UInt32] = []
            for spelling in [left, right, left + right] {
                guard let number = vocabulary.ids.find(spelling) else {
                    throw fields.inconsistent(
                        "\(name) needs \(show(spelling)), which is not in model.vocab")
                }
                ids.append(vocabulary.numbering[number])
            }
            guard seen.insert(UInt64(ids[0]) << 32 | UInt64(ids[1])).inserted else {
                throw fields.inconsistent("\(name) occurs twice")
            }
            merges.append(TokenMerge(left: ids[0], right: ids[1], result: ids[2]))
        }
        return merges
    }

    private static func show(_ spelling: [UInt8]) -> String {
        "\"\(String(decoding: spelling, as: UTF8.self))\""
    }

    /// A merge is an array of two strings or, in older files, one string with a space between.
    private static func halves(
        _ element: TokenizerFields
    ) throws(TokenizerFileError) -> ([UInt8], [UInt8]) {
        if case .string(let text) = element.tree {
            let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw element.invalid("must be two tokens with a space between")
            }
            return (Array(parts[0]), Array(parts[1]))
        }
        let parts = try element.elements()
        guard parts.count == 2 else { throw element.invalid("must have two tokens") }
        let (left, right) = (try parts[0].string(), try parts[1].string())
        guard !left.isEmpty, !right.isEmpty else { throw element.invalid("has an empty token") }
        return (left, right)
    }
}
