import Support

/// GPT-2's pair of files, `vocab.json` and `merges.txt`, which older libraries write instead of a
/// `tokenizer.json`.
struct VocabularyPair {
    /// How the name of the one and of the other file ends.
    static let (vocabularyFile, mergesFile) = ("vocab.json", "merges.txt")

    let vocabularyPath: String
    let mergesPath: String

    /// The pair in a folder, whether it is there or not.
    init(in folder: String) {
        vocabularyPath = folder + "/" + Self.vocabularyFile
        mergesPath = folder + "/" + Self.mergesFile
    }

    /// The pair that a file of it belongs to: `english-vocab.json` goes with `english-merges.txt`.
    /// A vocabulary of another name goes with the `merges.txt` beside it.
    init(of file: String) {
        func other(_ own: String, _ other: String) -> String? {
            file.hasSuffix(own) ? String(file.dropLast(own.count)) + other : nil
        }
        if let vocabulary = other(Self.mergesFile, Self.vocabularyFile) {
            vocabularyPath = vocabulary
            mergesPath = file
        } else {
            vocabularyPath = file
            mergesPath =
                other(Self.vocabularyFile, Self.mergesFile)
                ?? FileSystem.parent(of: file) + "/" + Self.mergesFile
        }
    }

    var isThere: Bool { FileSystem.exists(vocabularyPath) && FileSystem.exists(mergesPath) }

    /// Whether a file holds ids by token and nothing else.
    static func isVocabulary(_ tree: JSONValue) -> Bool {
        guard case .object(let members) = tree else { return false }
        return !members.isEmpty && members.allSatisfy { $0.value.wholeNumber != nil }
    }

    /// The tokenizer, as transformers makes it of the pair and of the files beside it.
    func read(boundary: String?) throws -> BytePairTokenizer {
        guard let merges = try FileSystem.read(mergesPath) else {
            throw TokenizerFileError(
                .notATokenizer(
                    problem: "is a vocabulary, which needs its merges beside it: there is no "
                        + mergesPath), file: vocabularyPath)
        }
        guard let vocabulary = try FileSystem.read(vocabularyPath) else {
            throw TokenizerFileError(
                .notATokenizer(
                    problem: "holds merges, which need their vocabulary beside them: there is no "
                        + vocabularyPath), file: mergesPath)
        }
        let companions = try TokenizerCompanions(in: FileSystem.parent(of: vocabularyPath))
        let list = TokenizerFields(
            try TokenizerFile.tree(of: vocabulary, file: vocabularyPath), file: vocabularyPath)
        let preparation = try preparation(companions)
        let tree = JSONValue.object([
            "added_tokens": .array(
                try addedTokens(list, companions).map(HuggingFaceFile.addedToken)),
            "normalizer": HuggingFaceFile.normalizer(preparation.normalization),
            "pre_tokenizer": HuggingFaceFile.preTokenizer(preparation.rule),
            "model": .object(["vocab": list.tree, "merges": .array(Self.merges(in: merges))]),
        ])
        return try HuggingFaceFile.read(
            TokenizerFields(tree, file: "\(vocabularyPath) with \(mergesPath)"),
            boundary: boundary, companions: companions)
    }

    /// A merge a line, under a line that names the version.
    private static func merges(in text: [UInt8]) -> [JSONValue] {
        text.split(separator: 0x0A).compactMap { line in
            let merge = line.last == 0x0D ? line.dropLast() : line
            return merge.isEmpty || merge.starts(with: "#version".utf8)
                ? nil : .string(Array(merge))
        }
    }

    /// What libraries do before merging depends on the class alone.
    private func preparation(
        _ companions: TokenizerCompanions
    ) throws(TokenizerFileError) -> (rule: PreTokenization, normalization: TextNormalization) {
        let name = companions.className ?? "GPT2Tokenizer"
        switch name.hasSuffix("Fast") ? String(name.dropLast(4)) : name {
        case "GPT2Tokenizer", "RobertaTokenizer", "BartTokenizer", "PreTrainedTokenizer",
            "TokenizersBackend":
            return (
                PreTokenization([.pattern(.gpt2)], addsPrefixSpace: companions.addsPrefixSpace),
                TextNormalization(forms: [])
            )
        case "Qwen2Tokenizer":
            return (.qwen2, TextNormalization(forms: [.nfc]))
        default:
            throw TokenizerFileError(
                .unsupported(path: "tokenizer_class", component: name),
                file: FileSystem.parent(of: vocabularyPath) + "/tokenizer_config.json")
        }
    }

    /// The listed tokens, then the special ones that are named only. One that the vocabulary lacks
    /// gets the next id.
    private func addedTokens(
        _ vocabulary: TokenizerFields, _ companions: TokenizerCompanions
    ) throws(TokenizerFileError) -> [AddedToken] {
        var tokens = companions.addedTokens
        var ids: [[UInt8]: UInt32] = [:]
        var names: [UInt32: [UInt8]] = [:]
        for member in try vocabulary.members() {
            let id = try vocabulary.child(
                member.value, "[\"\(String(decoding: member.key, as: UTF8.self))\"]"
            ).id()
            ids[member.key] = id
            names[id] = member.key
        }
        var special = companions.specialTokens
        if special.isEmpty, let name = companions.endID.flatMap({ names[$0] }) { special = [name] }
        if ids[BytePairTokenizer.boundarySpelling] != nil {
            special.append(BytePairTokenizer.boundarySpelling)
        }
        let listed = tokens.filter { ids[$0.content] == nil }.count
        var next = UInt32(ids.count + listed)
        for content in special where !tokens.contains(where: { $0.content == content }) {
            if ids[content] == nil {
                ids[content] = next
                next += 1
            }
            tokens.append(
                AddedToken(
                    id: ids[content] ?? next, content: content, isSpecial: true,
                    isNormalized: false))
        }
        return tokens
    }
}
