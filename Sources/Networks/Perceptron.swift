package import Compute

/// A multilayer perceptron: linear layers with an activation between each two of them.
package struct Perceptron: Hashable, Sendable {
    /// Columns of the inputs, of each hidden layer, and of the outputs.
    package let widths: [Int]
    package let activation: Activation
    /// Where the parameters lie.
    package let layout: NetworkLayout
    /// The linear layers, from inputs to outputs.
    package let layers: [LinearLayer]

    /// - Parameters:
    ///   - widths: At least the columns of inputs and outputs.
    ///   - activation: What follows each layer but the last.
    ///   - hidden: How the layers but the last are drawn.
    ///   - last: How the last layer is drawn.
    package init(
        _ widths: [Int], activation: Activation = .relu,
        hidden: NetworkLayout.Initialisation = .uniform,
        last: NetworkLayout.Initialisation = .uniform
    ) {
        var layout = NetworkLayout()
        self.init(widths, activation: activation, hidden: hidden, last: last, after: &layout)
    }

    /// A perceptron whose parameters stand in one array with those of other networks.
    ///
    /// - Parameters:
    ///   - widths: At least the columns of inputs and outputs.
    ///   - activation: What follows each layer but the last.
    ///   - hidden: How the layers but the last are drawn.
    ///   - last: How the last layer is drawn.
    ///   - layout: What stands before; it becomes that and the perceptron, as ``layout`` is.
    package init(
        _ widths: [Int], activation: Activation = .relu,
        hidden: NetworkLayout.Initialisation = .uniform,
        last: NetworkLayout.Initialisation = .uniform, after layout: inout NetworkLayout
    ) {
        precondition(widths.count > 1, "a perceptron of \(widths.count) widths")
        self.widths = widths
        self.activation = activation
        layers = (0..<widths.count - 1).map { index in
            layout.linear(
                widths[index], widths[index + 1], index == widths.count - 2 ? last : hidden)
        }
        self.layout = layout
    }

    /// What the activations before the last layer are for some inputs; the inputs where there is one
    /// layer only.
    package func features<Element: Scalar>(
        of x: Tape<Element>.Value, on tape: Tape<Element>
    ) -> Tape<Element>.Value {
        layers.dropLast().reduce(x) { tape.apply(activation, to: tape.linear($0, $1)) }
    }

    /// The outputs for some inputs.
    package func outputs<Element: Scalar>(
        of x: Tape<Element>.Value, on tape: Tape<Element>
    ) -> Tape<Element>.Value {
        outputs(from: features(of: x, on: tape), on: tape)
    }

    /// The outputs for what ``features(of:on:)`` gave.
    package func outputs<Element: Scalar>(
        from features: Tape<Element>.Value, on tape: Tape<Element>
    ) -> Tape<Element>.Value {
        tape.linear(features, layers[layers.count - 1])
    }
}
