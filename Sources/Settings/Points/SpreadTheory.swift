package import Collapse

/// Expected spread and drift of models that have the mean of their data and its covariance plus a
/// known multiple of the identity.
///
/// Kernel estimates are such models (the bandwidth squared is added), and so are Gaussian mixtures
/// of any number of components after any step of EM (the covariance floor is added). Their moments
/// therefore follow exact recursions under every distribution with a variance.
///
/// Assumptions: independent real draws, weights 1, no curation, one parent.
package struct SpreadTheory: Sendable {
    /// What is expected of one generation's model.
    package struct Moments: Hashable, Sendable {
        /// The mean over coordinates of the model's variance.
        package var variance: Double
        /// The squared distance of the model's mean from the true mean.
        package var squaredError: Double
    }

    /// The distribution of real points, whose mean and variance the moments start from.
    package let distribution: PointDistribution
    /// The variance that a fit on so many points adds to each coordinate.
    package let addedVariance: @Sendable (_ count: Double) -> Double

    package init(
        distribution: PointDistribution,
        addedVariance: @escaping @Sendable (_ count: Double) -> Double
    ) {
        self.distribution = distribution
        self.addedVariance = addedVariance
    }

    /// The moments of each generation; nil where no recursion is known.
    package func moments(of plan: ChainPlan) -> [Moments]? {
        let arm = plan.arm
        guard arm.curation.isEmpty, arm.parents == 1, arm.sampleFrom == .previous else {
            return nil
        }
        let counts = plan.sizes.map(Double.init)
        switch plan.dataFlow {
        case .replace, .mixture(.fresh):
            return freshMixture(counts, real: plan.realSizes.map(Double.init))
        case .accumulate: return accumulate(counts)
        case .accumulateSubsample:
            return Set(plan.sizes).count == 1
                ? accumulateSubsample(count: counts[0], generations: plan.generations) : nil
        case .mixture, .other: return nil
        }
    }

    /// The predictions that follow for two metrics.
    package func predictions(
        for plan: ChainPlan, variance: MetricDeclaration,
        squaredError: MetricDeclaration,
        source: String, note: String? = nil
    ) -> [Prediction] {
        guard let moments = moments(of: plan) else { return [] }
        let relation = distribution.isEven ? Prediction.Relation.approximation : .expectation
        let evenNote =
            "for independent real points; placement even makes the first sample closer to its distribution"
        let notes = [note, distribution.isEven ? evenNote : nil].compactMap { $0 }
        return [(variance, moments.map(\.variance)), (squaredError, moments.map(\.squaredError))]
            .map { metric, values in
                Prediction(
                    metric: metric, values: values, source: source, relation: relation,
                    note: notes.isEmpty ? nil : notes.joined(separator: "; "))
            }
    }

    private func model(_ dataVariance: Double, _ count: Double, _ error: Double) -> Moments {
        Moments(
            variance: dataVariance + addedVariance(count),
            squaredError: Double(distribution.dimension) * error)
    }

    /// Of n points a share is real and the rest from the model before, whose variance is q and
    /// whose mean has the squared error e: E[mean^2] = (n_s/n)^2 e + (n_r v + n_s q)/n^2, and the
    /// variance is E[x^2] - E[mean^2]. With no real share this is Q_k = r Q_{k-1} + h^2 with r = 1
    /// - 1/n.
    private func freshMixture(_ counts: [Double], real: [Double]) -> [Moments] {
        var variance = distribution.variance
        var error = 0.0
        return zip(counts, real).map { n, real in
            let synthetic = n - real
            let spread = (real * distribution.variance + synthetic * variance) / n
            let meanSquare = synthetic * synthetic / (n * n) * error + spread / n
            let model = model(spread + synthetic / n * error - meanSquare, n, meanSquare)
            variance = model.variance
            error = meanSquare
            return model
        }
    }

    /// n points of variance q join a pool of N - n around whose mean they are drawn: its variance
    /// becomes ((N - n) v + n q)/N - n q/N^2, which for a fixed bandwidth and large n is v + h^2
    /// H_k.
    private func accumulate(_ counts: [Double]) -> [Moments] {
        var total = 0.0
        var pooled = 0.0
        var variance = distribution.variance
        var error = 0.0
        return counts.map { n in
            let before = total
            total += n
            pooled = (before * pooled + n * variance) / total - n * variance / (total * total)
            error += n * variance / (total * total)
            let model = model(pooled, total, error)
            variance = model.variance
            return model
        }
    }

    /// Recursion for the pool's variance V, the subsample's variance and the variance of the
    /// subsample's mean about the pool's, (V/n) (N - n)/(N - 1) without replacement.
    private func accumulateSubsample(count n: Double, generations: Int) -> [Moments] {
        var pool = distribution.variance * (1 - 1 / n)
        var poolError = distribution.variance / n
        var offset = 0.0
        var current = model(pool, n, poolError)
        var moments = [current]
        for k in stride(from: 2.0, through: Double(generations) + 1, by: 1) {
            let batch = offset + current.variance / n
            pool =
                ((k - 1) * pool + current.variance * (1 - 1 / n) + (k - 1) / k * batch) / k
            poolError += batch / (k * k)
            let total = k * n
            offset = pool / n * (total - n) / (total - 1)
            current = model(pool * (1 - 1 / n) * total / (total - 1), n, poolError + offset)
            moments.append(current)
        }
        return moments
    }
}
