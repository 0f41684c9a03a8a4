package import Compute
package import Networks

/// Training of encoders for correlation: full batches, Adam, and the loss of deep CCA (Andrew et al.
/// 2013) with noise regularisation (NR-DCCA, He et al. 2024), over all pairs of views i < j:
///
///     -sum_ij Corr(f_i(X_i), f_j(X_j)) + alpha sum_k |Corr(f_k(X_k), f_k(A_k)) - Corr(X_k, A_k)|
///
/// The noise A_k is fresh in each epoch.
package struct CorrelationTraining: Hashable, Sendable {
    /// Epochs of a generation, each a step on all rows.
    package var epochs: Int
    /// Adam's, the same in all steps.
    package var learningRate: Double
    /// r of every Corr.
    package var ridge: Double
    /// The weight of the noise regularisation; 0 for deep CCA.
    package var alpha: Double
    /// How A_k is drawn.
    package var noise: NoiseDistribution

    package init(
        epochs: Int, learningRate: Double, ridge: Double, alpha: Double, noise: NoiseDistribution
    ) {
        self.epochs = epochs
        self.learningRate = learningRate
        self.ridge = ridge
        self.alpha = alpha
        self.noise = noise
    }

    /// Trains a model in place for so many epochs.
    ///
    /// - Parameters:
    ///   - model: What training goes on from.
    ///   - encoders: Whose parameters they are.
    ///   - views: The rows of each view, at least two.
    ///   - key: What the noise depends on, beside the epochs that the model has behind it.
    ///   - progress: Told of the epochs made and all of them.
    /// - Returns: The loss before the last step.
    /// - Throws: ``SingularRepresentation``.
    package func train(
        _ model: inout EncoderModel, of encoders: Encoders, on views: [Matrix], key: RandomKey,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(SingularRepresentation) -> Double {
        var optimizer = Adam<Float>(.init(), from: model.optimizer)
        let whitened = try whiten(views, epoch: model.epochs)
        let tape = Tape<Float>()
        var gradient = [Float](repeating: 0, count: model.parameters.count)
        var loss = Double.nan
        for epoch in 0..<epochs {
            for index in gradient.indices { gradient[index] = 0 }
            let noise = alpha == 0 ? nil : draws(for: views, epoch: model.epochs, key: key)
            guard
                let found = self.loss(
                    of: encoders, model.parameters, views: views, whitened: whitened, noise: noise,
                    on: tape, gradient: &gradient)
            else { throw SingularRepresentation(epoch: model.epochs) }
            loss = found
            optimizer.step(&model.parameters, gradient: gradient, rate: learningRate)
            model.epochs += 1
            progress(epoch + 1, epochs)
        }
        model.optimizer = optimizer.state
        return loss
    }

    private func whiten(
        _ views: [Matrix], epoch: Int
    ) throws(SingularRepresentation) -> [WhitenedView] {
        guard alpha > 0 else { return [] }
        let whitened = views.compactMap { WhitenedView($0, ridge: ridge) }
        guard whitened.count == views.count else { throw SingularRepresentation(epoch: epoch) }
        return whitened
    }

    private func draws(for views: [Matrix], epoch: Int, key: RandomKey) -> [Matrix] {
        views.enumerated().map { index, view in
            noise.draws(
                rows: view.rows, columns: view.columns, from: key.at(epoch * views.count + index))
        }
    }

    /// The loss, whose gradient is added to `gradient`.
    ///
    /// - Parameters:
    ///   - encoders: The networks.
    ///   - parameters: Those of `encoders`.
    ///   - views: The rows of each view.
    ///   - whitened: The same, whitened; not read where `noise` is nil.
    ///   - noise: A_k for each view; nil for the loss without regularisation.
    ///   - tape: Where it is computed.
    ///   - gradient: An element for each parameter.
    /// - Returns: The loss; nil where a covariance is not positive definite or a number not finite.
    package func loss<Element: Scalar>(
        of encoders: Encoders, _ parameters: [Element], views: [Matrix], whitened: [WhitenedView],
        noise: [Matrix]?, on tape: Tape<Element>, gradient: inout [Element]
    ) -> Double? {
        tape.pass(parameters) {
            func encode(_ rows: Matrix, by index: Int) -> (Tape<Element>.Value, Matrix) {
                let outputs = encoders.networks[index].outputs(of: tape.input(rows), on: tape)
                return (outputs, tape.matrix(of: outputs))
            }
            func give(_ slope: Matrix, times factor: Double, to value: Tape<Element>.Value) {
                tape.addToGradient(of: value, slope, times: factor)
            }
            let encoded = views.indices.map { encode(views[$0], by: $0) }
            let own = encoded.compactMap { WhitenedView($0.1, ridge: ridge) }
            guard own.count == views.count else { return nil }
            var loss = 0.0
            for i in views.indices {
                for j in views.indices.dropFirst(i + 1) {
                    guard let correlation = CanonicalCorrelation(own[i], own[j]) else { return nil }
                    loss -= correlation.sum
                    let (first, second) = correlation.gradients()
                    give(first, times: -1, to: encoded[i].0)
                    give(second, times: -1, to: encoded[j].0)
                }
            }
            for (index, noise) in (noise ?? []).enumerated() {
                let (value, rows) = encode(noise, by: index)
                guard
                    let gap = NoiseGap(
                        view: whitened[index], noise: noise, encodedView: own[index],
                        encodedNoise: rows, ridge: ridge)
                else { return nil }
                loss += alpha * gap.value
                let (view, noise) = gap.gradients()
                give(view, times: alpha, to: encoded[index].0)
                give(noise, times: alpha, to: value)
            }
            tape.backward(&gradient)
            return loss
        }
    }
}

/// Training came to a covariance that has no Cholesky factor.
package struct SingularRepresentation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The epoch, from 0.
    package var epoch: Int

    package var description: String {
        "in epoch \(epoch) the covariance of a representation was singular or not finite: raise "
            + "ridge or lower learning-rate"
    }
}
