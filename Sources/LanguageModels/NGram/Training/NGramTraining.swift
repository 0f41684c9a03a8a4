import Compute

/// From a corpus to counts that probabilities are estimated from.
struct NGramTraining {
    var configuration: NGramConfiguration
    var pruning = NGramCountPruning.none
    /// Tokens that n-grams may have, for each token; empty for all.
    var isAllowed: [Bool] = []
    var unknown: UInt32?
    /// What stands in where counts of counts determine no discounts; without it that is an error.
    var fallback: NGramDiscounts? = .fallback
    var pool: WorkerPool

    /// The n-grams, their counts summed up in each block, and what else an estimate needs.
    struct Outcome<Count: NGramCount>: ~Copyable {
        var counts: NGramCounts<Count>
        var discounts: [NGramDiscounts]
        /// See ``NGramCountPruning``.
        var marks: SharedBuffer<UInt8>?
        /// N-grams of each length, and those among them that are kept.
        var sizes: [(all: Int, kept: Int)]
    }

    /// Counts, marks what is pruned, finds suffixes and discounts. `willLink` is called when
    /// counting is over.
    func run<Count>(
        _ corpus: consuming NGramCorpus, as: Count.Type, willLink: () -> Void = {}
    ) throws(NGramError) -> Outcome<Count> {
        let isKneserNey = configuration.smoothing == .modifiedKneserNey
        let order = configuration.order
        let lmplz =
            isKneserNey && configuration.countsOfCounts == .lmplz
            ? NGramLmplzStatistics(corpus, order: order) : nil
        var counts: NGramCounts<Count> = try count(corpus)
        willLink()
        let marks = pruning.marks(
            of: counts, unknown: unknown, isAllowed: isAllowed, pool: pool)
        counts = NGramSuffixes.fill(counts, isAdjusting: isKneserNey, pool: pool)
        var discounts: [NGramDiscounts] = []
        if isKneserNey {
            for length in 1...order {
                let exact = counts.countsOfCounts(length: length, pool: pool)
                let used = lmplz?.corrected(exact, length: length, counts: counts) ?? exact
                guard let found = NGramDiscounts(estimatedFrom: used) ?? fallback else {
                    throw NGramError(.noDiscounts(order: length))
                }
                discounts.append(found)
            }
        }
        let sizes = (1...order).map { length in
            let level = counts.level(length)
            let left = marks.map { marks in level.reduce(0) { $0 + Int(marks.base[$1]) } } ?? 0
            return (level.count, level.count - left)
        }
        return Outcome(
            counts: counts.accumulated(pool: pool), discounts: discounts, marks: marks,
            sizes: sizes)
    }

    private func count<Count>(
        _ corpus: consuming NGramCorpus
    ) throws(NGramError) -> NGramCounts<Count> {
        let layout = NGramKeyLayout(
            order: configuration.order,
            vocabularyCount: corpus.vocabularyCount + (corpus.cutCount > 0 ? 1 : 0))
        // A weight takes one more word.
        switch layout.wordCount + (corpus.isWeighted ? 1 : 0) {
        case 1: return try NGramCounter<1, Count>(corpus, layout: layout, pool: pool).run(corpus)
        case 2: return try NGramCounter<2, Count>(corpus, layout: layout, pool: pool).run(corpus)
        case 3: return try NGramCounter<3, Count>(corpus, layout: layout, pool: pool).run(corpus)
        case 4: return try NGramCounter<4, Count>(corpus, layout: layout, pool: pool).run(corpus)
        default: return try NGramCounter<5, Count>(corpus, layout: layout, pool: pool).run(corpus)
        }
    }
}
