package import Networks

/// What a generation hands to the next: encoders and how far their training has come.
///
/// Parameters are single precision, whose products have the same bits on every machine and take half
/// the time. Covariances, their factors and gradients are double: where correlations come near to 1
/// their factors are nearly singular.
package struct EncoderModel: Hashable, Sendable {
    /// Those of `Encoders.layout`.
    package var parameters: [Float]
    /// What Adam remembers.
    package var optimizer: Adam<Float>.State
    /// Epochs of training so far, in all generations: what the noise of the next one depends on.
    package var epochs: Int

    /// Untrained encoders.
    package init(parameters: [Float]) {
        self.init(
            parameters: parameters, optimizer: Adam<Float>.State(count: parameters.count),
            epochs: 0)
    }

    package init(parameters: [Float], optimizer: Adam<Float>.State, epochs: Int) {
        self.parameters = parameters
        self.optimizer = optimizer
        self.epochs = epochs
    }
}
