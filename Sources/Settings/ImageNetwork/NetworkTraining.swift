package import Compute
import Networks

/// Mini-batch training of a `TwoLayerNetwork`.
package struct NetworkTraining: Hashable, Sendable {
    /// The update rule.
    package enum Optimizer: String, CaseIterable, Sendable {
        /// Kingma and Ba (2015) with decay rates 0.9 and 0.999 and epsilon 1e-8.
        case adam
        /// Plain stochastic gradient descent.
        case sgd
    }

    /// The loss whose mean over a batch is minimised.
    package var loss: NetworkLoss
    /// How a gradient changes the parameters; its state starts empty in every training.
    package var optimizer: Optimizer
    /// The same for all updates.
    package var learningRate: Double
    /// The number of images in a batch; the last one of an epoch may have fewer.
    package var batch: Int
    /// The number of passes over the images.
    package var epochs: Int

    package init(
        loss: NetworkLoss, optimizer: Optimizer, learningRate: Double, batch: Int, epochs: Int
    ) {
        self.loss = loss
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.batch = batch
        self.epochs = epochs
    }

    /// Labelled images, some of them perhaps several times.
    package struct Data<Element: Scalar> {
        /// Image by image.
        package var pixels: [Element]
        /// The class of each image, from 0.
        package var labels: [UInt8]
        /// What the loss of each image is multiplied by; nil for 1.
        package var weights: [Double]?

        package init(pixels: [Element], labels: [UInt8], weights: [Double]?) {
            self.pixels = pixels
            self.labels = labels
            self.weights = weights
        }
    }

    /// Trains a network in place. Each epoch meets all images once, in an order of its own.
    ///
    /// - Returns: The mean loss of the last epoch, before each of its updates.
    @discardableResult
    @_specialize(where Element == Float)
    package func train<Element: Scalar>(
        _ network: inout TwoLayerNetwork<Element>, on data: Data<Element>, key: RandomKey,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) -> Double {
        let count = data.labels.count
        let inputs = network.network.widths[0]
        let batch = min(batch, count)
        let tape = Tape<Element>()
        var gradient = [Element](repeating: 0, count: network.parameters.count)
        var adam = Adam<Element>(count: optimizer == .adam ? gradient.count : 0)
        var mean = 0.0
        for epoch in 0..<epochs {
            var random = RandomStream(key.at(epoch))
            let order = random.permutation(of: count)
            mean = 0
            for start in stride(from: 0, to: count, by: batch) {
                let chosen = order[start..<min(start + batch, count)]
                var images: [Element] = []
                images.reserveCapacity(chosen.count * inputs)
                for index in chosen { images += data.pixels[index * inputs..<(index + 1) * inputs] }
                for index in gradient.indices { gradient[index] = 0 }
                let loss = network.loss(
                    loss, of: images, labels: chosen.map { data.labels[$0] },
                    weights: data.weights.map { all in chosen.map { all[$0] } }, on: tape,
                    gradient: &gradient)
                mean += loss * Double(chosen.count) / Double(count)
                switch optimizer {
                case .adam:
                    adam.step(&network.parameters, gradient: gradient, rate: learningRate)
                case .sgd:
                    let rate = Element(learningRate)
                    for index in gradient.indices {
                        network.parameters[index] -= rate * gradient[index]
                    }
                }
            }
            progress(epoch + 1, epochs)
        }
        return mean
    }
}
