import Compute

/// Ridge regression on linear features: v minimises (1/n) sum_i weight_i (z_i.v - y_i)^2 + lam
/// |v|^2 with z = L^T x.
///
/// Linear in the labels, so that each column of labels has a solution of its own, and their sum
/// solves the sum.
struct RidgeLearner {
    /// lam; at 0 the solution is the one of least norm.
    let penalty: Double
    /// L, dimension times features; nil for the inputs themselves.
    let features: Matrix?

    /// The coefficients L v of the inputs, dimension times columns of labels.
    ///
    /// - Complexity: Cubic in the smaller of the numbers of examples and of features.
    func coefficients(inputs: Matrix, labels: Matrix, weights: [Double]?) -> Matrix {
        var z = features.map { inputs.times($0) } ?? inputs
        var y = labels
        if let weights {
            for (row, weight) in weights.enumerated() {
                z.scale(row: row, by: weight.squareRoot())
                y.scale(row: row, by: weight.squareRoot())
            }
        }
        let solution = RidgeSolver.weights(
            inputs: z, labels: y, ridge: penalty * Double(z.rows))
        return features.map { $0.times(solution) } ?? solution
    }
}

extension Matrix {
    fileprivate mutating func scale(row: Int, by factor: Double) {
        for index in row * columns..<(row + 1) * columns { elements[index] *= factor }
    }
}
