package import Compute

/// A linear layer's place in a flat array of parameters: x W + b for rows x.
package struct LinearLayer: Hashable, Sendable {
    /// Columns of x.
    package let inputs: Int
    /// Columns of the result.
    package let outputs: Int
    /// Where W begins, (inputs, outputs) and row-major.
    package let weights: Int
    /// Where b begins.
    package let bias: Int

    /// Parameters of the layer.
    package var count: Int { inputs * outputs + outputs }
}

/// A table of rows that indices choose from.
package struct EmbeddingLayer: Hashable, Sendable {
    /// The number of rows.
    package let rows: Int
    /// Columns of a row.
    package let width: Int
    /// Where the first row begins.
    package let start: Int
}

/// Where the parameters of a network's layers lie in one flat array, one layer after the other.
package struct NetworkLayout: Hashable, Sendable {
    /// How many parameters there are.
    package private(set) var count = 0
    private var draws: [Draw] = []

    /// How some parameters of a fresh network are drawn.
    private struct Draw: Hashable {
        enum Distribution: Hashable {
            case uniform(limit: Double)
            case normal(deviation: Double)
        }

        var range: Range<Int>
        var distribution: Distribution
    }

    /// How the weights of a fresh linear layer are drawn.
    package enum Initialisation: Hashable, Sendable {
        /// Weights and biases uniform between -1 and 1 over the square root of the inputs, as
        /// PyTorch's layers are.
        case uniform
        /// Weights normal with this variance times 1 / inputs (He et al. 2015: 2 before ReLU), biases 0.
        case normal(gain: Double)
        /// All 0.
        case zero
    }

    package init() {}

    /// Adds a linear layer.
    package mutating func linear(
        _ inputs: Int, _ outputs: Int,
        _ initialisation: Initialisation = .uniform
    ) -> LinearLayer {
        let weights = take(inputs * outputs)
        let bias = take(outputs)
        switch initialisation {
        case .uniform:
            let limit = 1 / Double(inputs).squareRoot()
            draws.append(Draw(range: weights..<count, distribution: .uniform(limit: limit)))
        case .normal(let gain):
            draws.append(
                Draw(
                    range: weights..<weights + inputs * outputs,
                    distribution: .normal(deviation: (gain / Double(inputs)).squareRoot())))
        case .zero: break
        }
        return LinearLayer(inputs: inputs, outputs: outputs, weights: weights, bias: bias)
    }

    /// Adds a table whose rows are standard normal at first.
    package mutating func embedding(_ rows: Int, width: Int) -> EmbeddingLayer {
        let start = take(rows * width)
        draws.append(Draw(range: start..<count, distribution: .normal(deviation: 1)))
        return EmbeddingLayer(rows: rows, width: width, start: start)
    }

    private mutating func take(_ elements: Int) -> Int {
        defer { count += elements }
        return count
    }

    /// The parameters of a fresh network; each depends on the key and its own place alone.
    package func initial<Element: Scalar>(_ key: RandomKey) -> [Element] {
        var parameters = [Element](repeating: 0, count: count)
        for (index, draw) in draws.enumerated() {
            let key = key.at(index)
            switch draw.distribution {
            case .normal(let deviation):
                let normals = NormalDraws.array(draw.range.count, from: key)
                for (place, normal) in zip(draw.range, normals) {
                    parameters[place] = Element(deviation * normal)
                }
            case .uniform(let limit):
                var random = RandomStream(key)
                for place in draw.range {
                    parameters[place] = Element(limit * (2 * random.uniform() - 1))
                }
            }
        }
        return parameters
    }
}
