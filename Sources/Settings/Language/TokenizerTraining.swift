import Text

/// How a tokenizer learns from the real text of an experiment.
struct TokenizerTraining {
    /// The text that it learns from.
    enum Source: String, CaseIterable, Sendable {
        /// The documents that hold generation 0's sample.
        case generation0 = "generation-0"
        /// The whole train split.
        case train
    }

    private let trainer: TokenizerTrainer
    private let source: Source

    init(_ trainer: TokenizerTrainer, on source: Source) {
        self.trainer = trainer
        self.source = source
    }

    /// Trains on real text: the whole train split, or the documents that hold `initialSize` tokens.
    ///
    /// How many documents that is depends on the tokenizer itself. It is found in two rounds: a
    /// first tokenizer learns from documents of 4 bytes for each token, and says how many documents
    /// the final one learns from.
    func train(
        on documents: some Sequence<[UInt8]>, initialSize: Int
    ) -> any Tokenizer {
        guard trainer.kind != .byte, source == .generation0 else {
            return trainer.train(on: documents)
        }
        let first = trainer.train(
            on: TokenizerTraining.prefix(of: documents, reaching: 4 * initialSize) {
                $0.count
            })
        return trainer.train(
            on: TokenizerTraining.prefix(of: documents, reaching: initialSize) {
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
