import Compute
package import Text

/// Weights for the linear interpolation of maximum-likelihood estimates of all orders (Jelinek and
/// Mercer 1980; Chen and Goodman 1998, 2.3), so that nothing has probability zero.
///
/// With q the maximum-likelihood estimate after a history h that was seen, and one weight an order:
///
///     p(w | h) = weight q(w | h) + (1 - weight) p(w | h')
///
/// A history that was not seen hands everything to h', and the empty one interpolates with 1 / V.
package struct NGramInterpolation: Sendable, Hashable {
    /// The weights of orders 1, 2, ..., each at least 0 and below 1.
    package let weights: [Double]

    /// No weight is more than this: then every token keeps some probability.
    private static let greatest = 1 - 1e-6
    private static let mostSteps = 1_000
    /// A step that gains less than this, in nats an event, is the last.
    private static let leastGain = 1e-9

    package init(weights: [Double]) {
        precondition(
            weights.allSatisfy { $0 >= 0 && $0 < 1 }, "interpolation weights of \(weights)")
        self.weights = weights
    }

    /// The weights under which a maximum-likelihood model gives some other text the greatest
    /// likelihood, found by expectation maximisation from 1/2 on.
    ///
    /// - Parameters:
    ///   - model: Unsmoothed: what it lists has its relative frequency as probability.
    ///   - dataset: Text that the model was not fitted to, with at least one event.
    package init(of model: NGramModel, over dataset: TokenDataset) {
        let events = NGramEventEstimates(of: model, over: dataset)
        precondition(events.count > 0, "interpolation weights from no events")
        var weights = Array(repeating: 0.5, count: model.order)
        var before = -Double.infinity
        for _ in 0..<Self.mostSteps {
            let (improved, likelihood) = events.improved(weights)
            weights = improved.map { min($0, Self.greatest) }
            if likelihood - before < Self.leastGain * Double(events.count) { break }
            before = likelihood
        }
        self.weights = weights
    }
}

/// What the estimates of each order say of the events of a text.
private struct NGramEventEstimates {
    /// The estimate of one order, after a history that was seen.
    private struct Estimate {
        var order: Int
        var probability: Double
    }

    private var estimates: [Estimate] = []
    /// Where each event's estimates begin, the longest history first, and the end of the last.
    private var begins = [0]
    private let order: Int
    private let uniform: Double

    var count: Int { begins.count - 1 }

    init(of model: NGramModel, over dataset: TokenDataset) {
        order = model.order
        uniform = 1 / Double(model.vocabularyCount)
        let trie = model.trie
        for document in 0..<dataset.documentCount {
            var state = trie.startState
            var events = Array(dataset.document(document))
            if !dataset.isCut(document) { events.append(model.boundary) }
            for token in events {
                var context = state
                while true {
                    if !trie.successors(of: context).isEmpty {
                        let node = trie.successor(of: context, token: token)
                        estimates.append(
                            Estimate(
                                order: trie.depth(of: context) + 1,
                                probability: node.map { model.probabilities[$0] } ?? 0))
                    }
                    if context == 0 { break }
                    context = Int(trie.suffixes[context])
                }
                begins.append(estimates.count)
                state = trie.state(after: token, from: state)
            }
        }
    }

    /// One step of expectation maximisation, and the log-likelihood before it: an event comes from
    /// the first order, the longest first, whose coin falls on its weight.
    func improved(_ weights: [Double]) -> (weights: [Double], likelihood: Double) {
        var stopped = Array(repeating: 0.0, count: order)
        var reached = Array(repeating: 0.0, count: order)
        var likelihood = 0.0
        for event in 0..<count {
            let own = estimates[begins[event]..<begins[event + 1]]
            var remaining = 1.0
            var total = 0.0
            for estimate in own {
                total += remaining * weights[estimate.order - 1] * estimate.probability
                remaining *= 1 - weights[estimate.order - 1]
            }
            total += remaining * uniform
            likelihood += Elementary.log(total)
            // The probability, given the event, that no longer order produced it.
            var unexplained = 1.0
            remaining = 1
            for estimate in own {
                let weight = weights[estimate.order - 1]
                let share = remaining * weight * estimate.probability / total
                reached[estimate.order - 1] += unexplained
                stopped[estimate.order - 1] += share
                unexplained -= share
                remaining *= 1 - weight
            }
        }
        return (
            weights.indices.map { reached[$0] > 0 ? stopped[$0] / reached[$0] : weights[$0] },
            likelihood
        )
    }
}
