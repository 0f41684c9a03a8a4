package import Compute
import Networks

/// A linear classifier on features: softmax regression on standardised features, with a penalty of
/// half its weights' squares.
package struct SoftmaxProbe: Sendable {
    /// Columns of the features.
    private let dimension: Int
    private let network: Perceptron
    private let parameters: [Float]
    private let mean: [Double]
    private let unit: [Double]

    private static let steps = 500
    private static let rate = 0.01
    private static let penalty: Float = 1e-3

    /// Trains a probe on all examples at once, by 500 steps of Adam from weights of 0, so that it
    /// depends on nothing else.
    ///
    /// - Parameters:
    ///   - features: A row for each example; at least one.
    ///   - labels: The class of each, below `classes`.
    ///   - classes: The number of classes.
    package init(features: Matrix, labels: [UInt8], classes: Int) {
        dimension = features.columns
        let rows = features.rows
        var mean = [Double](repeating: 0, count: dimension)
        var unit = mean
        for row in 0..<rows {
            for column in 0..<features.columns { mean[column] += features[row, column] }
        }
        for column in mean.indices { mean[column] /= Double(rows) }
        for row in 0..<rows {
            for column in 0..<features.columns {
                let distance = features[row, column] - mean[column]
                unit[column] += distance * distance / Double(max(1, rows - 1))
            }
        }
        // A feature that never varies says nothing.
        unit = unit.map { $0 > 0 ? $0.squareRoot() : 1 }
        (self.mean, self.unit) = (mean, unit)
        network = Perceptron([dimension, classes], last: .zero)
        let inputs = Self.standardised(features, mean, unit)
        var parameters: [Float] = network.layout.initial(RandomKey(seed: 0, purpose: .initialise))
        var optimizer = Adam<Float>(count: parameters.count)
        let tape = Tape<Float>()
        let network = network
        for _ in 0..<Self.steps {
            var gradient = parameters.map { Self.penalty * $0 }
            tape.pass(parameters) {
                let outputs = network.outputs(
                    of: tape.input(inputs, columns: features.columns), on: tape)
                _ = Loss.crossEntropy(of: outputs, labels: labels, on: tape)
                tape.backward(&gradient)
            }
            optimizer.step(&parameters, gradient: gradient, rate: Self.rate)
        }
        self.parameters = parameters
    }

    private static func standardised(
        _ features: Matrix, _ mean: [Double], _ unit: [Double]
    ) -> [Float] {
        (0..<features.rows).flatMap { row in
            (0..<features.columns).map { column in
                Float((features[row, column] - mean[column]) / unit[column])
            }
        }
    }

    /// The probability of each class for some features, a row for each example.
    package func probabilities(of features: Matrix) -> Matrix {
        precondition(
            features.columns == dimension,
            "\(features.columns) features for a probe of \(dimension)")
        let tape = Tape<Float>()
        let classes = network.widths[1]
        var result = Matrix(rows: features.rows, columns: classes)
        tape.pass(parameters) {
            let outputs = network.outputs(
                of: tape.input(
                    Self.standardised(features, mean, unit), columns: features.columns), on: tape)
            let values = tape.elements(of: outputs)
            for row in 0..<features.rows {
                let own = (0..<classes).map { Double(values[row * classes + $0]) }
                let greatest = own.max() ?? 0
                let powers = own.map { Elementary.exp($0 - greatest) }
                let sum = powers.reduce(0, +)
                for column in 0..<classes { result[row, column] = powers[column] / sum }
            }
        }
        return result
    }

    /// The probability of each example's own class.
    package func confidence(of features: Matrix, labels: [UInt8]) -> [Double] {
        let probabilities = probabilities(of: features)
        return labels.enumerated().map { probabilities[$0.offset, Int($0.element)] }
    }
}
