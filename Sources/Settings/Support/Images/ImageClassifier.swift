import Compute
import Networks

/// A small classifier of real images, whose last hidden layer is the space in which images are
/// compared: p - 128 - 32 - c with ReLU, 600 steps of Adam on batches of 128 with some noise.
struct ImageClassifier: Sendable {
    private let network: Perceptron
    private let parameters: [Float]

    private static let steps = 600
    private static let batch = 128
    private static let rate = 2e-3
    private static let noise: Float = 0.1
    private static let penalty: Float = 1e-4
    /// Columns of the features.
    static let featureCount = 32

    /// Trains on images of pixels between -1 and 1.
    init(pixels: [Float], labels: [UInt8], classes: Int, key: RandomKey) {
        let size = pixels.count / labels.count
        let network = Perceptron([size, 128, Self.featureCount, classes])
        var parameters: [Float] = network.layout.initial(key.with(purpose: .initialise))
        var order = ShuffledIndices(labels.count, key: key.with(purpose: .shuffle))
        var optimizer = Adam<Float>(count: parameters.count)
        let tape = Tape<Float>()
        for step in 0..<Self.steps {
            let chosen = order.next(Self.batch)
            let noise = NormalDraws.array(
                chosen.count * size, from: key.with(purpose: .noise).at(step))
            var gradient = parameters.map { Self.penalty * $0 }
            tape.pass(parameters) {
                let x = tape.input(rows: chosen.count, columns: size) { out in
                    for (row, index) in chosen.enumerated() {
                        for column in 0..<size {
                            let place = row * size + column
                            out[place] =
                                pixels[index * size + column] + Self.noise * Float(noise[place])
                        }
                    }
                }
                _ = Loss.crossEntropy(
                    of: network.outputs(of: x, on: tape), labels: chosen.map { labels[$0] },
                    on: tape)
                tape.backward(&gradient)
            }
            optimizer.step(&parameters, gradient: gradient, rate: Self.rate)
        }
        self.network = network
        self.parameters = parameters
    }

    /// The features of some images, a row each, and the class that each is taken for.
    func judgement(of pixels: [Float]) -> (features: Matrix, classes: [UInt8]) {
        let size = network.widths[0]
        let count = pixels.count / size
        let tape = Tape<Float>()
        return tape.pass(parameters) {
            let x = tape.input(pixels, columns: size)
            let hidden = network.features(of: x, on: tape)
            let features = tape.elements(of: hidden)
            let outputs = tape.elements(of: network.outputs(from: hidden, on: tape))
            let classes = outputs.count / max(1, count)
            let found = (0..<count).map { row in
                UInt8(
                    (1..<classes).reduce(0) { best, column in
                        outputs[row * classes + column] > outputs[row * classes + best]
                            ? column : best
                    })
            }
            return (
                Matrix(rows: count, columns: Self.featureCount, features.map { Double($0) }), found
            )
        }
    }
}
