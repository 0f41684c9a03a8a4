package import Compute
package import Networks

/// One hidden layer of ReLU units and linear outputs, one for each class.
///
/// Legend: p inputs, m hidden units, c classes.
package struct TwoLayerNetwork<Element: Scalar>: Hashable {
    /// p - m - c.
    package let network: Perceptron
    /// Hidden weights p x m, hidden biases m, output weights m x c, output biases c.
    package var parameters: [Element]

    private static func network(inputs: Int, width: Int, classes: Int) -> Perceptron {
        Perceptron(
            [inputs, width, classes], hidden: .normal(gain: 2), last: .normal(gain: 1))
    }

    package init(inputs: Int, width: Int, classes: Int, parameters: [Element]) {
        network = Self.network(inputs: inputs, width: width, classes: classes)
        precondition(
            parameters.count == network.layout.count,
            "\(parameters.count) parameters for a network of \(network.layout.count)")
        self.parameters = parameters
    }

    /// The length of ``parameters``: pm + m + mc + c.
    package static func parameterCount(inputs: Int, width: Int, classes: Int) -> Int {
        network(inputs: inputs, width: width, classes: classes).layout.count
    }

    /// Weights drawn from N(0, 2/p) in the hidden layer and N(0, 1/m) in the output layer (He et
    /// al. 2015); biases 0.
    package init(inputs: Int, width: Int, classes: Int, key: RandomKey) {
        network = Self.network(inputs: inputs, width: width, classes: classes)
        parameters = network.layout.initial(key)
    }

    /// c.
    package var classes: Int { network.widths[2] }

    /// The outputs for some images, a row of ``classes`` for each.
    package func outputs(of images: [Element], on tape: Tape<Element>) -> [Element] {
        tape.pass(parameters) {
            let outputs = network.outputs(
                of: tape.input(images, columns: network.widths[0]), on: tape)
            return Array(tape.elements(of: outputs))
        }
    }

    /// The mean loss of labelled images, each with its weight; its gradient over all parameters is
    /// added to `gradient`.
    package func loss(
        _ loss: NetworkLoss, of images: [Element], labels: [UInt8], weights: [Double]?,
        on tape: Tape<Element>, gradient: inout [Element]
    ) -> Double {
        tape.pass(parameters) {
            let outputs = network.outputs(
                of: tape.input(images, columns: network.widths[0]), on: tape)
            let value =
                switch loss {
                case .crossEntropy:
                    Loss.crossEntropy(of: outputs, labels: labels, weights: weights, on: tape)
                case .squared:
                    Loss.squaredDistance(of: outputs, labels: labels, weights: weights, on: tape)
                }
            tape.backward(&gradient)
            return value
        }
    }
}

extension TwoLayerNetwork: Sendable where Element: Sendable {}

/// What a network is trained to make small.
package enum NetworkLoss: String, CaseIterable, Sendable {
    /// The negative log-probability of the label under the softmax of the outputs, in nats.
    case crossEntropy = "cross-entropy"
    /// Half the squared distance of the outputs from the label's unit vector.
    case squared

    /// The loss of one image.
    func value(outputs: ArraySlice<Float>, label: Int) -> Double {
        let first = outputs.startIndex
        switch self {
        case .squared:
            return outputs.indices.reduce(0) { sum, index in
                let distance = Double(outputs[index]) - (index == first + label ? 1 : 0)
                return sum + distance * distance
            } / 2
        case .crossEntropy:
            let greatest = Double(outputs.max() ?? 0)
            let sum = outputs.reduce(0) { $0 + Elementary.exp(Double($1) - greatest) }
            return Elementary.log(sum) - (Double(outputs[first + label]) - greatest)
        }
    }
}
