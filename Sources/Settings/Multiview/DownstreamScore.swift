package import Compute

/// What representations are to tell of the rows they come from.
package enum DownstreamTargets: Hashable, Sendable {
    /// A column for each task.
    case regression(Matrix)
    /// A class for each row, from 0.
    case classes([UInt8], count: Int)

    /// A column for each task, or for each class with 1 where a row is of it.
    fileprivate var columns: Matrix {
        switch self {
        case .regression(let targets): return targets
        case .classes(let labels, let count):
            var columns = Matrix(rows: labels.count, columns: count)
            for (row, label) in labels.enumerated() { columns[row, Int(label)] = 1 }
            return columns
        }
    }
}

/// How well a ridge regression does on representations, by cross-validation: fold i has the rows
/// whose position leaves i.
///
/// Columns are standardised; the penalty is 1, and the intercept has none. Of regression tasks it is
/// the mean over folds and tasks of R^2, of classes the mean over folds of the accuracy, where a row
/// is given the class of the greatest output (as scikit-learn's RidgeClassifier has it).
package struct DownstreamScore {
    package let folds: Int

    package init(folds: Int) { self.folds = folds }

    /// The score of representations, a row for each target.
    package func callAsFunction(of rows: Matrix, on targets: DownstreamTargets) -> Double {
        let (inputs, columns) = (rows.standardised(), targets.columns)
        guard inputs.elements.allSatisfy(\.isFinite) else { return .nan }
        let scores = (0..<folds).map { fold in
            let held = (0..<rows.rows).filter { $0 % folds == fold }
            let rest = (0..<rows.rows).filter { $0 % folds != fold }
            let predicted = Self.predictions(
                for: inputs.selecting(rows: held), from: inputs.selecting(rows: rest),
                labels: columns.selecting(rows: rest))
            switch targets {
            case .regression:
                return Self.explained(columns.selecting(rows: held), by: predicted)
            case .classes(let labels, _):
                let right = held.enumerated().count { row, index in
                    Self.greatest(predicted, row: row) == Int(labels[index])
                }
                return Double(right) / Double(held.count)
            }
        }
        return scores.reduce(0, +) / Double(folds)
    }

    private static func predictions(
        for held: Matrix, from inputs: Matrix, labels: Matrix
    ) -> Matrix {
        let (means, levels) = (inputs.columnMeans(), labels.columnMeans())
        let weights = RidgeSolver.weights(
            inputs: inputs.subtracting(row: means), labels: labels.subtracting(row: levels),
            ridge: 1)
        return held.subtracting(row: means).times(weights)
            .subtracting(row: levels.map { -$0 })
    }

    /// The mean over columns of 1 - squared errors / squared distances from the mean.
    private static func explained(_ targets: Matrix, by predicted: Matrix) -> Double {
        let centred = targets.minusColumnMeans()
        let shares = (0..<targets.columns).map { column in
            var (missed, all) = (0.0, 0.0)
            for row in 0..<targets.rows {
                let error = targets[row, column] - predicted[row, column]
                missed += error * error
                all += centred[row, column] * centred[row, column]
            }
            return 1 - missed / all
        }
        return shares.reduce(0, +) / Double(targets.columns)
    }

    private static func greatest(_ outputs: Matrix, row: Int) -> Int {
        (1..<outputs.columns).reduce(0) { outputs[row, $1] > outputs[row, $0] ? $1 : $0 }
    }
}
