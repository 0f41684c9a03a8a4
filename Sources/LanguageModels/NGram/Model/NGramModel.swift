/// A back-off n-gram model with exact conditional distributions.
///
/// Every model has one form: the probability p(w | h) of each n-gram h w that is listed, and for
/// each history h what the tokens not listed after it get, as a back-off weight g(h) on the shorter
/// history h': p(w | h) = g(h) p(w | h'). A history that is not listed hands everything to h'. What
/// was counted here keeps its counts as ``evidence``; a model from an ARPA file, or one that was
/// pruned, has none.
///
/// See ``NGramSmoothing`` for the definitions of what is counted.
///
/// Modified Kneser-Ney, interpolated. a(h w) is the raw count where h has order - 1 tokens or
/// begins a document, and otherwise the number of distinct tokens seen before h w (the document
/// start counts as one):
///
///     p(w | h) = (a(h w) - D(a(h w))) / a(h) + g(h) p(w | h')
///     g(h)     = (D1 N1(h) + D2 N2(h) + D3 N3+(h)) / a(h)
///
/// a(h) sums a(h w) over w, N_c(h) counts the w with a(h w) = c, and the empty history interpolates
/// with 1 / V. `lmplz` computes the same with `<s>` and `</s>` for the boundary as context and as
/// event, and V the number of its types with `</s>` and `<unk>`, without `<s>` (`--vocab_pad` sets
/// a larger V). A discount of exactly zero, which the definition allows, can leave unseen tokens
/// without probability.
package struct NGramModel: Sendable, Hashable {
    /// Raised when the same data and configuration give another model, or another file.
    package static let trainingVersion = 3
    /// Raised when the same model, options and key give other samples.
    package static let samplingVersion = 2

    /// The listed n-grams; ``probabilities`` and ``backOffs`` are indexed by its nodes.
    package let trie: NGramTrie
    /// p(w | h) for every node h w.
    package let probabilities: NGramColumn<Double>
    /// For every context, the weight of the shorter history for tokens not among its successors; in
    /// an additive model their probability itself.
    package let backOffs: NGramColumn<Double>
    /// Whether this is add-k, where nothing backs off: tokens not listed after a history are
    /// equally probable, and all tokens are after a history that was never continued.
    package let isAdditive: Bool
    /// What the model was estimated from, if it is known.
    package let evidence: NGramEvidence?

    /// The length of the longest n-grams.
    package var order: Int { trie.order }
    /// V: the number of tokens, the boundary included.
    package var vocabularyCount: Int { trie.vocabularyCount }
    /// The token that begins a document as context and ends it as event.
    package var boundary: UInt32 { trie.boundary }
    /// The discounts of orders 1, 2, ..., where the model comes from counts by modified Kneser-Ney.
    package var discounts: [NGramDiscounts] { evidence?.discounts ?? [] }

    /// A model in back-off form, without evidence. The probabilities after each history must sum to
    /// 1.
    package init(
        trie: NGramTrie, probabilities: NGramColumn<Double>, backOffs: NGramColumn<Double>
    ) {
        self.init(
            trie: trie, probabilities: probabilities, backOffs: backOffs, isAdditive: false,
            evidence: nil)
    }

    init(
        trie: NGramTrie, probabilities: NGramColumn<Double>, backOffs: NGramColumn<Double>,
        isAdditive: Bool, evidence: NGramEvidence?
    ) {
        precondition(
            probabilities.count == trie.nodeCount && backOffs.count == trie.contextCount,
            "\(probabilities.count) probabilities and \(backOffs.count) back-offs for "
                + "\(trie.nodeCount) n-grams, \(trie.contextCount) of them contexts")
        self.trie = trie
        self.probabilities = probabilities
        self.backOffs = backOffs
        self.isAdditive = isAdditive
        self.evidence = evidence
    }
}

/// What is worth recording about one order of a trained model.
package struct NGramOrderSummary: Sendable, Hashable, Codable {
    /// The length of the n-grams, from 1.
    package var order: Int
    /// Distinct n-grams: those with a positive count, where counts are known.
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
                types: length == 1
                    ? evidence?.distinctUnigrams ?? vocabularyCount : trie.level(length).count,
                discounts: discounts.isEmpty ? nil : discounts[length - 1])
        }
    }
}
