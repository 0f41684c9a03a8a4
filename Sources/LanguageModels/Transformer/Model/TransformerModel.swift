package import Compute

/// A transformer with fixed parameters, shared freely between threads.
package final class TransformerModel: Sendable {
    package let configuration: TransformerConfiguration
    /// Where each tensor lies in `parameters`.
    package let layout: ParameterLayout
    /// All parameters; rows of the embedding beyond the vocabulary are zero.
    package let parameters: SharedBuffer<Float>

    /// A model of given parameters, laid out as ``ParameterLayout`` says.
    package init(
        configuration: TransformerConfiguration, parameters: consuming Buffer<Float>
    ) {
        let layout = ParameterLayout(configuration)
        precondition(
            parameters.count == layout.count,
            "\(parameters.count) parameters where the configuration has \(layout.count)")
        self.configuration = configuration
        self.layout = layout
        self.parameters = SharedBuffer(parameters)
    }

    /// A fresh model: matrices drawn as `initialisation` says, biases zero, gains one.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - initialisation: The deviation of the matrices.
    ///   - key: Tensor i draws from the key's index plus i.
    /// - Returns: The model.
    /// - Throws: ``TransformerError`` where no model can have the configuration.
    package static func initial(
        _ configuration: TransformerConfiguration, initialisation: Initialisation = .gpt2,
        key: RandomKey
    ) throws(TransformerError) -> TransformerModel {
        try configuration.validate()
        let layout = ParameterLayout(configuration)
        let parameters = Buffer<Float>(count: layout.count)
        for (index, tensor) in layout.tensors.enumerated() {
            switch tensor.start {
            case .zeros: break
            case .ones: for i in tensor.range { parameters.base[i] = 1 }
            case .normal(let usual):
                let deviation = usual * initialisation.scale(width: configuration.width)
                var random = RandomStream(key.at(Int(key.index) + index))
                for i in tensor.range {
                    parameters.base[i] = Float(deviation * random.normal())
                }
            }
        }
        return TransformerModel(configuration: configuration, parameters: parameters)
    }

    /// Whether the token between documents is one of the model's.
    func validate(boundary: UInt32) throws(TransformerError) {
        guard boundary < configuration.vocabularyCount else {
            throw TransformerError(
                .request(
                    "the document boundary \(boundary) is outside the model's vocabulary of "
                        + "\(configuration.vocabularyCount)"))
        }
    }

    /// The elements of the tensor called `name`, in row-major order; nil where there is none.
    package func tensor(_ name: String) -> [Float]? {
        layout.tensors.first { $0.name == name }.map { tensor in
            Array(UnsafeBufferPointer(start: parameters.base + tensor.offset, count: tensor.count))
        }
    }
}
