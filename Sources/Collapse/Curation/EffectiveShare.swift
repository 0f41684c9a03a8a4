/// How many equally weighted examples would be as good as weighted ones (Kish 1965).
enum EffectiveShare {
    static let metric = MetricDeclaration(
        "effective_share", title: "effective share", direction: .higherIsBetter,
        help: "Effective sample size of the weights, (sum w)^2 / sum w^2, over the number of "
            + "weighted examples: 1 where all weigh the same.")

    /// The share of weights, of which some are positive; undefined of none.
    static func share(of weights: [Double]) -> Double {
        let total = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        return total * total / (squares * Double(weights.count))
    }
}
