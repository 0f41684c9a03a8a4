import Compute
import Networks
import Testing

@Suite struct TrainingTests {
    @Test(
        "A pass meets every example once, in an order that the key gives", arguments: [1, 2, 7, 50])
    func shuffledIndices(count: Int) {
        let key = RandomKey(seed: 9, purpose: .shuffle)
        var order = ShuffledIndices(count, key: key)
        var met: [Int] = []
        while met.count < 3 * count { met += order.next(3) }
        for pass in 0..<3 {
            #expect(met[pass * count..<(pass + 1) * count].sorted() == Array(0..<count))
        }
        var again = ShuffledIndices(count, key: key)
        #expect(again.next(met.count) == met)
    }

    @Test("Steps of Adam and AdamW are those of their definitions", arguments: [0, 0.1])
    func adam(decay: Double) {
        let configuration = Adam<Double>.Configuration(weightDecay: decay, gradientClip: 3)
        var optimizer = Adam<Double>(configuration, count: 3)
        var parameters = [1.0, -2, 0.5]
        var expected = parameters
        var (first, second) = ([0.0, 0, 0], [0.0, 0, 0])
        for step in 1...5 {
            let raw = [0.3 * Double(step), -4, 0]
            let norm = optimizer.step(&parameters, gradient: raw, rate: 0.01)
            let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(norm - length) < 1e-12)
            for index in 0..<3 {
                let gradient = raw[index] * min(1, 3 / length)
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient * gradient
                let mean = first[index] / (1 - Elementary.power(0.9, Double(step)))
                let square = second[index] / (1 - Elementary.power(0.999, Double(step)))
                expected[index] -=
                    0.01 * (decay * expected[index] + mean / (square.squareRoot() + 1e-8))
            }
            for index in 0..<3 { #expect(abs(parameters[index] - expected[index]) < 1e-12) }
        }
    }

    @Test("Fresh parameters follow their distributions")
    func initialParameters() {
        var layout = NetworkLayout()
        let layer = layout.linear(16, 500)
        let scaled = layout.linear(50, 400, .normal(gain: 2))
        let table = layout.embedding(100, width: 100)
        let parameters: [Float] = layout.initial(RandomKey(seed: 1, purpose: .initialise))
        func variance(_ range: Range<Int>) -> Double {
            parameters[range].reduce(0) { $0 + Double($1) * Double($1) } / Double(range.count)
        }
        let uniform = parameters[layer.weights..<layer.weights + layer.count]
        #expect(uniform.allSatisfy { abs($0) <= 0.25 })
        #expect(abs(variance(layer.weights..<layer.weights + layer.count) * 48 - 1) < 0.05)
        #expect(abs(variance(scaled.weights..<scaled.weights + 20_000) * 25 - 1) < 0.05)
        #expect(parameters[scaled.bias..<scaled.bias + 400].allSatisfy { $0 == 0 })
        #expect(abs(variance(table.start..<table.start + 10_000) - 1) < 0.05)
    }
}
