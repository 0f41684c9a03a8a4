/// How an n-gram model turns counts into probabilities; raw values are the specification's
/// spelling.
///
/// c(h w) counts token w after the history h, c(h) = sum over w, V is the vocabulary and h' is h
/// without its oldest token. A history whose last tokens were never followed by anything in
/// training is shortened to its longest seen suffix first (add-k excepted).
package enum NGramSmoothing: String, CaseIterable, Sendable, Hashable, Codable {
    /// p(w | h) = c(h w) / c(h): a token never seen after a seen history has probability zero.
    case maximumLikelihood = "maximum-likelihood"
    /// p(w | h) = (c(h w) + k) / (c(h) + k V), with the whole history: an unseen one gives 1 / V.
    case addK = "add-k"
    /// p(w | h) = (c(h w) + T(h) p(w | h')) / (c(h) + T(h)), T(h) the number of distinct tokens
    /// after h; the empty history interpolates with 1 / V (Witten and Bell 1991; Chen and Goodman
    /// 1998, 2.6).
    case wittenBell = "witten-bell"
    /// Interpolated modified Kneser-Ney (Chen and Goodman 1998, section 3; Heafield et al. 2013),
    /// as KenLM's `lmplz` estimates it: see ``NGramModel``.
    case modifiedKneserNey = "modified-kneser-ney"
}

/// Which counts of counts the Kneser-Ney discounts are estimated from.
package enum NGramCountsOfCounts: String, CaseIterable, Sendable, Hashable, Codable {
    /// All adjusted counts of an order, as Chen and Goodman define them: independent of document
    /// order.
    case exact
    /// As `lmplz` gathers them: it enters the very last n-gram of each lower order, in its own sort
    /// order, with its raw count. Differs only where that n-gram's raw and adjusted counts differ
    /// and one is below 5.
    case lmplz
}

/// What determines an n-gram model, beside its data.
package struct NGramConfiguration: Sendable, Hashable, Codable {
    /// The orders that are supported.
    package static let orders = 1...8

    /// Length of the longest n-gram counted.
    package var order: Int
    /// How counts become probabilities.
    package var smoothing: NGramSmoothing
    /// The pseudo-count of add-k; other smoothings ignore it.
    package var k: Double
    /// The statistics of modified Kneser-Ney; other smoothings ignore them.
    package var countsOfCounts: NGramCountsOfCounts

    package init(
        order: Int, smoothing: NGramSmoothing, k: Double = 0.1,
        countsOfCounts: NGramCountsOfCounts = .exact
    ) {
        precondition(Self.orders.contains(order), "order \(order) is outside \(Self.orders)")
        precondition(k > 0 && k.isFinite, "a pseudo-count of \(k) is not positive and finite")
        self.order = order
        self.smoothing = smoothing
        self.k = k
        self.countsOfCounts = countsOfCounts
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let order = try values.decode(Int.self, forKey: .order)
        let k = try values.decodeIfPresent(Double.self, forKey: .k) ?? 0.1
        guard Self.orders.contains(order) else {
            throw DecodingError.dataCorruptedError(
                forKey: .order, in: values,
                debugDescription: "order \(order) is outside \(Self.orders)")
        }
        guard k > 0, k.isFinite else {
            throw DecodingError.dataCorruptedError(
                forKey: .k, in: values, debugDescription: "k is \(k); use a positive number")
        }
        self.init(
            order: order, smoothing: try values.decode(NGramSmoothing.self, forKey: .smoothing),
            k: k,
            countsOfCounts: try values.decodeIfPresent(
                NGramCountsOfCounts.self, forKey: .countsOfCounts) ?? .exact)
    }

    private enum CodingKeys: String, CodingKey {
        case order, smoothing, k
        case countsOfCounts = "counts-of-counts"
    }
}
