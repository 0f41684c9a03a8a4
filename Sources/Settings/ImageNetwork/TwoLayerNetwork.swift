package import Compute

/// One hidden layer of ReLU units and linear outputs, one for each class.
///
/// Legend: p inputs, m hidden units, c classes, b images in a batch.
package struct TwoLayerNetwork<Element: Scalar>: Hashable {
    /// p, the number of inputs.
    package let inputs: Int
    /// m, the number of hidden units.
    package let width: Int
    /// c, the number of outputs.
    package let classes: Int
    /// Hidden weights p x m, hidden biases m, output weights m x c, output biases c.
    package var parameters: [Element]

    package init(inputs: Int, width: Int, classes: Int, parameters: [Element]) {
        let count = Self.parameterCount(inputs: inputs, width: width, classes: classes)
        precondition(
            parameters.count == count, "\(parameters.count) parameters for a network of \(count)")
        self.inputs = inputs
        self.width = width
        self.classes = classes
        self.parameters = parameters
    }

    /// The length of ``parameters``: pm + m + mc + c.
    package static func parameterCount(inputs: Int, width: Int, classes: Int) -> Int {
        inputs * width + width + width * classes + classes
    }

    /// Weights drawn from N(0, 2/p) in the hidden layer and N(0, 1/m) in the output layer (He et
    /// al. 2015); biases 0.
    package init(inputs: Int, width: Int, classes: Int, key: RandomKey) {
        let count = Self.parameterCount(inputs: inputs, width: width, classes: classes)
        var parameters = [Element](repeating: 0, count: count)
        let hidden = inputs * width
        let output = hidden + width
        let draws = NormalDraws.array(hidden + width * classes, from: key)
        let scales = ((2 / Double(inputs)).squareRoot(), (1 / Double(width)).squareRoot())
        for index in 0..<hidden { parameters[index] = Element(scales.0 * draws[index]) }
        for index in 0..<width * classes {
            parameters[output + index] = Element(scales.1 * draws[hidden + index])
        }
        self.init(inputs: inputs, width: width, classes: classes, parameters: parameters)
    }

    /// Where the four tensors begin.
    fileprivate var offsets: (hiddenBias: Int, output: Int, outputBias: Int) {
        let hiddenBias = inputs * width
        let output = hiddenBias + width
        return (hiddenBias, output, output + width * classes)
    }
}

extension TwoLayerNetwork: Sendable where Element: Sendable {}

/// What a network is trained to make small.
package enum NetworkLoss: String, CaseIterable, Sendable {
    /// The negative log-probability of the label under the softmax of the outputs, in nats.
    case crossEntropy = "cross-entropy"
    /// Half the squared distance of the outputs from the label's unit vector.
    case squared
}

