import Compute
import Networks
import Testing

/// Gradients of small networks against central differences in double precision.
@Suite struct TapeTests {
    /// A network with every operation of a tape.
    private struct Everything {
        let layout: NetworkLayout
        private let input: LinearLayer
        private let side: LinearLayer
        private let inner: LinearLayer
        private let output: LinearLayer
        private let table: EmbeddingLayer
        let activation: Activation

        init(_ activation: Activation) {
            self.activation = activation
            var layout = NetworkLayout()
            input = layout.linear(5, 7)
            side = layout.linear(7, 4)
            inner = layout.linear(7, 4, .normal(gain: 2))
            output = layout.linear(11, 3)
            table = layout.embedding(6, width: 7)
            self.layout = layout
        }

        func outputs(_ x: [Double], _ indices: [Int32], on tape: Tape<Double>) -> Tape<Double>.Value
        {
            let first = tape.linear(tape.input(x, columns: 5), input)
            let chosen = tape.rows(of: table, at: indices)
            let hidden = tape.apply(activation, to: tape.sum(first, chosen))
            let both = tape.linear(hidden, inner, adding: tape.linear(chosen, side))
            return tape.linear(tape.columns(tape.apply(.tanh, to: both), hidden), output)
        }
    }

    enum Measure: CaseIterable {
        case crossEntropy, squaredDistance, meanSquare

        func callAsFunction(
            of outputs: Tape<Double>.Value, weights: [Double]?, on tape: Tape<Double>
        ) -> Double {
            let labels: [UInt8] = [2, 0, 1, 1]
            switch self {
            case .crossEntropy:
                return Loss.crossEntropy(of: outputs, labels: labels, weights: weights, on: tape)
            case .squaredDistance:
                return Loss.squaredDistance(of: outputs, labels: labels, weights: weights, on: tape)
            case .meanSquare:
                let target = (0..<12).map { Double($0) / 6 - 1 }
                return target.withUnsafeBufferPointer {
                    Loss.meanSquare(of: outputs, target: $0, weights: weights, on: tape)
                }
            }
        }
    }

    @Test(
        "The gradient of every operation and loss is that of central differences",
        arguments: Activation.allCases, Measure.allCases)
    func gradients(activation: Activation, measure: Measure) {
        let network = Everything(activation)
        var parameters: [Double] = network.layout.initial(RandomKey(seed: 3, purpose: .test))
        let x = NormalDraws.array(20, from: RandomKey(seed: 4, purpose: .test))
        let weights = measure == .meanSquare ? [0.5, 2, 1, 0] : nil
        let tape = Tape<Double>()
        func loss() -> Double {
            tape.pass(parameters) {
                measure(
                    of: network.outputs(x, [5, 0, 5, 2], on: tape), weights: weights, on: tape)
            }
        }
        var gradient = [Double](repeating: 0, count: parameters.count)
        // What a longer pass left behind may not matter.
        tape.pass(parameters) {
            _ = network.outputs(x + x, Array(repeating: 1, count: 8), on: tape)
        }
        tape.pass(parameters) {
            _ = measure(
                of: network.outputs(x, [5, 0, 5, 2], on: tape), weights: weights, on: tape)
            tape.backward(&gradient)
        }
        for index in parameters.indices {
            let value = parameters[index]
            parameters[index] = value + 1e-5
            let above = loss()
            parameters[index] = value - 1e-5
            let below = loss()
            parameters[index] = value
            #expect(abs((above - below) / 2e-5 - gradient[index]) < 1e-8, "parameter \(index)")
        }
        #expect(gradient.contains { abs($0) > 1e-3 })
    }

    @Test("Gradients add to what is there, and a given gradient of outputs goes back alone")
    func givenGradient() {
        let network = Perceptron([3, 4, 2], activation: .silu)
        let parameters: [Double] = network.layout.initial(RandomKey(seed: 5, purpose: .test))
        let x = NormalDraws.array(6, from: RandomKey(seed: 6, purpose: .test))
        let tape = Tape<Double>()
        func gradient(_ first: Double, _ second: Double, from start: Double = 0) -> [Double] {
            var total = [Double](repeating: start, count: parameters.count)
            tape.pass(parameters) {
                let outputs = network.outputs(of: tape.input(x, columns: 3), on: tape)
                let slope = tape.gradient(of: outputs)
                slope[0] += first
                slope[3] += second
                tape.backward(&total)
            }
            return total
        }
        let both = gradient(1, 2)
        for (index, (one, other)) in zip(gradient(1, 0), gradient(0, 2)).enumerated() {
            #expect(abs(one + other - both[index]) < 1e-12)
        }
        #expect(zip(gradient(1, 2, from: 10), both).allSatisfy { abs($0 - 10 - $1) < 1e-12 })
    }

    @Test("A row's outputs are the same bits beside whichever rows it is computed")
    func rowsAreIndependent() {
        let network = Perceptron([9, 33, 17, 5], activation: .silu)
        let parameters: [Float] = network.layout.initial(RandomKey(seed: 7, purpose: .test))
        let x = NormalDraws.array(9 * 70, from: RandomKey(seed: 8, purpose: .test)).map {
            Float($0)
        }
        let tape = Tape<Float>()
        func outputs(_ rows: Range<Int>) -> [Float] {
            tape.pass(parameters) {
                let input = tape.input(x[rows.lowerBound * 9..<rows.upperBound * 9], columns: 9)
                return Array(tape.elements(of: network.outputs(of: input, on: tape)))
            }
        }
        let all = outputs(0..<70)
        for row in [0, 1, 31, 32, 69] {
            #expect(outputs(row..<row + 1) == Array(all[row * 5..<row * 5 + 5]))
        }
    }
}
