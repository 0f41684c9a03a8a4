import Collapse
import Compute

/// Which symbols survive, and when one is left.
extension DiscreteSetting {
    /// Curves of a source without contexts whose models are sampled as they are.
    func tailCurves(_ flow: DrawCounts) -> [Prediction] {
        guard source.order == 0 else { return [] }
        switch flow.kind {
        case .accumulate:
            // What generation 0 holds stays, and nothing else comes.
            let values = survivors { source.distribution.map { power(1 - $0, flow.sizes[0]) } }
            return [
                Prediction(
                    metric: DiscreteMetric.alive.declaration,
                    values: flow.sizes.map { _ in values.alive },
                    source: "survival of the first sample"
                ),
                Prediction(
                    metric: DiscreteMetric.unseenMass.declaration,
                    values: flow.sizes.map { _ in values.unseen },
                    source: "survival of the first sample"),
            ]
        case .replace where flow.parents == 1:
            return survival(flow) + collapse(flow)
        default: return []
        }
    }

    /// A symbol of probability p lives on like a branching process of its copies: it is gone after
    /// generation t with probability at most exp(-n_0 p u), where u is a copy's chance of
    /// descendants, 1 at generation t and 1 - exp(-(n_{s+1}/n_s) u) a generation before. It is a
    /// bound because E (1 - x)^n <= E exp(-n x) in every generation, and close because n is large
    /// (Suresh et al. 2025, Corollary 1, whose g_{t+1} is u at constant n). The mass of what is
    /// gone is the error of a learner that memorises (Dohmatob et al. 2024).
    private func survival(_ flow: DrawCounts) -> [Prediction] {
        var alive: [Double] = []
        var unseen: [Double] = []
        var descent = 1.0
        for t in flow.sizes.indices {
            // At constant n a generation more is a step more, else all are taken again.
            let steps = flow.isConstant ? min(t, 1) : t
            if steps == t { descent = 1 }
            for s in stride(from: t, to: t - steps, by: -1) {
                descent = 1 - Elementary.exp(-flow.sizes[s] / flow.sizes[s - 1] * descent)
            }
            let values = survivors {
                source.distribution.map { Elementary.exp(-flow.sizes[0] * $0 * descent) }
            }
            alive.append(values.alive)
            unseen.append(values.unseen)
        }
        return [
            Prediction(
                metric: DiscreteMetric.alive.declaration, values: alive,
                source: "Suresh et al. 2025, Corollary 1", relation: .lowerBound,
                note: "close at large n"),
            Prediction(
                metric: DiscreteMetric.unseenMass.declaration, values: unseen,
                source: "Dohmatob et al. 2024, A Tale of Tails", relation: .upperBound,
                note: "close at large n"),
        ]
    }

    /// Seddik et al. 2024, Theorem 1: E[1 - S_k] = (1 - 1/n)^k (1 - S), and 1 - S is between 1/n
    /// and 1 - 1/K until it is 0. The mean time is that of the neutral diffusion, -2n sum (1 - p)
    /// log(1 - p) (Littler 1975).
    private func collapse(_ flow: DrawCounts) -> [Prediction] {
        let n = flow.sizes[0]
        let distribution = source.distribution.filter { $0 > 0 }
        guard flow.isConstant, n > 1, distribution.count > 1 else { return [] }
        let remaining = flow.sizes.indices.map {
            (1 - distribution.reduce(0) { $0 + $1 * $1 }) * power(1 - 1 / n, Double($0 + 1))
        }
        let mean = -2 * n * distribution.reduce(0) { $0 + (1 - $1) * Elementary.log(1 - $1) }
        let seddik = "Seddik et al. 2024, Theorem 1"
        return [
            Prediction(
                metric: DiscreteMetric.collapsed.declaration,
                values: remaining.map { max(0, 1 - n * $0) }, source: seddik,
                relation: .lowerBound),
            Prediction(
                metric: DiscreteMetric.collapsed.declaration,
                values: remaining.map { 1 - $0 / (1 - 1 / Double(distribution.count)) },
                source: seddik,
                relation: .upperBound),
            Prediction(
                metric: DiscreteMetric.fitsToCollapse.declaration,
                values: flow.sizes.indices.map { Double($0) >= 5 * mean ? mean : .nan },
                source: "absorption time of the neutral diffusion (Littler 1975)",
                relation: .approximation,
                note: "at large n, once five times the mean time has passed"),
        ]
    }

    /// Samples of the base model, which knows the truth p and draws from what its decoding rule
    /// makes of it, q: a symbol is missing from r real and s synthetic draws with probability (1 -
    /// p)^r (1 - q)^s.
    func tailsOfBase(_ flow: DrawCounts) -> [Prediction] {
        guard source.order == 0 else { return [] }
        switch flow.kind {
        case .replace, .accumulate, .mixture(.fresh): break
        default: return []
        }
        let drawn = decoded(source.distribution)
        var alive: [Double] = []
        var unseen: [Double] = []
        for t in flow.sizes.indices {
            let synthetic =
                flow.kind == .accumulate ? flow.totals[t] - flow.sizes[0] : flow.synthetic(t)
            let values = survivors {
                zip(source.distribution, drawn).map {
                    power(1 - $0, flow.real[t]) * power(1 - $1, synthetic)
                }
            }
            alive.append(values.alive)
            unseen.append(values.unseen)
        }
        let paper = "Dohmatob et al. 2024, A Tale of Tails, in its exact form"
        return [
            Prediction(metric: DiscreteMetric.alive.declaration, values: alive, source: paper),
            Prediction(
                metric: DiscreteMetric.unseenMass.declaration, values: unseen, source: paper),
        ]
    }

    /// The expected number of symbols that are there and the mass of those that are not, from the
    /// probability of each to be missing.
    private func survivors(_ missing: () -> [Double]) -> (alive: Double, unseen: Double) {
        zip(source.distribution, missing()).reduce(into: (alive: 0, unseen: 0)) { sums, symbol in
            let (p, missing) = symbol
            guard p > 0 else { return }
            sums.alive += 1 - missing
            sums.unseen += p * missing
        }
    }

    /// A power of a number from 0 to 1, of any exponent from 0.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        exponent == 0 ? 1 : base <= 0 ? 0 : Elementary.exp(exponent * Elementary.log(base))
    }
}