/// Memory for forward and backward passes over batches of up to so many images.
package struct NetworkPass<Element: Scalar> {
    private let capacity: Int
    private var hidden: [Element]
    private var hiddenGradient: [Element]
    /// b x c: the outputs of the last pass, then their gradient.
    private var outputs: [Element]

    package init(_ network: TwoLayerNetwork<Element>, capacity: Int) {
        self.capacity = capacity
        hidden = Array(repeating: 0, count: capacity * network.width)
        hiddenGradient = hidden
        outputs = Array(repeating: 0, count: capacity * network.classes)
    }

    /// The outputs for b images, b x c.
    package mutating func outputs(
        of network: TwoLayerNetwork<Element>, images: [Element], count: Int
    ) -> [Element] {
        forward(network, images, count)
        return Array(outputs.prefix(count * network.classes))
    }

    private mutating func forward(
        _ network: TwoLayerNetwork<Element>, _ images: [Element], _ count: Int
    ) {
        precondition(
            count <= capacity && images.count >= count * network.inputs,
            "\(count) images in a pass of \(capacity)")
        let (width, classes) = (network.width, network.classes)
        let offsets = network.offsets
        network.parameters.withUnsafeBufferPointer { parameters in
            guard let base = parameters.baseAddress else { return }
            images.withUnsafeBufferPointer { images in
                hidden.withUnsafeMutableBufferPointer { hidden in
                    outputs.withUnsafeMutableBufferPointer { outputs in
                        guard let x = images.baseAddress, let h = hidden.baseAddress,
                            let o = outputs.baseAddress
                        else { return }
                        let activations = MatrixView(h, rows: count, columns: width)
                        multiply(
                            MatrixView(reading: x, rows: count, columns: network.inputs),
                            MatrixView(reading: base, rows: network.inputs, columns: width),
                            into: activations, bias: base + offsets.hiddenBias)
                        for index in 0..<count * width where h[index] < 0 { h[index] = 0 }
                        multiply(
                            activations,
                            MatrixView(
                                reading: base + offsets.output, rows: width, columns: classes),
                            into: MatrixView(o, rows: count, columns: classes),
                            bias: base + offsets.outputBias)
                    }
                }
            }
        }
    }

    /// The mean loss of b labelled images, each with its weight, and its gradient over all
    /// parameters.
    package mutating func lossAndGradient(
        of network: TwoLayerNetwork<Element>, images: [Element], labels: [UInt8],
        weights: [Double]?, loss: NetworkLoss, gradient: inout [Element]
    ) -> Double {
        let count = labels.count
        let (width, classes) = (network.width, network.classes)
        forward(network, images, count)
        var total = 0.0
        for position in 0..<count {
            let weight = (weights?[position] ?? 1) / Double(count)
            let row = position * classes..<(position + 1) * classes
            total +=
                weight
                * NetworkPass.loss(loss, label: Int(labels[position]), outputs: &outputs[row])
            for index in row { outputs[index] *= Element(weight) }
        }
        let offsets = network.offsets
        network.parameters.withUnsafeBufferPointer { parameters in
            images.withUnsafeBufferPointer { images in
                hidden.withUnsafeMutableBufferPointer { hidden in
                    hiddenGradient.withUnsafeMutableBufferPointer { hiddenGradient in
                        outputs.withUnsafeMutableBufferPointer { outputs in
                            gradient.withUnsafeMutableBufferPointer { gradient in
                                guard let base = parameters.baseAddress,
                                    let x = images.baseAddress, let h = hidden.baseAddress,
                                    let dh = hiddenGradient.baseAddress,
                                    let o = outputs.baseAddress, let g = gradient.baseAddress
                                else { return }
                                let output = MatrixView(o, rows: count, columns: classes)
                                let activations = MatrixView(h, rows: count, columns: width)
                                let back = MatrixView(dh, rows: count, columns: width)
                                multiply(
                                    activations.transposed, output,
                                    into: MatrixView(
                                        g + offsets.output, rows: width, columns: classes))
                                sumColumns(output, into: g + offsets.outputBias)
                                multiply(
                                    output,
                                    MatrixView(
                                        reading: base + offsets.output, rows: width,
                                        columns: classes
                                    ).transposed, into: back)
                                for index in 0..<count * width where h[index] <= 0 {
                                    dh[index] = 0
                                }
                                multiply(
                                    MatrixView(reading: x, rows: count, columns: network.inputs)
                                        .transposed, back,
                                    into: MatrixView(g, rows: network.inputs, columns: width))
                                sumColumns(back, into: g + offsets.hiddenBias)
                            }
                        }
                    }
                }
            }
        }
        return total
    }

    /// The loss of one image. Its outputs give way to their gradient.
    static func loss(
        _ loss: NetworkLoss, label: Int, outputs: inout ArraySlice<Element>
    ) -> Double {
        let first = outputs.startIndex
        switch loss {
        case .squared:
            outputs[first + label] -= 1
            return outputs.reduce(0) { $0 + Double($1) * Double($1) } / 2
        case .crossEntropy:
            let greatest = Double(outputs.max() ?? 0)
            let own = Double(outputs[first + label]) - greatest
            var sum = 0.0
            for index in outputs.indices {
                let power = Elementary.exp(Double(outputs[index]) - greatest)
                outputs[index] = Element(power)
                sum += power
            }
            for index in outputs.indices { outputs[index] /= Element(sum) }
            outputs[first + label] -= 1
            return Elementary.log(sum) - own
        }
    }
}

/// The sum of each column, into as many elements.
private func sumColumns<Element: Scalar>(
    _ matrix: MatrixView<Element>, into sums: UnsafeMutablePointer<Element>
) {
    for column in 0..<matrix.columns { sums[column] = 0 }
    for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
            sums[column] += matrix.base[row * matrix.stride + column]
        }
    }
}
