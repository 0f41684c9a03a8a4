package import Compute

/// What training makes small: each adds its gradient to that of the outputs, for
/// `Tape.backward(_:)`, and returns its value.
package enum Loss {
    /// The mean over rows of the negative log-probability of the label under the softmax of a row, in
    /// nats, each row times its weight.
    @_specialize(where Element == Float)
    package static func crossEntropy<Element: Scalar>(
        of outputs: Tape<Element>.Value, labels: [UInt8],
        weights: [Double]? = nil, on tape: Tape<Element>
    ) -> Double {
        let gradient = tape.gradient(of: outputs)
        let values = tape.elements(of: outputs)
        let classes = outputs.columns
        var total = 0.0
        var powers = [Double](repeating: 0, count: classes)
        for (row, label) in labels.enumerated() {
            let weight = (weights?[row] ?? 1) / Double(outputs.rows)
            let start = row * classes
            var greatest = -Double.infinity
            for column in 0..<classes { greatest = max(greatest, Double(values[start + column])) }
            var sum = 0.0
            for column in 0..<classes {
                powers[column] = Elementary.exp(Double(values[start + column]) - greatest)
                sum += powers[column]
            }
            total +=
                weight * (Elementary.log(sum) - (Double(values[start + Int(label)]) - greatest))
            for column in 0..<classes {
                gradient[start + column] += Element(weight * powers[column] / sum)
            }
            gradient[start + Int(label)] -= Element(weight)
        }
        return total
    }

    /// The mean over rows of half the squared distance of a row from the label's unit vector, each row
    /// times its weight.
    @_specialize(where Element == Float)
    package static func squaredDistance<Element: Scalar>(
        of outputs: Tape<Element>.Value, labels: [UInt8],
        weights: [Double]? = nil, on tape: Tape<Element>
    ) -> Double {
        let gradient = tape.gradient(of: outputs)
        let values = tape.elements(of: outputs)
        let classes = outputs.columns
        var total = 0.0
        for (row, label) in labels.enumerated() {
            let weight = (weights?[row] ?? 1) / Double(outputs.rows)
            for column in 0..<classes {
                let place = row * classes + column
                let distance = Double(values[place]) - (column == Int(label) ? 1 : 0)
                total += weight * distance * distance / 2
                gradient[place] += Element(weight * distance)
            }
        }
        return total
    }

    /// The mean over all elements of the squared distance from a target, each row times its weight.
    @_specialize(where Element == Float)
    package static func meanSquare<Element: Scalar>(
        of outputs: Tape<Element>.Value, target: UnsafeBufferPointer<Element>,
        weights: [Double]? = nil, on tape: Tape<Element>
    ) -> Double {
        precondition(target.count == outputs.count, "a target of another shape")
        let gradient = tape.gradient(of: outputs)
        let values = tape.elements(of: outputs)
        var total = 0.0
        for row in 0..<outputs.rows {
            let weight = (weights?[row] ?? 1) / Double(outputs.count)
            let slope = Element(2 * weight)
            var sum: Element = 0
            for place in row * outputs.columns..<(row + 1) * outputs.columns {
                let distance = values[place] - target[place]
                sum += distance * distance
                gradient[place] += slope * distance
            }
            total += weight * Double(sum)
        }
        return total
    }
}
