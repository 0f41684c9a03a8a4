import Support
import Text

/// How the language setting makes its tokenizer.
struct TokenizerSpecification: TaggedKeys {
    enum TrainedOn: String, CaseIterable, Sendable {
        /// The documents that hold generation 0's sample.
        case generation0 = "generation-0"
        /// The whole train split.
        case train
    }

    /// What stands in where no tokenizer is given.
    static let standard = TokenizerKind.bpe

    static let kind = Key<TokenizerKind>("kind", .choice, help: "The kind of tokenizer.")
    private static let trainedOn = Key<TrainedOn>(
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
                    TokenizerKind.bpe.rawValue, pairKeys, help: "Byte-level byte-pair encoding."),
                .init(TokenizerKind.byte.rawValue, [], help: "One token for each byte."),
                .init(
                    TokenizerKind.character.rawValue, characterKeys,
                    help: "Grapheme clusters, with bytes for unknown ones."),
                .init(
                    TokenizerKind.word.rawValue, wordKeys,
                    help: "Words and punctuation, with <unk> for the rest."),
            ])
    }

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

    private let trainer: TokenizerTrainer
    private let trainedOn: TrainedOn

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        let kind = try values[Self.kind]
        switch kind {
        case .byte:
            trainer = TokenizerTrainer(kind: kind)
            trainedOn = .generation0
            return
        case .bpe:
            trainer = TokenizerTrainer(
                kind: kind, vocabularyCount: try values[Self.pairVocabulary],
                preTokenization: try values[Self.pattern])
        case .character:
            trainer = TokenizerTrainer(
                kind: kind, vocabularyCount: try values[Self.characterVocabulary])
        case .word:
            trainer = TokenizerTrainer(
                kind: kind, vocabularyCount: try values[Self.wordVocabulary],
                minimumCount: try values[Self.minimumCount],
                lowercased: try values[Self.lowerCase])
        }
        trainedOn = try values[Self.trainedOn]
        let smallest = TokenizerTrainer.minimumVocabularyCount(of: kind)
        if let count = trainer.vocabularyCount, count < smallest {
            throw SpecificationIssue(
                path: [Self.pairVocabulary.name],
                message: "a \(kind.rawValue) tokenizer needs at least \(smallest) ids, not \(count)"
            )
        }
    }

    /// Trains on real text: the whole train split, or the documents that hold `initialSize` tokens.
    ///
    /// How many documents that is depends on the tokenizer itself. It is found in two rounds: a
    /// first tokenizer learns from documents of 4 bytes for each token, and says how many documents
    /// the final one learns from.
    func train(
        on documents: some Sequence<[UInt8]>, initialSize: Int
    ) -> any Tokenizer {
        guard trainer.kind != .byte, trainedOn == .generation0 else {
            return trainer.train(on: documents)
        }
        let first = trainer.train(
            on: TokenizerSpecification.prefix(of: documents, reaching: 4 * initialSize) {
                $0.count
            })
        return trainer.train(
            on: TokenizerSpecification.prefix(of: documents, reaching: initialSize) {
                first.encode($0).count
            })
    }

    /// The shortest run of documents whose sizes reach `total`.
    private static func prefix(
        of documents: some Sequence<[UInt8]>, reaching total: Int, size: ([UInt8]) -> Int
    ) -> [[UInt8]] {
        var kept: [[UInt8]] = []
        var reached = 0
        for document in documents {
            if reached >= total { break }
            kept.append(document)
            reached += size(document)
        }
        return kept
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
