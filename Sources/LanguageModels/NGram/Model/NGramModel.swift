package import Text

/// A back-off n-gram model with exact conditional distributions.
///
/// Every smoothing is stored in one form: the probability p(w | h) of each n-gram h w that was counted, and for each
/// history h what the tokens never seen after it get, as a back-off weight g(h) on the shorter history h':
/// p(w | h) = g(h) p(w | h'). See ``NGramSmoothing`` for the definitions.
///
/// Modified Kneser-Ney, interpolated. a(h w) is the raw count where h has order - 1 tokens or begins a document, and
/// otherwise the number of distinct tokens seen before h w (the document start counts as one):
///
///     p(w | h) = (a(h w) - D(a(h w))) / a(h) + g(h) p(w | h')
///     g(h)     = (D1 N1(h) + D2 N2(h) + D3 N3+(h)) / a(h)
///
/// a(h) sums a(h w) over w, N_c(h) counts the w with a(h w) = c, and the empty history interpolates with 1 / V.
/// `lmplz` computes the same with `<s>` and `</s>` for the boundary as context and as event, and V the number of
/// its types with `</s>` and `<unk>`, without `<s>` (`--vocab_pad` sets a larger V). A discount of exactly
/// zero, which the definition allows, can leave unseen tokens without probability.
package struct NGramModel: Sendable, Hashable {
    /// Raised when the same data and configuration give another model.
    package static let trainingVersion = 1
    /// Raised when the same model, options and key give other samples.
    package static let samplingVersion = 1

    package let configuration: NGramConfiguration
    package let trie: NGramTrie
    /// p(w | h) for every node h w.
    package let probabilities: [Double]
    /// For every context, the weight of the shorter history for tokens not among its successors; under add-k
    /// their probability itself.
    package let backOffs: [Double]
    /// The discounts of orders 1, 2, ..., under modified Kneser-Ney only.
    package let discounts: [NGramDiscounts]
    /// Counts summed up inside each block of successors.
    let cumulative: NGramCountColumn
    /// Unigrams with a positive count.
    let distinctUnigrams: Int

    package var order: Int { configuration.order }
    package var vocabularyCount: Int { trie.vocabularyCount }
    package var boundary: UInt32 { trie.boundary }

    /// Trains a model.
    ///
    /// Documents are read apart from each other: the first token's history is the boundary alone, and the
    /// boundary that ends a document is an event like any token.
    ///
    /// - Parameters:
    ///   - dataset: The documents, without boundary tokens.
    ///   - weights: What each document counts; `nil` for 1 each. Documents of weight 0 are not seen. Modified
    ///     Kneser-Ney takes whole numbers only, with the meaning of repeating the document.
    ///   - vocabularyCount: V; ids are below it.
    ///   - boundary: The document boundary's id.
    ///   - configuration: Order and smoothing.
    /// - Throws: What in the data cannot be counted, with document and position.
    /// - Complexity: O(order x tokens + vocabulary).
    package init(
        training dataset: TokenDataset, weights: [Double]? = nil, vocabularyCount: Int,
        boundary: UInt32, configuration: NGramConfiguration
    ) throws(NGramError) {
        let corpus = try NGramCorpus(
            dataset, weights: weights, vocabularyCount: vocabularyCount, boundary: boundary,
            smoothing: configuration.smoothing)
        var counts = try NGramCounts(of: corpus, order: configuration.order)
        var discounts: [NGramDiscounts] = []
        if configuration.smoothing == .modifiedKneserNey {
            counts.adjust()
            let lmplz =
                configuration.countsOfCounts == .lmplz
                ? NGramLmplzStatistics(corpus, order: configuration.order) : nil
            for length in 1...configuration.order {
                let exact = counts.countsOfCounts(length: length)
                let used = lmplz?.corrected(exact, length: length, counts: counts) ?? exact
                discounts.append(NGramDiscounts(countsOfCounts: used))
            }
        }
        self.init(
            configuration: configuration, trie: counts.trie, cumulative: counts.cumulative(),
            discounts: discounts)
    }

    /// A model from its counts; probabilities are functions of them.
    init(
        configuration: NGramConfiguration, trie: NGramTrie, cumulative: NGramCountColumn,
        discounts: [NGramDiscounts]
    ) {
        self.configuration = configuration
        self.trie = trie
        self.cumulative = cumulative
        self.discounts = discounts
        var estimate = NGramEstimate(trie: trie)
        switch configuration.smoothing {
        case .maximumLikelihood: estimate.maximumLikelihood(cumulative)
        case .addK: estimate.addK(cumulative, k: configuration.k)
        case .wittenBell: estimate.wittenBell(cumulative)
        case .modifiedKneserNey: estimate.modifiedKneserNey(cumulative, discounts: discounts)
        }
        probabilities = estimate.probabilities
        backOffs = estimate.backOffs
        distinctUnigrams = estimate.distinctUnigrams
    }
}

/// What is worth recording about one order of a trained model.
package struct NGramOrderSummary: Sendable, Hashable, Codable {
    package var order: Int
    /// Distinct n-grams with a positive count.
    package var types: Int
    /// Under modified Kneser-Ney only.
    package var discounts: NGramDiscounts?

    package init(order: Int, types: Int, discounts: NGramDiscounts?) {
        self.order = order
        self.types = types
        self.discounts = discounts
    }
}

extension NGramModel {
    /// Types and discounts of orders 1, 2, ...
    package var metrics: [NGramOrderSummary] {
        (1...order).map { length in
            NGramOrderSummary(
                order: length,
                types: length == 1 ? distinctUnigrams : trie.level(length).count,
                discounts: discounts.isEmpty ? nil : discounts[length - 1])
        }
    }
}
