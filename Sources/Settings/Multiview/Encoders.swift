package import Compute
package import Networks

/// One perceptron with ReLU for each view. All parameters stand in one array, view after view.
package struct Encoders: Hashable, Sendable {
    /// In the order of the views.
    package let networks: [Perceptron]
    /// Where the parameters of all of them lie.
    package let layout: NetworkLayout

    /// - Parameters:
    ///   - views: Columns of each view.
    ///   - hidden: Columns of each hidden layer; empty for linear encoders.
    ///   - outputs: Columns of each representation.
    package init(views: [Int], hidden: [Int], outputs: [Int]) {
        var layout = NetworkLayout()
        networks = zip(views, outputs).map { Perceptron([$0] + hidden + [$1], after: &layout) }
        self.layout = layout
    }

    /// What the encoders make of rows of each view.
    ///
    /// - Parameters:
    ///   - views: One matrix for each view.
    ///   - parameters: Those of `layout`.
    /// - Returns: A representation for each view, of as many rows.
    package func representations(of views: [Matrix], under parameters: [Float]) -> [Matrix] {
        let tape = Tape<Float>()
        return zip(networks, views).map { network, view in
            tape.pass(parameters) {
                tape.matrix(of: network.outputs(of: tape.input(view), on: tape))
            }
        }
    }

    /// The weights of each layer of a view's encoder, (inputs, outputs).
    package func weights(ofView index: Int, in parameters: [Float]) -> [Matrix] {
        networks[index].layers.map { layer in
            Matrix(
                rows: layer.inputs, columns: layer.outputs,
                parameters[layer.weights..<layer.weights + layer.inputs * layer.outputs]
                    .map { Double($0) })
        }
    }
}
