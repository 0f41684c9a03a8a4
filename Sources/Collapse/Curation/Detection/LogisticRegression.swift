import Compute

/// Logistic regression of two classes with an L2 penalty.
///
/// The weights w and the intercept b minimise
/// `penalty / 2 |w|^2 + sum_i s_i log(1 + exp(-y_i (w . x_i + b)))`, y_i = 1 or -1, which is the
/// objective of scikit-learn's `LogisticRegression` with C = 1 / penalty. The optimum is the only
/// one, so that the solver and its order decide no more than last digits.
package struct LogisticRegression: Sendable {
    /// One weight for each feature.
    package let weights: [Double]
    package let intercept: Double

    /// Fits rows of features by Newton's method, each step by conjugate gradients.
    ///
    /// - Parameters:
    ///   - rows: The features of the examples.
    ///   - labels: Which are of the positive class; some are and some are not.
    ///   - sampleWeights: s_i, positive.
    ///   - penalty: Positive.
    package init(
        _ rows: SparseRows, labels: [Bool], sampleWeights: [Double], penalty: Double
    ) {
        precondition(labels.contains(true) && labels.contains(false), "examples of one class")
        let objective = Objective(
            rows: rows, labels: labels, sampleWeights: sampleWeights, penalty: penalty)
        var state = objective.state(at: Array(repeating: 0, count: rows.columnCount + 1))
        let tolerance = 1e-10 * sampleWeights.reduce(0, +)
        for _ in 0..<Self.mostSteps where state.gradient.norm > tolerance {
            let step = objective.newtonStep(at: state)
            let slope = step.dot(state.gradient)
            var length = 1.0
            var next: Objective.State?
            while next == nil, length > 1e-12 {
                let tried = objective.state(at: state.parameters.adding(step, times: length))
                if tried.value <= state.value + 1e-4 * length * slope { next = tried }
                length /= 2
            }
            // Rounding hides any further descent.
            guard let next, next.value < state.value || next.gradient.norm < state.gradient.norm
            else { break }
            state = next
        }
        weights = Array(state.parameters.dropLast())
        intercept = state.parameters[rows.columnCount]
    }

    private static let mostSteps = 100

    /// The logits of the positive class: log p / (1 - p).
    package func logits(of rows: SparseRows) -> [Double] {
        rows.times(weights).map { $0 + intercept }
    }
}

/// What a fit minimises, as a function of the weights followed by the intercept.
private struct Objective {
    let rows: SparseRows
    let labels: [Bool]
    let sampleWeights: [Double]
    let penalty: Double

    struct State {
        var parameters: [Double]
        var value: Double
        var gradient: [Double]
        /// The second derivative of each example's loss by its logit.
        var curvatures: [Double]
    }

    func state(at parameters: [Double]) -> State {
        let intercept = parameters[rows.columnCount]
        let products = rows.times(parameters)
        var value = 0.0
        var slopes = [Double](repeating: 0, count: products.count)
        var curvatures = slopes
        for (row, product) in products.enumerated() {
            let logit = labels[row] ? product + intercept : -(product + intercept)
            // The smaller of p and 1 - p, without loss of digits.
            let power = Elementary.exp(-abs(logit))
            let small = power / (1 + power)
            value += sampleWeights[row] * (max(-logit, 0) + Elementary.log(1 + power))
            let missing = logit > 0 ? small : 1 - small
            slopes[row] = sampleWeights[row] * (labels[row] ? -missing : missing)
            curvatures[row] = sampleWeights[row] * small * (1 - small)
        }
        var gradient = parameters.map { penalty * $0 }
        gradient[rows.columnCount] = slopes.reduce(0, +)
        rows.addTransposed(times: slopes, to: &gradient)
        let square = parameters.dropLast().reduce(0) { $0 + $1 * $1 }
        return State(
            parameters: parameters, value: value + penalty / 2 * square, gradient: gradient,
            curvatures: curvatures)
    }

    /// The step to the minimum of the quadratic approximation, to the accuracy that keeps Newton's
    /// method faster than linear (Dembo et al. 1982).
    func newtonStep(at state: State) -> [Double] {
        let size = state.gradient.norm
        let tolerance = min(0.1, size.squareRoot()) * size
        var step = [Double](repeating: 0, count: state.gradient.count)
        var residual = state.gradient.map { -$0 }
        var direction = residual
        var square = residual.dot(residual)
        for _ in 0..<Self.mostDirections where square.squareRoot() > tolerance {
            let image = hessian(times: direction, at: state)
            let length = square / direction.dot(image)
            step = step.adding(direction, times: length)
            residual = residual.adding(image, times: -length)
            let next = residual.dot(residual)
            direction = residual.adding(direction, times: next / square)
            square = next
        }
        return step
    }

    private static let mostDirections = 1_000

    private func hessian(times vector: [Double], at state: State) -> [Double] {
        let intercept = vector[rows.columnCount]
        let products = zip(rows.times(vector), state.curvatures).map { ($0 + intercept) * $1 }
        var image = vector.map { penalty * $0 }
        image[rows.columnCount] = products.reduce(0, +)
        rows.addTransposed(times: products, to: &image)
        return image
    }
}

extension [Double] {
    fileprivate func dot(_ other: [Double]) -> Double {
        var sum = 0.0
        for index in indices { sum += self[index] * other[index] }
        return sum
    }

    fileprivate var norm: Double { dot(self).squareRoot() }

    fileprivate func adding(_ other: [Double], times factor: Double) -> [Double] {
        var sum = self
        for index in indices { sum[index] += factor * other[index] }
        return sum
    }
}
