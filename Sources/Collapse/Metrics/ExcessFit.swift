/// What the constants of an ``ExcessTheory`` are fitted to, seed by seed.
struct ExcessFit {
    struct Constants {
        /// k/2.
        var factor: Double
        var designEffect: Double

        /// What a difference of variances costs.
        func excess(of spread: ExcessTheory.Variance) -> Double {
            factor * (spread.independent + (designEffect - 1) * spread.perDesignEffect)
        }
    }

    /// The arm that replaces its data, with what its first generation lost and the variance that did.
    let lossArm: Int
    private let losses: [Double?]
    private let spread: ExcessTheory.Variance
    /// The arm of real data alone that grew, with what its first generation lost (less than 0) and
    /// 1/n_0 - 1/n_1.
    let gainArm: Int?
    private let gains: [Double?]
    private let lessVariance: Double

    /// A control has grown where it has so many times generation 0's data.
    private static let growth = 1.25

    /// Nil where no arm tells k.
    init?(_ theory: ExcessTheory, in results: ExperimentResults) {
        func theoryAlike(_ arm: ExperimentResults.Arm) -> ExcessTheory? {
            arm.excessTheory.flatMap { other in
                other.learner == theory.learner && other.metric == theory.metric
                    && other.variances.count > 1 ? other : nil
            }
        }
        func losses(of arm: Int) -> [Double?] {
            results.excesses(of: theory.metric.name, arm: arm, at: 1)
        }
        let calibrating = results.arms.indices.filter { index in
            guard let own = theoryAlike(results.arms[index]), own.calibrates else { return false }
            return losses(of: index).mean() > 0
        }.min { left, right in
            // Of several the first whose data do not grow.
            func grows(_ arm: Int) -> Int {
                let sizes = results.arms[arm].excessTheory?.sizes ?? []
                return sizes.count > 1 && sizes[1] == sizes[0] ? 0 : 1
            }
            return (grows(left), left) < (grows(right), right)
        }
        guard let calibrating, let own = theoryAlike(results.arms[calibrating]) else { return nil }
        lossArm = calibrating
        self.losses = losses(of: calibrating)
        spread = own.spread(
            at: 1, overControl: results.arms[calibrating].reference != .missing)
        guard spread.independent > 0 else { return nil }
        let grown = results.arms.indices.first { index in
            guard results.arms[index].reference == .itself,
                let sizes = theoryAlike(results.arms[index])?.sizes
            else { return false }
            return sizes[1] >= Self.growth * sizes[0] && losses(of: index).mean() < 0
        }
        gainArm = grown
        gains = grown.map(losses) ?? []
        lessVariance =
            grown.flatMap { results.arms[$0].excessTheory }.map {
                1 / $0.sizes[0] - 1 / $0.sizes[1]
            }
            ?? 0
    }

    /// The constants from all seeds, or from all but one; nil where these lost nothing.
    func constants(without seed: Int? = nil) -> Constants? {
        let loss = losses.mean(without: seed)
        guard loss.isFinite, loss > 0 else { return nil }
        let plain = Constants(factor: loss / spread.independent, designEffect: 1)
        guard gainArm != nil else { return plain }
        // The loss is factor (A + (D - 1) B), the gain factor D P: both linear in factor and factor D.
        let both = -gains.mean(without: seed) / lessVariance
        let factor =
            (loss - spread.perDesignEffect * both) / (spread.independent - spread.perDesignEffect)
        guard factor > 0, factor.isFinite, both > factor else { return plain }
        return Constants(factor: factor, designEffect: both / factor)
    }
}

extension [Double?] {
    /// The mean of those that are there, or of all of them but one.
    func mean(without left: Int? = nil) -> Double {
        var (sum, count) = (0.0, 0)
        for (index, value) in enumerated() where index != left {
            if let value { (sum, count) = (sum + value, count + 1) }
        }
        return sum / Double(count)
    }
}
