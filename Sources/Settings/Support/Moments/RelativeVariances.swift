import Collapse

/// How far a maximum-likelihood model of one context strays, as a share of p(1 - p).
///
/// Each symbol's probability q_t is a martingale around the truth p, and n draws from a model whose
/// variance is rho p(1 - p) have a variance of (1 - rho) p(1 - p)/n around that model, whatever p
/// is. One recursion in rho therefore serves every symbol and every quadratic distance: E|q - p|^2
/// = rho (1 - |p|^2), E chi^2 = rho (V - 1) and E sum q^2 = |p|^2 + rho (1 - |p|^2). rho = 1 is
/// collapse on one symbol. This is the recursion of Bakshi and Chakraborty (2026), R_t = (n_0/n_t)
/// R_0 + (1 - 1/n_t)(1 - a_t)^2 R_{t-1}, carried over to every workflow; in a mixture the number of
/// real draws is a_t n_t here and not random as there, which takes a_t (1 - a_t) R_{t-1}/n_t off.
struct RelativeVariances {
    /// rho_t.
    private(set) var model: [Double] = []
    /// The covariance of generation t's model with generation 0's, in the same unit.
    private(set) var withStart: [Double] = []

    /// The variance of a real draw over that of an independent one: above 1 where real draws come in
    /// clusters, as the words of a document do. What models draw is independent.
    private let designEffect: Double

    /// nil for an arm without a closed recursion; `share` is the part of all draws that belongs to
    /// the context.
    init?(_ flow: DrawCounts, share: Double = 1, designEffect: Double = 1) {
        self.designEffect = designEffect
        // Draws are whole; a context's part of them is an expectation, and at least the one draw
        // that makes it known.
        let n = flow.sizes.map { max($0 * share, 1) }
        let start = designEffect / n[0]
        switch flow.kind {
        case .replace, .mixture(.fresh):
            window(flow, share: share)
        case _ where flow.parents > 1:
            return nil
        case .accumulate:
            let totals = flow.totals.map { max($0 * share, 1) }
            model = [start]
            for t in n.indices.dropFirst() {
                model.append(model[t - 1] + n[t] * (1 - model[t - 1]) / (totals[t] * totals[t]))
            }
        case .accumulateSubsample:
            subsample(n, totals: flow.totals.map { max($0 * share, 1) })
        case .mixture(.replayed):
            // Around generation 0's sample: the choice of the r replayed draws and the drawing of
            // the others.
            model = [start]
            for t in n.indices.dropFirst() {
                let (a, r, s) = parts(flow, t, share)
                let before = model[t - 1] - start
                let choice = a > 0 ? a * a * (1 / r - 1 / n[0]) : 0
                let drawn = s > 0 ? (1 - a) * (1 - a) * (before + (1 - model[t - 1]) / s) : 0
                model.append(start + choice + drawn)
            }
        case .other: return nil
        case .mixture(.kept):
            guard Set(flow.real.dropFirst()).count <= 1 else { return nil }
            model = [start]
            var withKept = start
            for t in n.indices.dropFirst() {
                let (a, r, s) = parts(flow, t, share)
                let kept = a > 0 ? a * a * designEffect / r : 0
                let drawn = s > 0 ? (1 - a) * (1 - a) * (model[t - 1] + (1 - model[t - 1]) / s) : 0
                model.append(kept + drawn + 2 * a * (1 - a) * withKept)
                withKept = (a > 0 ? a * designEffect / r : 0) + (1 - a) * withKept
            }
        }
        if withStart.isEmpty { withStart = n.map { _ in start } }
    }

    /// The real share of generation `t`'s data with the numbers of its real and synthetic draws.
    private func parts(
        _ flow: DrawCounts, _ t: Int, _ share: Double
    ) -> (a: Double, real: Double, synthetic: Double) {
        (
            flow.real[t] / flow.sizes[t], max(flow.real[t] * share, 1),
            flow.synthetic(t) > 0 ? max(flow.synthetic(t) * share, 1) : 0
        )
    }

    /// Replace and fresh mixtures with any number of parents: the covariances of the newest models.
    private mutating func window(_ flow: DrawCounts, share: Double) {
        let width = flow.parents
        /// Covariances by generation modulo the width of the window and one.
        var covariance = Array(
            repeating: Array(repeating: 0.0, count: width + 1), count: width + 1)
        for t in flow.sizes.indices {
            let (a, r, s) = parts(flow, t, share)
            var variance = a > 0 ? a * a * designEffect / r : 0
            var fromStart = 0.0
            let oldest = max(0, t - width)
            let index = t % (width + 1)
            for other in oldest..<t { covariance[index][other % (width + 1)] = 0 }
            if s > 0 {
                let count = t - oldest
                // The i-th example comes from the i-th parent in turn, the newest first.
                let weights = (0..<count).map { turn in
                    share == 1
                        ? ((s - Double(turn)) / Double(count)).rounded(.up) / s
                        : 1 / Double(count)
                }
                for (turn, weight) in weights.enumerated() where weight > 0 {
                    let parent = (t - 1 - turn) % (width + 1)
                    let part = (1 - a) * weight
                    for (otherTurn, otherWeight) in weights.enumerated() {
                        variance +=
                            part * (1 - a) * otherWeight
                            * covariance[parent][(t - 1 - otherTurn) % (width + 1)]
                    }
                    variance += part * part * (1 - covariance[parent][parent]) / (weight * s)
                    for other in oldest..<t {
                        covariance[index][other % (width + 1)] +=
                            part * covariance[parent][other % (width + 1)]
                    }
                    fromStart += part * withStart[t - 1 - turn]
                }
            }
            for other in oldest..<t {
                covariance[other % (width + 1)][index] = covariance[index][other % (width + 1)]
            }
            covariance[index][index] = variance
            model.append(variance)
            withStart.append(t == 0 ? variance : fromStart)
        }
    }

    /// The pool's share of the variance, and the subsample's about the pool.
    private mutating func subsample(_ n: [Double], totals: [Double]) {
        var pool = designEffect / n[0]
        model = [pool]
        for t in n.indices.dropFirst() {
            let weight = n[t] / totals[t]
            pool += weight * weight * (model[t - 1] - pool + (1 - model[t - 1]) / n[t])
            let choice =
                totals[t] > 1 ? (1 - pool) / n[t] * (totals[t] - n[t]) / (totals[t] - 1) : 0
            model.append(pool + choice)
        }
    }
}
