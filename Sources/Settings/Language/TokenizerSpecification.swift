import Support
import Text

/// How the language setting makes its tokenizer.
struct TokenizerSpecification: TaggedKeys {
    /// What a tokenizer can be: of a kind that learns from text, or one that exists.
    enum Kind: String, CaseIterable, Sendable {
        case bpe, byte, character, word, file, base
    }

    /// What stands in where no tokenizer is given, and where a model that exists brings its own.
    static let (standard, ofBase) = (Kind.bpe, Kind.base)

    static let kind = Key<Kind>("kind", .choice, help: "The kind of tokenizer.")
    static let path = Key(
        "path", .path(.tokenizer),
        help: "A tokenizer.json, or a folder with one or with vocab.json and merges.txt: a path "
            + "relative to this file, or the name of a folder in models/.")
    private static let trainedOn = Key<TokenizerTraining.Source>(
        "trained-on", .choice, default: .generation0,
        help: "The real text the tokenizer is trained on, once: generation 0's own sample, or the "
            + "whole train split.")
    private static let pattern = Key<PreTokenization>(
        "pattern", .preTokenization, default: .gpt2,
        help: "How text is cut into the pieces within which pairs are merged.")
    private static let minimumCount = Key(
        "minimum-count", .integer(1...1_000_000), default: 2,
        help: "How often a word must occur to be known.")
    private static let lowerCase = Key(
        "lower-case", .boolean, default: false, help: "Whether words are lower-cased.")

    private static func vocabulary(_ count: Int, _ range: ClosedRange<Int>) -> Key<Int> {
        Key(
            "vocabulary", .integer(range), default: count,
            help: "The largest number of ids, special tokens included.")
    }
    private static let pairVocabulary = vocabulary(1_024, 257...1_000_000)
    private static let characterVocabulary = vocabulary(4_096, 258...1_000_000)
    private static let wordVocabulary = vocabulary(50_000, 3...10_000_000)

    static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.bpe.rawValue, pairKeys, help: "Byte-level byte-pair encoding."),
                .init(Kind.byte.rawValue, [], help: "One token for each byte."),
                .init(
                    Kind.character.rawValue, characterKeys,
                    help: "Grapheme clusters, with bytes for unknown ones."),
                .init(
                    Kind.word.rawValue, wordKeys,
                    help: "Words and punctuation, with <unk> for the rest."),
                .init(
                    Kind.file.rawValue, fileKeys,
                    help: "One that exists, with a vocabulary that no text of the experiment made."
                ),
                .init(
                    Kind.base.rawValue, [],
                    help:
                        "The tokenizer of a model that exists: of the base (base.model, base.run), "
                        + "or of the truth (corpus.model, corpus.run)."),
            ])
    }

    @KeyList private static var fileKeys: [KeyDeclaration] { path }

    @KeyList private static var pairKeys: [KeyDeclaration] {
        pairVocabulary
        pattern
        trainedOn
    }

    @KeyList private static var characterKeys: [KeyDeclaration] {
        characterVocabulary
        trainedOn
    }

    @KeyList private static var wordKeys: [KeyDeclaration] {
        wordVocabulary
        minimumCount
        lowerCase
        trainedOn
    }

    /// Where the tokenizer comes from.
    enum Origin {
        case training(TokenizerTraining)
        /// A file or folder from outside, by the name that its content gives it.
        case file(String)
        /// The base model's folder.
        case base
    }

    let origin: Origin

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .file: origin = .file(try values[Self.path])
        case .base: origin = .base
        case .byte:
            origin = .training(TokenizerTraining(TokenizerTrainer(kind: .byte), on: .generation0))
        case .bpe:
            let trainer = TokenizerTrainer(
                kind: .bpe, vocabularyCount: try values[Self.pairVocabulary],
                preTokenization: try values[Self.pattern])
            origin = .training(try Self.training(trainer, values))
        case .character:
            let trainer = TokenizerTrainer(
                kind: .character, vocabularyCount: try values[Self.characterVocabulary])
            origin = .training(try Self.training(trainer, values))
        case .word:
            let trainer = TokenizerTrainer(
                kind: .word, vocabularyCount: try values[Self.wordVocabulary],
                minimumCount: try values[Self.minimumCount],
                lowercased: try values[Self.lowerCase])
            origin = .training(try Self.training(trainer, values))
        }
    }

    private static func training(
        _ trainer: TokenizerTrainer, _ values: SpecificationValue
    ) throws(SpecificationIssue) -> TokenizerTraining {
        let smallest = TokenizerTrainer.minimumVocabularyCount(of: trainer.kind)
        if let count = trainer.vocabularyCount, count < smallest {
            throw SpecificationIssue(
                path: [pairVocabulary.name],
                message: "a \(trainer.kind.rawValue) tokenizer needs at least \(smallest) ids, not "
                    + "\(count)")
        }
        return TokenizerTraining(trainer, on: try values[trainedOn])
    }
}

extension PathKind {
    /// A tokenizer's file, or a folder with one.
    static let tokenizer = PathKind(name: "tokenizer", presetFolder: "models") {
        try StoredTokenizer.files(at: $0)
    }
}

extension Shape where Value == PreTokenization {
    /// One of the ways of cutting that have a name.
    static var preTokenization: Shape {
        Shape(
            .choice(PreTokenization.names),
            read: { value in
                guard let pattern = PreTokenization(name: value.textValue) else {
                    preconditionFailure("\(value.textValue) is no way of cutting text")
                }
                return pattern
            }, write: { .text($0.name) })
    }
}
