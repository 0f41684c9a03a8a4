import Compute
import Networks
import Settings
import Testing

@Suite struct TwoLayerNetworkTests {
    /// What scripts/fixtures/image-network.py wrote.
    private struct Step: Decodable {
        struct Case: Decodable {
            var loss: String
            var value: Double
            var gradient: [Double]
            var sgd: [Double]
            var adam: [Double]
        }

        var inputs: Int
        var width: Int
        var classes: Int
        var rate: Double
        var parameters: [Double]
        var images: [Double]
        var labels: [UInt8]
        var cases: [Case]

        func network<Element: Scalar>() -> TwoLayerNetwork<Element> {
            TwoLayerNetwork(
                inputs: inputs, width: width, classes: classes,
                parameters: parameters.map { Element($0) })
        }
    }

    private func distance<Element: Scalar>(_ found: [Element], _ expected: [Double]) -> Double {
        zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    }

    private func check<Element: Scalar>(_: Element.Type, tolerance: Double) throws {
        let step = try fixture("ImageNetwork/step.json", as: Step.self)
        let images = step.images.map { Element($0) }
        for reference in step.cases {
            let loss = try #require(NetworkLoss(rawValue: reference.loss))
            let network: TwoLayerNetwork<Element> = step.network()
            var gradient = [Element](repeating: 0, count: network.parameters.count)
            let value = network.loss(
                loss, of: images, labels: step.labels, weights: nil, on: Tape(),
                gradient: &gradient)
            #expect(abs(value - reference.value) < tolerance)
            #expect(distance(gradient, reference.gradient) < tolerance)
            for (optimizer, expected) in [
                (NetworkTraining.Optimizer.sgd, reference.sgd), (.adam, reference.adam),
            ] {
                // One batch of all images: the order changes nothing but the last bits.
                var trained = network
                NetworkTraining(
                    loss: loss, optimizer: optimizer, learningRate: step.rate, batch: 100, epochs: 3
                ).train(
                    &trained, on: .init(pixels: images, labels: step.labels, weights: nil),
                    key: RandomKey(seed: 1, purpose: .shuffle))
                #expect(distance(trained.parameters, expected) < 10 * tolerance)
            }
        }
    }

    @Test("Losses, gradients and three updates are PyTorch's in both precisions")
    func reference() throws {
        try check(Double.self, tolerance: 1e-12)
        try check(Float.self, tolerance: 2e-6)
    }

    @Test("The gradient is the slope of the weighted loss", arguments: NetworkLoss.allCases)
    func finiteDifferences(loss: NetworkLoss) throws {
        for seed in 0..<5 {
            let key = RandomKey(seed: UInt64(seed), purpose: .test)
            let network = TwoLayerNetwork<Double>(inputs: 4, width: 3, classes: 3, key: key)
            let images = NormalDraws.array(20, from: key.at(1)).map(abs)
            let labels: [UInt8] = [0, 2, 1, 1, 0]
            let weights = [1, 0.5, 2, 0, 1.5]
            func value(_ network: TwoLayerNetwork<Double>) -> (Double, [Double]) {
                var gradient = [Double](repeating: 0, count: network.parameters.count)
                let loss = network.loss(
                    loss, of: images, labels: labels, weights: weights, on: Tape(),
                    gradient: &gradient)
                return (loss, gradient)
            }
            let gradient = value(network).1
            for index in network.parameters.indices {
                let step = 1e-6
                var (above, below) = (network, network)
                above.parameters[index] += step
                below.parameters[index] -= step
                let slope = (value(above).0 - value(below).0) / (2 * step)
                #expect(abs(slope - gradient[index]) < 1e-8, "parameter \(index), seed \(seed)")
            }
        }
    }

    @Test("A weight of 2 is an image met twice")
    func weights() {
        let network = TwoLayerNetwork<Double>(
            inputs: 2, width: 3, classes: 2, key: RandomKey(seed: 0, purpose: .test))
        func gradient(_ images: [Double], _ labels: [UInt8], _ weights: [Double]?) -> [Double] {
            var gradient = [Double](repeating: 0, count: network.parameters.count)
            _ = network.loss(
                .squared, of: images, labels: labels, weights: weights, on: Tape(),
                gradient: &gradient)
            return gradient.map { $0 * Double(labels.count) }
        }
        let twice = gradient([0.1, 0.9, 0.1, 0.9, 0.5, 0.2], [1, 1, 0], nil)
        let weighted = gradient([0.1, 0.9, 0.5, 0.2], [1, 0], [2, 1])
        #expect(distance(weighted, twice) < 1e-14)
    }
}
