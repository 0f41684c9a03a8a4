package import Compute

/// A mixture of normal distributions with full covariances.
package struct GaussianMixture: Hashable, Sendable {
    /// One normal distribution with its share. Its density exists while its covariance can be
    /// distinguished from a singular one.
    package struct Component: Hashable, Sendable {
        /// The share in the mixture; all shares add up to 1 but for rounding.
        package let weight: Double
        /// One value for each coordinate.
        package let mean: [Double]
        /// Symmetric, with a row and a column for each coordinate.
        package let covariance: Matrix
        /// The inverse of the covariance's lower Cholesky factor, row by row, which makes
        /// deviations white; nil where the covariance is singular and the distribution has no
        /// density.
        let whitening: [Double]?
        /// The logarithm of weight times the density at the mean; -infinity without a density.
        let logPeak: Double

        package init(weight: Double, mean: [Double], covariance: Matrix) {
            precondition(
                covariance.rows == mean.count && covariance.columns == mean.count,
                "a covariance of \(covariance.rows) rows with a mean of dimension \(mean.count)")
            self.weight = weight
            self.mean = mean
            self.covariance = covariance
            let d = mean.count
            guard let factor = covariance.cholesky(),
                Self.isResolved(factor, covariance, mean: mean)
            else {
                whitening = nil
                logPeak = -.infinity
                return
            }
            var inverse = [Double](repeating: 0, count: d * d)
            var logPeak = Elementary.log(weight) - 0.5 * Double(d) * Elementary.log(2 * .pi)
            for row in 0..<d {
                logPeak -= Elementary.log(factor[row, row])
                inverse[row * d + row] = 1 / factor[row, row]
                for column in 0..<row {
                    let sum = (column..<row).reduce(0.0) {
                        $0 + factor[row, $1] * inverse[$1 * d + column]
                    }
                    inverse[row * d + column] = -sum / factor[row, row]
                }
            }
            whitening = inverse
            self.logPeak = logPeak
        }

        /// Whether every direction has more spread than rounding gives to points that coincide or
        /// lie in a plane.
        private static func isResolved(
            _ factor: Matrix, _ covariance: Matrix, mean: [Double]
        ) -> Bool {
            let step = 100 * Double.ulpOfOne * (mean.map(abs).max() ?? 0)
            return mean.indices.allSatisfy {
                factor[$0, $0] > max(step, 1e-7 * covariance[$0, $0].squareRoot())
            }
        }

        /// Whether the covariance is singular to working precision, so that there is no density.
        package var isSingular: Bool { whitening == nil }

        /// Whether no point has a share in the component.
        package var isEmpty: Bool { weight < 1e-12 }

        /// The mean over coordinates of the variance.
        package var variance: Double { covariance.trace / Double(mean.count) }

        /// A matrix whose product with its transpose is the covariance, also where that is
        /// singular.
        var root: Matrix {
            if let factor = covariance.cholesky() { return factor }
            let (values, vectors) = covariance.symmetricEigen()
            return vectors.times(.diagonal(values.map { max($0, 0).squareRoot() }))
        }
    }

    /// The normal distributions, which are all of one dimension.
    package let components: [Component]

    package init(_ components: [Component]) {
        self.components = components
    }

    /// The number of coordinates; 0 without components.
    package var dimension: Int { components.first?.mean.count ?? 0 }

    /// Whether a component with points has no density, so that EM cannot go on.
    package var hasCollapsed: Bool { components.contains { $0.isSingular && !$0.isEmpty } }

    /// The logarithms of weight times density of each component, point by point.
    func logTerms(at points: Points) -> [Double] {
        let (d, k) = (dimension, components.count)
        var terms = [Double](repeating: -.infinity, count: points.count * k)
        points.coordinates.withUnsafeBufferPointer { x in
            for (j, component) in components.enumerated() {
                guard let whitening = component.whitening else { continue }
                for i in 0..<points.count {
                    var distance = 0.0
                    for row in 0..<d {
                        var coordinate = 0.0
                        for column in 0...row {
                            coordinate +=
                                whitening[row * d + column]
                                * (x[i * d + column] - component.mean[column])
                        }
                        distance += coordinate * coordinate
                    }
                    terms[i * k + j] = component.logPeak - 0.5 * distance
                }
            }
        }
        return terms
    }

    /// The log-density at each point; -infinity where no component has one.
    package func logDensities(at points: Points) -> [Double] {
        let k = components.count
        let terms = logTerms(at: points)
        return (0..<points.count).map { i in
            let peak = terms[i * k..<(i + 1) * k].max() ?? -.infinity
            guard peak > -.infinity else { return peak }
            return peak
                + Elementary.log(
                    terms[i * k..<(i + 1) * k].reduce(0) { $0 + Elementary.exp($1 - peak) })
        }
    }

    // MARK: Moments of the whole

    /// The mean of the whole mixture, one value for each coordinate.
    package var mean: [Double] {
        (0..<dimension).map { axis in
            components.reduce(0) { $0 + $1.weight * $1.mean[axis] }
        }
    }

    /// The mean over coordinates of the variance of the whole mixture: within components and
    /// between them.
    package var variance: Double {
        let mean = mean
        return components.reduce(0) { sum, component in
            let between = zip(component.mean, mean).reduce(0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            return sum + component.weight * (component.variance + between / Double(mean.count))
        }
    }
}

extension PointDistribution {
    /// The distribution itself where it is a mixture of normal distributions.
    package var mixture: GaussianMixture? {
        let unit = Matrix.diagonal(1, count: dimension)
        switch shape {
        case .normal:
            return GaussianMixture([.init(weight: 1, mean: mean, covariance: unit)])
        case .blobs:
            let share = 1 / Double(Self.centres.count)
            return GaussianMixture(
                Self.centres.map { .init(weight: share, mean: $0, covariance: unit) })
        case .circles, .moons, .swissRoll: return nil
        }
    }
}
