import Compute

/// Positive weights w_i proportional to exp(lambda . f_i) that move the mean of features by a given
/// shift: of all weights that do, the ones of least relative entropy.
enum ExponentialTilt {
    /// The weights, with mean 1, or nil where no weights achieve the shift: the shifted mean lies
    /// outside of the features' convex hull.
    static func weights(
        _ features: [Double], dimension: Int, shift: [Double]
    ) -> [Double]? {
        let count = features.count / dimension
        guard shift.contains(where: { $0 != 0 }) else { return Array(repeating: 1, count: count) }
        var centred = features
        var scale = 0.0
        for coordinate in 0..<dimension {
            let positions = stride(from: coordinate, to: features.count, by: dimension)
            let mean = positions.reduce(0) { $0 + features[$1] } / Double(count)
            for position in positions {
                centred[position] -= mean
                scale = max(scale, abs(centred[position]))
            }
        }
        // Newton's method on the convex dual log sum exp(lambda . f) - lambda . shift, whose
        // gradient is what is missing.
        var state = State(
            lambda: Array(repeating: 0, count: dimension), centred, dimension, shift)
        for _ in 0..<100 {
            if state.missing <= 1e-14 * scale {
                return state.weights.map { $0 * Double(count) }
            }
            guard
                let step = state.hessian.solvingPositiveDefinite(
                    Matrix(rows: dimension, columns: 1, state.gradient))
            else { return nil }
            var length = 1.0
            while true {
                let next = State(
                    lambda: (0..<dimension).map {
                        state.lambda[$0] - length * step.elements[$0]
                    }, centred, dimension, shift)
                // Near the end rounding hides the descent of the dual, but not of its gradient.
                if next.dual < state.dual || next.missing < state.missing || length < 1e-9 {
                    state = next
                    break
                }
                length /= 2
            }
        }
        // Rounding may keep the last digits from settling.
        return state.missing <= 1e-9 * scale
            ? state.weights.map { $0 * Double(count) } : nil
    }

    /// The dual and its derivatives at a tilt.
    private struct State {
        let lambda: [Double]
        /// Sums to 1.
        var weights: [Double]
        var dual: Double
        /// The tilted mean minus the shift.
        var gradient: [Double]
        /// The largest component of the gradient.
        var missing: Double { gradient.reduce(0) { max($0, abs($1)) } }
        /// The tilted covariance.
        var hessian: Matrix

        init(lambda: [Double], _ features: [Double], _ dimension: Int, _ shift: [Double]) {
            self.lambda = lambda
            let count = features.count / dimension
            var exponents = [Double](repeating: 0, count: count)
            for index in 0..<count {
                for coordinate in 0..<dimension {
                    exponents[index] +=
                        lambda[coordinate] * features[index * dimension + coordinate]
                }
            }
            let largest = exponents.max() ?? 0
            weights = exponents.map { Elementary.exp($0 - largest) }
            let total = weights.reduce(0, +)
            dual = largest + Elementary.log(total)
            gradient = shift.map { -$0 }
            for coordinate in 0..<dimension { dual -= lambda[coordinate] * shift[coordinate] }
            hessian = Matrix(rows: dimension, columns: dimension)
            var mean = [Double](repeating: 0, count: dimension)
            for index in 0..<count {
                weights[index] /= total
                for row in 0..<dimension {
                    let value = weights[index] * features[index * dimension + row]
                    mean[row] += value
                    for column in 0...row {
                        hessian[row, column] += value * features[index * dimension + column]
                    }
                }
            }
            for row in 0..<dimension {
                gradient[row] += mean[row]
                for column in 0...row {
                    hessian[row, column] -= mean[row] * mean[column]
                    hessian[column, row] = hessian[row, column]
                }
            }
        }
    }
}
