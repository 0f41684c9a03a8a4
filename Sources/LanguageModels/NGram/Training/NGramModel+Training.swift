package import Compute
package import Text

extension NGramModel {
    /// Trains a model.
    ///
    /// Documents are read apart from each other: the first token's history is the boundary alone,
    /// and the boundary that ends a document is an event like any token.
    ///
    /// - Parameters:
    ///   - dataset: The documents, without boundary tokens.
    ///   - weights: What each document counts; `nil` for 1 each. Documents of weight 0 are not seen. Modified
    ///     Kneser-Ney takes whole numbers only, with the meaning of repeating the document.
    ///   - vocabularyCount: V; ids are below it.
    ///   - boundary: The document boundary's id.
    ///   - configuration: Order and smoothing.
    ///   - pool: Who counts; `nil` for this thread alone. The model does not depend on it.
    /// - Throws: What in the data cannot be counted, with document and position.
    /// - Complexity: O(order x tokens + vocabulary).
    package init(
        training dataset: TokenDataset, weights: [Double]? = nil, vocabularyCount: Int,
        boundary: UInt32, configuration: NGramConfiguration, pool: WorkerPool? = nil
    ) throws(NGramError) {
        let corpus = try NGramCorpus(
            dataset, weights: weights, vocabularyCount: vocabularyCount, boundary: boundary,
            smoothing: configuration.smoothing)
        try self.init(
            training: corpus, configuration: configuration,
            pool: pool ?? WorkerPool(count: 1))
    }

    init(
        training corpus: consuming NGramCorpus, configuration: NGramConfiguration,
        fallback: NGramDiscounts? = .fallback, pool: WorkerPool
    ) throws(NGramError) {
        let training = NGramTraining(configuration: configuration, fallback: fallback, pool: pool)
        if corpus.hasWholeCounts {
            self.init(
                try training.run(corpus, as: UInt32.self), configuration: configuration, pool: pool)
        } else {
            self.init(
                try training.run(corpus, as: Double.self), configuration: configuration, pool: pool)
        }
    }

    private init<Count>(
        _ outcome: consuming NGramTraining.Outcome<Count>, configuration: NGramConfiguration,
        pool: WorkerPool
    ) {
        let discounts = outcome.discounts
        let (trie, cumulative) = outcome.counts.columns()
        self.init(
            configuration: configuration, trie: trie, cumulative: cumulative,
            discounts: discounts, pool: pool)
    }

    /// A model from its counts; probabilities are functions of them.
    init(
        configuration: NGramConfiguration, trie: NGramTrie, cumulative: NGramCumulativeCounts,
        discounts: [NGramDiscounts], pool: WorkerPool? = nil
    ) {
        let pool = pool ?? WorkerPool(count: 1)
        switch cumulative {
        case .whole(let column):
            self.init(
                configuration, trie, column, cumulative, discounts: discounts, pool: pool)
        case .real(let column):
            self.init(
                configuration, trie, column, cumulative, discounts: discounts, pool: pool)
        }
    }

    private init<Count: NGramCount>(
        _ configuration: NGramConfiguration, _ trie: NGramTrie, _ column: NGramColumn<Count>,
        _ cumulative: NGramCumulativeCounts, discounts: [NGramDiscounts], pool: WorkerPool
    ) {
        let estimator = NGramEstimator(
            configuration, discounts: discounts, levelBegin: trie.levelBegin,
            childBegin: trie.childBegin.elements.baseAddress.unsafelyUnwrapped,
            suffixes: trie.suffixes.elements.baseAddress.unsafelyUnwrapped,
            cumulative: column.elements.baseAddress.unsafelyUnwrapped)
        let (probabilities, backOffs) = estimator.estimate(levelBegin: trie.levelBegin, pool: pool)
        self.init(
            trie: trie, probabilities: probabilities, backOffs: backOffs,
            isAdditive: configuration.smoothing == .addK,
            evidence: NGramEvidence(
                configuration: configuration, discounts: discounts,
                distinctUnigrams: estimator.distinctUnigrams, cumulative: cumulative))
    }
}
