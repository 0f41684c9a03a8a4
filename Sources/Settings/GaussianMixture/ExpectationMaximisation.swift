import Compute

/// Maximum likelihood for Gaussian mixtures by expectation and maximisation (Dempster, Laird and
/// Rubin 1977), step for step as scikit-learn's GaussianMixture takes it.
package struct ExpectationMaximisation: Hashable, Sendable {
    /// Stops when the mean log-likelihood changes by less.
    package var tolerance: Double
    /// The number of steps after which a fit ends without convergence.
    package var maximumIterations: Int
    /// Added to the diagonal of every covariance.
    package var covarianceFloor: Double

    package init(
        tolerance: Double = 1e-3, maximumIterations: Int = 100, covarianceFloor: Double = 1e-6
    ) {
        self.tolerance = tolerance
        self.maximumIterations = maximumIterations
        self.covarianceFloor = covarianceFloor
    }

    /// What a fit came to.
    package struct Outcome: Sendable {
        /// The mixture after the last step; the start where there was none.
        package var mixture: GaussianMixture
        /// The number of steps taken.
        package var iterations: Int
        /// Whether the mean log-likelihood last changed by less than the tolerance.
        package var hasConverged: Bool
        /// The mean log-likelihood under the mixture before the last step.
        package var meanLogLikelihood: Double
    }

    /// Runs from a mixture until the tolerance or the limit of iterations is reached, or until a
    /// covariance is singular: then the collapsed mixture is the outcome.
    package func fit(
        _ points: Points, weights: [Double]?, from start: GaussianMixture
    ) -> Outcome {
        var outcome = Outcome(
            mixture: start, iterations: 0, hasConverged: false, meanLogLikelihood: -.infinity)
        while outcome.iterations < maximumIterations, !outcome.hasConverged {
            let (responsibilities, likelihood) = expectation(
                outcome.mixture, points, weights: weights)
            outcome.mixture = maximisation(responsibilities, points, weights: weights)
            outcome.iterations += 1
            outcome.hasConverged = abs(likelihood - outcome.meanLogLikelihood) < tolerance
            outcome.meanLogLikelihood = likelihood
            if outcome.mixture.hasCollapsed { break }
        }
        return outcome
    }

    /// The share of each component in each point, and the mean log-likelihood.
    package func expectation(
        _ mixture: GaussianMixture, _ points: Points, weights: [Double]?
    ) -> (responsibilities: [Double], meanLogLikelihood: Double) {
        let k = mixture.components.count
        var terms = mixture.logTerms(at: points)
        var total = 0.0
        var totalWeight = 0.0
        terms.withUnsafeMutableBufferPointer { terms in
            for i in 0..<points.count {
                let weight = weights?[i] ?? 1
                let row = UnsafeMutableBufferPointer(rebasing: terms[i * k..<(i + 1) * k])
                let peak = row.max() ?? 0
                var sum = 0.0
                for j in 0..<k {
                    row[j] = Elementary.exp(row[j] - peak)
                    sum += row[j]
                }
                for j in 0..<k { row[j] /= sum }
                totalWeight += weight
                if weight > 0 { total += weight * (peak + Elementary.log(sum)) }
            }
        }
        return (terms, total / totalWeight)
    }

    /// The mixture whose components have the moments of the points in their shares. Its own mean
    /// and covariance are those of the points, whatever the shares, plus the floor.
    package func maximisation(
        _ responsibilities: [Double], _ points: Points, weights: [Double]?
    ) -> GaussianMixture {
        let (n, d) = (points.count, points.dimension)
        let k = responsibilities.count / n
        let totalWeight = weights.map { $0.reduce(0, +) } ?? Double(n)
        // An empty component keeps a share of a rounding error, as in scikit-learn.
        var shares = [Double](repeating: 10 * Double.ulpOfOne, count: k)
        var means = [Double](repeating: 0, count: k * d)
        var covariances = [Double](repeating: 0, count: k * d * d)
        points.coordinates.withUnsafeBufferPointer { x in
            for i in 0..<n {
                for j in 0..<k {
                    let share = (weights?[i] ?? 1) * responsibilities[i * k + j]
                    shares[j] += share
                    for axis in 0..<d { means[j * d + axis] += share * x[i * d + axis] }
                }
            }
            for index in means.indices { means[index] /= shares[index / d] }
            for i in 0..<n {
                for j in 0..<k {
                    let share = (weights?[i] ?? 1) * responsibilities[i * k + j]
                    for row in 0..<d {
                        let left = share * (x[i * d + row] - means[j * d + row])
                        for column in 0...row {
                            covariances[(j * d + row) * d + column] +=
                                left * (x[i * d + column] - means[j * d + column])
                        }
                    }
                }
            }
        }
        return GaussianMixture(
            (0..<k).map { j in
                var covariance = Matrix(rows: d, columns: d)
                for row in 0..<d {
                    for column in 0...row {
                        let value = covariances[(j * d + row) * d + column] / shares[j]
                        covariance[row, column] = value
                        covariance[column, row] = value
                    }
                    covariance[row, row] += covarianceFloor
                }
                return .init(
                    weight: shares[j] / (totalWeight + 10 * Double(k) * Double.ulpOfOne),
                    mean: Array(means[j * d..<(j + 1) * d]), covariance: covariance)
            })
    }
}
