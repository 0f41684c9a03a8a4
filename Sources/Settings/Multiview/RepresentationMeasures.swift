package import Compute

/// What of a representation tells whether directions were lost.
package enum RepresentationMeasures {
    /// The exponential of the entropy of the covariance's eigenvalues as shares of their sum (Roy and
    /// Vetterli 2007): between 1 and the number of columns; undefined where nothing varies.
    package static func effectiveRank(of rows: Matrix) -> Double {
        guard rows.elements.allSatisfy(\.isFinite) else { return .nan }
        let squares = rows.minusColumnMeans().singularValues().map { $0 * $0 }
        let total = squares.reduce(0, +)
        let entropy = squares.reduce(0) { sum, square in
            square > 0 ? sum - square / total * Elementary.log(square / total) : sum
        }
        return total > 0 ? Elementary.exp(entropy) : .nan
    }

    /// NESum of a layer: the sum of the eigenvalues of W^T W over the largest and over their number, 1
    /// where all are equal (He et al. 2024); undefined where all weights are 0.
    package static func normalisedEigenvalueSum(of weights: Matrix) -> Double {
        guard weights.elements.allSatisfy(\.isFinite) else { return .nan }
        let squares = weights.singularValues().map { $0 * $0 }
        guard let greatest = squares.first, greatest > 0 else { return .nan }
        return squares.reduce(0, +) / greatest / Double(squares.count)
    }

    /// The share of a view's variance in test rows that a linear function of the representation
    /// gives back, fitted to training rows with a ridge of 0.001.
    ///
    /// - Parameters:
    ///   - view: Training and test rows of the view.
    ///   - representation: What the encoder makes of both.
    /// - Returns: At most 1; it may be below 0.
    package static func reconstruction(
        of view: (training: Matrix, test: Matrix),
        from representation: (training: Matrix, test: Matrix)
    ) -> Double {
        guard representation.training.elements.allSatisfy(\.isFinite) else { return .nan }
        let (means, levels) = (
            representation.training.columnMeans(), view.training.columnMeans()
        )
        let weights = RidgeSolver.weights(
            inputs: representation.training.subtracting(row: means),
            labels: view.training.subtracting(row: levels), ridge: 1e-3)
        let predicted = representation.test.subtracting(row: means).times(weights)
            .subtracting(row: levels.map { -$0 })
        let missed = zip(view.test.elements, predicted.elements).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        let all = view.test.minusColumnMeans().elements.reduce(0) { $0 + $1 * $1 }
        return 1 - missed / all
    }
}
