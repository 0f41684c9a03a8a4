import Compute

/// Linear classifiers learned from weighted labelled inputs.
enum LinearStudent {
    /// The least-squares weights for labels of -1 and 1, of least norm where several fit alike.
    static func leastSquares(
        _ examples: ClassifiedInputs, _ weights: [Double], _ dimension: Int
    ) -> [Double] {
        guard examples.count > 0 else { return Array(repeating: 0, count: dimension) }
        var rows = examples.inputs
        var targets = examples.labels.map { $0 ? 1.0 : -1.0 }
        if weights.contains(where: { $0 != 1 }) {
            for (index, weight) in weights.enumerated() {
                let root = weight.squareRoot()
                targets[index] *= root
                for position in index * dimension..<(index + 1) * dimension {
                    rows[position] *= root
                }
            }
        }
        let inputs = Matrix(rows: examples.count, columns: dimension, rows)
        let right = Matrix(
            rows: dimension, columns: 1, inputs.transposedTimes(vector: targets))
        // The normal equations are well conditioned for more examples than coordinates.
        if examples.count > 2 * dimension,
            let solution = inputs.gram().solvingPositiveDefinite(right)
        {
            return solution.elements
        }
        return inputs.leastSquares(Matrix(rows: examples.count, columns: 1, targets)).elements
    }

    /// The weights of logistic regression with half the squared norm as penalty, so that separable
    /// labels have an answer too, by Newton's method with step halving.
    static func logistic(
        _ examples: ClassifiedInputs, _ weights: [Double], _ dimension: Int
    ) -> [Double] {
        let inputs = Matrix(rows: examples.count, columns: dimension, examples.inputs)
        var solution = Array(repeating: 0.0, count: dimension)
        var scores = Array(repeating: 0.0, count: examples.count)
        func loss(_ solution: [Double], _ scores: [Double]) -> Double {
            var sum = solution.reduce(0) { $0 + $1 * $1 } / 2
            for (index, score) in scores.enumerated() {
                let margin = examples.labels[index] ? score : -score
                sum += weights[index] * SpecialFunctions.logSumExp(0, -margin)
            }
            return sum
        }
        var current = loss(solution, scores)
        for _ in 0..<100 {
            var residuals = scores
            var scaled = inputs
            for (index, score) in scores.enumerated() {
                let probability = 1 / (1 + Elementary.exp(-score))
                residuals[index] = weights[index] * ((examples.labels[index] ? 1 : 0) - probability)
                let root = (weights[index] * probability * (1 - probability)).squareRoot()
                for position in index * dimension..<(index + 1) * dimension {
                    scaled.elements[position] *= root
                }
            }
            var gradient = inputs.transposedTimes(vector: residuals)
            var curvature = scaled.gram()
            for coordinate in 0..<dimension {
                gradient[coordinate] -= solution[coordinate]
                curvature[coordinate, coordinate] += 1
            }
            let right = Matrix(rows: dimension, columns: 1, gradient)
            guard var step = curvature.solvingPositiveDefinite(right)?.elements else { break }
            // Twice what the step promises to gain; below the rounding of the loss there is nothing
            // to gain.
            let promise = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            guard promise > 1e-14 * (1 + current) else { break }
            while true {
                let next = zip(solution, step).map { $0 + $1 }
                let nextScores = inputs.times(vector: next)
                let nextLoss = loss(next, nextScores)
                if nextLoss <= current || step.allSatisfy({ abs($0) < 1e-12 }) {
                    (solution, scores, current) = (next, nextScores, nextLoss)
                    break
                }
                step = step.map { $0 / 2 }
            }
        }
        return solution
    }
}
