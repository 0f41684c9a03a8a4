import Compute

/// Estimates a model level by level from its counts and writes it as it goes: only the
/// probabilities and back-off weights of two levels are ever in memory.
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
        let scratch = (0..<pool.count).map { _ in NGramARPAScratch() }
        for length in 1...order {
            progress(.writing(order: length))
            let level = levelBegin[length]..<levelBegin[length + 1]
            let isLast = length == order
            // Nobody asks for those of the last level again.
            let probabilities = Buffer<Double>(uninitialized: isLast ? 0 : level.count)
            try writer.writeLevel(
                length,
                values: { contexts, nodes, worker in
                    let scratch = scratch[worker]
                    scratch.reserve(nodes.count)
                    let output =
                        isLast
                        ? scratch.probabilities.base
                        : probabilities.base + (nodes.lowerBound - level.lowerBound)
                    estimator.fillProbabilities(
                        after: contexts, length: length - 1, shorter: shorter.base,
                        shorterBegin: levelBegin[length - 1], output: output)
                    if isLast { return (UnsafePointer(output), nil) }
                    estimator.fillBackOffs(
                        of: nodes, length: length, output: scratch.backOffs.base)
                    return (UnsafePointer(output), UnsafePointer(scratch.backOffs.base))
                }, sink: sink)
            shorter = probabilities
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

/// One worker's numbers for one block of lines.
private final class NGramARPAScratch {
    private(set) var probabilities = Buffer<Double>(uninitialized: 0)
    private(set) var backOffs = Buffer<Double>(uninitialized: 0)

    func reserve(_ count: Int) {
        guard count > probabilities.count else { return }
        probabilities = Buffer(uninitialized: 2 * count)
        backOffs = Buffer(uninitialized: 2 * count)
    }
}
