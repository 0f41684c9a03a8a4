package import Compute
package import Text

/// What an ARPA file is to hold.
package struct NGramTrainingOptions: Sendable, Hashable {
    package var configuration: NGramConfiguration
    /// `lmplz --prune`.
    package var pruning: NGramCountPruning = .none
    /// The words that n-grams may have, `nil` for all: `lmplz --limit_vocab_file`.
    package var allowedWords: [[UInt8]]?
    /// What stands in where the counts determine no discounts: `lmplz --discount_fallback`. Without
    /// it that is an error.
    package var fallback: NGramDiscounts? = .fallback
    /// V as the unigrams are interpolated with, if it is more than the number of words: `lmplz
    /// --vocab_pad`.
    package var minimumVocabularyCount = 0
    /// Whether `<s>`, `</s>` and `<unk>` in a text are skipped rather than refused: `lmplz
    /// --skip_symbols`.
    package var skipsReservedWords = false

    package init(configuration: NGramConfiguration) {
        self.configuration = configuration
    }
}

/// How far a training is.
package enum NGramTrainingProgress: Sendable, Hashable {
    case reading(bytes: Int)
    case counting
    case linking
    case writing(order: Int)
}

/// What a training found.
package struct NGramTrainingSummary: Sendable, Hashable {
    /// What was found of one order.
    package struct Order: Sendable, Hashable {
        /// The length of the n-grams, from 1.
        package var order: Int
        /// Distinct n-grams, the boundary once.
        package var types: Int
        /// Those that were not pruned.
        package var kept: Int
        /// Under modified Kneser-Ney only.
        package var discounts: NGramDiscounts?
    }

    /// Lines of the text, or documents of the data set.
    package var sentenceCount: Int
    /// Tokens without the ends of sentences.
    package var tokenCount: Int
    /// The number of tokens, the boundary included.
    package var vocabularyCount: Int
    /// Orders 1, 2, ... up to the model's.
    package var orders: [Order]
}

/// Trains n-gram models from text or tokens to ARPA files, as KenLM's `lmplz` does, without ever
/// holding a whole model.
package enum NGramTrainer {
    /// Takes the next bytes of the file, on one thread at a time.
    package typealias Sink = (UnsafeRawBufferPointer) throws -> Void
    /// The next bytes of a text, at most so many; none at its end.
    package typealias Source = (_ count: Int) throws -> [UInt8]

    /// Trains from white-space separated text, a sentence a line, and writes an ARPA file.
    ///
    /// Words end at NUL, tab, carriage return and space. A last line that no line feed ends is a
    /// sentence too; `lmplz` counts its words but not its end.
    ///
    /// - Parameters:
    ///   - text: Called until it returns nothing, on one thread at a time.
    ///   - options: What to train and to leave out.
    ///   - pool: Who works. The file does not depend on it.
    ///   - progress: Told how far it is, on one thread at a time.
    ///   - sink: Takes the file's bytes; after a throw nothing more is given to it.
    /// - Returns: What was found.
    /// - Throws: What cannot be counted, with its line, and what `text` and `sink` throw.
    package static func writeARPA(
        from text: Source, options: NGramTrainingOptions, pool: WorkerPool,
        progress: (NGramTrainingProgress) -> Void = { _ in }, to sink: Sink
    ) throws -> NGramTrainingSummary {
        var read = try NGramTextReader.read(
            text, skipsReservedWords: options.skipsReservedWords, pool: pool
        ) { progress(.reading(bytes: $0)) }
        let words = read.words
        let corpus = try NGramCorpus(
            pieces: read.pieces, documentCount: read.sentenceCount,
            vocabularyCount: words.count, boundary: 0)
        read.pieces = []
        return try writeARPA(
            corpus, unknown: 1, spelling: { words[Int($0)] }, number: words.find,
            options: options, pool: pool, progress: progress, to: sink)
    }

    /// Trains from tokens and writes an ARPA file, as from text. All tokens of the vocabulary are
    /// unigrams, seen or not.
    package static func writeARPA(
        from dataset: TokenDataset, vocabulary: NGramVocabulary, options: NGramTrainingOptions,
        pool: WorkerPool, progress: (NGramTrainingProgress) -> Void = { _ in }, to sink: Sink
    ) throws -> NGramTrainingSummary {
        let corpus = try NGramCorpus(
            dataset, weights: nil, vocabularyCount: vocabulary.count,
            boundary: vocabulary.boundary, smoothing: options.configuration.smoothing)
        return try writeARPA(
            corpus, unknown: vocabulary.unknown, spelling: { vocabulary[$0] },
            number: { vocabulary.id(of: $0) }, options: options, pool: pool, progress: progress,
            to: sink)
    }

    /// Trains from white-space separated text to a model in memory. Nothing is pruned and no words
    /// are limited.
    package static func model(
        from text: Source, options: NGramTrainingOptions, pool: WorkerPool,
        progress: (NGramTrainingProgress) -> Void = { _ in }
    ) throws -> NGramTextModel {
        precondition(
            options.pruning == .none && options.allowedWords == nil
                && options.minimumVocabularyCount == 0,
            "a model in memory holds all n-grams; write an ARPA file to leave some out")
        var read = try NGramTextReader.read(
            text, skipsReservedWords: options.skipsReservedWords, pool: pool
        ) { progress(.reading(bytes: $0)) }
        let vocabulary = try NGramVocabulary(
            words: (0..<read.words.count).map { Array(read.words[$0]) }, boundary: 0, unknown: 1)
        let corpus = try NGramCorpus(
            pieces: read.pieces, documentCount: read.sentenceCount,
            vocabularyCount: vocabulary.count, boundary: 0)
        read.pieces = []
        progress(.counting)
        let model = try NGramModel(
            training: corpus, configuration: options.configuration, fallback: options.fallback,
            pool: pool)
        return NGramTextModel(model: model, vocabulary: vocabulary)
    }

    private static func writeARPA(
        _ corpus: consuming NGramCorpus, unknown: UInt32?,
        spelling: (UInt32) -> ArraySlice<UInt8>, number: ([UInt8]) -> UInt32?,
        options: NGramTrainingOptions, pool: WorkerPool,
        progress: (NGramTrainingProgress) -> Void, to sink: Sink
    ) throws -> NGramTrainingSummary {
        guard options.configuration.smoothing != .addK else {
            throw NGramError(.noBackOffForm(.addK))
        }
        let sentenceCount = corpus.documentCount
        let tokenCount = corpus.eventCount - sentenceCount
        let vocabularyCount = corpus.vocabularyCount
        var isAllowed: [Bool] = []
        if let words = options.allowedWords {
            isAllowed = Array(repeating: false, count: vocabularyCount)
            for word in words {
                if let id = number(word) { isAllowed[Int(id)] = true }
            }
        }
        progress(.counting)
        let training = NGramTraining(
            configuration: options.configuration, pruning: options.pruning,
            isAllowed: isAllowed, unknown: unknown, fallback: options.fallback, pool: pool)
        let outcome = try training.run(corpus, as: UInt32.self) { progress(.linking) }
        let writing = NGramARPAOutput(
            outcome, configuration: options.configuration,
            minimumVocabularyCount: options.minimumVocabularyCount,
            words: ARPAWords(count: vocabularyCount, spelling: spelling), pool: pool)
        try writing.write(progress: progress, to: sink)
        return writing.summary(
            sentenceCount: sentenceCount, tokenCount: tokenCount)
    }
}
