package import Compute

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
    package func train<Element: Scalar>(
        _ network: inout TwoLayerNetwork<Element>, on data: Data<Element>, key: RandomKey,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) -> Double {
        let count = data.labels.count
        let inputs = network.inputs
        let batch = min(batch, count)
        var pass = NetworkPass(network, capacity: batch)
        var gradient = [Element](repeating: 0, count: network.parameters.count)
        var state = NetworkOptimizerState<Element>(
            optimizer: optimizer, rate: learningRate, count: gradient.count)
        var images = [Element](repeating: 0, count: batch * inputs)
        var mean = 0.0
        for epoch in 0..<epochs {
            var random = RandomStream(key.at(epoch))
            let order = random.permutation(of: count)
            mean = 0
            for start in stride(from: 0, to: count, by: batch) {
                let chosen = order[start..<min(start + batch, count)]
                for (position, index) in chosen.enumerated() {
                    images.replaceSubrange(
                        position * inputs..<(position + 1) * inputs,
                        with: data.pixels[index * inputs..<(index + 1) * inputs])
                }
                let loss = pass.lossAndGradient(
                    of: network, images: images, labels: chosen.map { data.labels[$0] },
                    weights: data.weights.map { all in chosen.map { all[$0] } }, loss: loss,
                    gradient: &gradient)
                mean += loss * Double(chosen.count) / Double(count)
                state.update(&network.parameters, gradient)
            }
            progress(epoch + 1, epochs)
        }
        return mean
    }
}

/// What an optimizer remembers between updates.
private struct NetworkOptimizerState<Element: Scalar> {
    let optimizer: NetworkTraining.Optimizer
    let rate: Double
    private var first: [Element]
    private var second: [Element]
    /// 0.9 and 0.999 to the power of the number of updates.
    private var powers = (first: 1.0, second: 1.0)

    init(optimizer: NetworkTraining.Optimizer, rate: Double, count: Int) {
        self.optimizer = optimizer
        self.rate = rate
        first = Array(repeating: 0, count: optimizer == .adam ? count : 0)
        second = first
    }

    mutating func update(_ parameters: inout [Element], _ gradient: [Element]) {
        switch optimizer {
        case .sgd:
            let rate = Element(rate)
            for index in parameters.indices { parameters[index] -= rate * gradient[index] }
        case .adam:
            powers = (powers.first * 0.9, powers.second * 0.999)
            let rate = Element(rate / (1 - powers.first))
            let scale = Element(1 / (1 - powers.second).squareRoot())
            let (keepFirst, keepSecond): (Element, Element) = (0.9, 0.999)
            let (takeFirst, takeSecond): (Element, Element) = (0.1, 0.001)
            let epsilon: Element = 1e-8
            for index in parameters.indices {
                let slope = gradient[index]
                first[index] = keepFirst * first[index] + takeFirst * slope
                second[index] = keepSecond * second[index] + takeSecond * (slope * slope)
                parameters[index] -=
                    rate * first[index] / (second[index].squareRoot() * scale + epsilon)
            }
        }
    }
}
