import Compute

/// Estimates a model level by level from its counts and writes it as it goes: only the probabilities and back-off weights
/// of two levels are ever in memory.
struct NGramARPAOutput: ~Copyable {
    private let outcome: NGramTraining.Outcome<UInt32>
    private let estimator: NGramEstimator<UInt32>
    private let writer: ARPAWriter
    private let pool: WorkerPool

    init(
        _ outcome: consuming NGramTraining.Outcome<UInt32>, configuration: NGramConfiguration,
        minimumVocabularyCount: Int, words: consuming ARPAWords, pool: WorkerPool
    ) {
        let counts = outcome.counts.counts.base
        let childBegin = outcome.counts.childBegin.base
        estimator = NGramEstimator(
            configuration, discounts: outcome.discounts, levelBegin: outcome.counts.levelBegin,
            childBegin: childBegin, suffixes: outcome.counts.suffixes.base, cumulative: counts,
            marks: outcome.marks,
            vocabularyCount: max(minimumVocabularyCount, outcome.sizes[0].kept))
        writer = ARPAWriter(
            boundary: outcome.counts.boundary, levelBegin: outcome.counts.levelBegin,
            tokens: outcome.counts.tokens.base, childBegin: childBegin, marks: outcome.marks,
            words: words, pool: pool)
        self.pool = pool
        self.outcome = outcome
    }

    func write(
        progress: (NGramTrainingProgress) -> Void, to sink: NGramTrainer.Sink
    ) throws {
        let levelBegin = outcome.counts.levelBegin
        let order = levelBegin.count - 2
        try writer.writeHeader(sink)
        // Of the level below, by node.
        var shorter = Buffer<Double>(uninitialized: 1)
        var contextBackOffs = Buffer<Double>(uninitialized: 1)
        estimator.fillBackOffs(of: 0..<1, length: 0, output: contextBackOffs.base)
        for length in 1...order {
            progress(.writing(order: length))
            let level = levelBegin[length]..<levelBegin[length + 1]
            let probabilities = Buffer<Double>(uninitialized: level.count)
            let backOffs = Buffer<Double>(uninitialized: length < order ? level.count : 0)
            let contextBegin = levelBegin[length - 1]
            try writer.writeLevel(
                length,
                values: { contexts, nodes, _ in
                    let output = probabilities.base + (nodes.lowerBound - level.lowerBound)
                    estimator.fillProbabilities(
                        after: contexts, length: length - 1,
                        backOffs: contextBackOffs.base + (contexts.lowerBound - contextBegin),
                        shorter: shorter.base, shorterBegin: contextBegin, output: output)
                    guard length < order else { return (UnsafePointer(output), nil) }
                    let weights = backOffs.base + (nodes.lowerBound - level.lowerBound)
                    estimator.fillBackOffs(of: nodes, length: length, output: weights)
                    return (UnsafePointer(output), UnsafePointer(weights))
                }, sink: sink)
            shorter = probabilities
            contextBackOffs = backOffs
        }
        try writer.writeEnd(sink)
    }

    func summary(sentenceCount: Int, tokenCount: Int) -> NGramTrainingSummary {
        NGramTrainingSummary(
            sentenceCount: sentenceCount, tokenCount: tokenCount,
            vocabularyCount: outcome.counts.vocabularyCount,
            orders: outcome.sizes.enumerated().map { index, size in
                NGramTrainingSummary.Order(
                    order: index + 1, types: size.all, kept: size.kept,
                    discounts: outcome.discounts.isEmpty ? nil : outcome.discounts[index])
            })
    }
}
