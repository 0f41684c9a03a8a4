import Compute
import LanguageModels
import Testing

/// Gradients against central differences, in double precision.
@Suite struct GradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var configuration: TransformerConfiguration
        var sequences = 2
        var length: Int
        var dropout = 0.0
        var scope = AttentionScope.window

        var testDescription: String {
            "\(configuration.family) L\(configuration.layers) "
                + "H\(configuration.heads)/\(configuration.keyValueHeads) d\(configuration.width) "
                + "T\(length) V\(configuration.vocabularyCount) dropout \(dropout) \(scope)"
        }

        static let all = [
            // Heads of 4 and 5 elements: nothing is a multiple of a vector.
            Case(
                configuration: TransformerConfiguration(
                    layers: 2, heads: 3, width: 12, contextLength: 7, vocabularyCount: 19),
                length: 7),
            Case(
                configuration: TransformerConfiguration(
                    layers: 1, heads: 1, width: 5, contextLength: 4, vocabularyCount: 16),
                sequences: 3, length: 3),
            // Whole vectors, and two blocks of queries.
            Case(
                configuration: TransformerConfiguration(
                    layers: 2, heads: 2, width: 32, contextLength: 70, vocabularyCount: 48),
                length: 70),
            Case(
                configuration: TransformerConfiguration(
                    layers: 2, heads: 2, width: 16, contextLength: 9, vocabularyCount: 33),
                length: 9, dropout: 0.25),
            // A logit matrix of its own, an inner width of its own, and documents that do not see
            // each other.
            Case(
                configuration: TransformerConfiguration(
                    layers: 2, heads: 2, width: 8, innerWidth: 5, contextLength: 9,
                    vocabularyCount: 5, tiesEmbedding: false),
                length: 9, scope: .documentRestarting),
            Case(
                configuration: TransformerConfiguration(
                    family: .llama, layers: 2, heads: 4, keyValueHeads: 2, headWidth: 6,
                    width: 20, innerWidth: 7, contextLength: 7, vocabularyCount: 19),
                length: 7),
            Case(
                configuration: TransformerConfiguration(
                    family: .llama, layers: 2, heads: 3, keyValueHeads: 1, width: 96,
                    innerWidth: 48, contextLength: 70, vocabularyCount: 33, ropeTheta: 100,
                    tiesEmbedding: true),
                length: 70),
            Case(
                configuration: TransformerConfiguration(
                    family: .llama, layers: 1, heads: 2, width: 16, contextLength: 9,
                    vocabularyCount: 5),
                length: 9, dropout: 0.25, scope: .document),
        ]
    }

    @Test(arguments: Case.all)
    func agreeWithCentralDifferences(_ test: Case) throws {
        let problem = Problem(test)
        var gradient = problem.zeros()
        _ = problem.loss(problem.parameters, gradient: &gradient)
        var random = RandomStream(RandomKey(seed: 7, purpose: .test))
        for tensor in problem.layout.tensors {
            var difference = 0.0
            var size = 0.0
            // All of a small tensor, some elements of a large one.
            let chosen =
                tensor.count <= 40
                ? Array(tensor.range)
                : (0..<40).map { _ in tensor.offset + random.below(tensor.count) }
            for index in chosen {
                let step = 1e-5
                var moved = problem.parameters
                moved[index] += step
                let above = problem.loss(moved)
                moved[index] -= 2 * step
                let below = problem.loss(moved)
                let slope = (above - below) / (2 * step)
                difference += (slope - gradient[index]) * (slope - gradient[index])
                size += slope * slope
            }
            let error = (difference / max(size, 1e-12)).squareRoot()
            #expect(error < 1e-6, "\(tensor.name): relative error \(error)")
        }
    }

    @Test func paddingHasNoGradient() {
        let problem = Problem(Case.all[0])
        var gradient = problem.zeros()
        _ = problem.loss(problem.parameters, gradient: &gradient)
        var isParameter = Array(repeating: false, count: gradient.count)
        for tensor in problem.layout.tensors {
            for index in tensor.range { isParameter[index] = true }
        }
        for index in gradient.indices where !isParameter[index] { #expect(gradient[index] == 0) }
    }

    @Test func gradientsAddUp() {
        let problem = Problem(Case.all[0])
        var once = problem.zeros()
        _ = problem.loss(problem.parameters, gradient: &once)
        var twice = once
        _ = problem.loss(problem.parameters, gradient: &twice)
        for index in once.indices { #expect(abs(twice[index] - 2 * once[index]) < 1e-12) }
    }
}

/// A loss as a function of the parameters of a small model, in double precision.
private final class Problem {
    let layout: ParameterLayout
    let parameters: [Double]
    private let test: GradientTests.Case
    private let engine: SliceEngine<Double>
    private let tokens: [Int32]
    private let coefficients: [Double]

    init(_ test: GradientTests.Case) {
        self.test = test
        layout = ParameterLayout(test.configuration)
        var random = RandomStream(RandomKey(seed: 3, purpose: .test))
        var parameters = Array(repeating: 0.0, count: layout.count)
        for tensor in layout.tensors {
            let isGain = tensor.start == .ones
            for index in tensor.range {
                parameters[index] = (isGain ? 1 : 0) + 0.3 * random.normal()
            }
        }
        self.parameters = parameters
        engine = SliceEngine(
            configuration: test.configuration, sequences: test.sequences, length: test.length,
            purpose: .training, mask: test.scope.mask(boundary: 1))
        let rows = test.sequences * test.length
        tokens = (0..<2 * rows).map { _ in
            Int32(random.below(test.configuration.vocabularyCount))
        }
        // Some rows count nothing, as beyond a window's end.
        coefficients = (0..<rows).map { $0 % 5 == 4 ? 0 : random.uniform() / Double(rows) }
    }

    func zeros() -> [Double] { Array(repeating: 0, count: layout.count) }

    func loss(_ parameters: [Double]) -> Double {
        var gradient = zeros()
        return loss(parameters, gradient: &gradient)
    }

    func loss(_ parameters: [Double], gradient: inout [Double]) -> Double {
        let rows = test.sequences * test.length
        for row in 0..<rows {
            engine.tokens[row] = tokens[row]
            engine.targets[row] = tokens[rows + row]
        }
        let memory = Buffer(parameters)
        let sum = Buffer(gradient)
        let weights = Buffer(coefficients)
        let loss = engine.accumulate(
            parameters: memory.base, gradient: sum.base, coefficients: weights.base,
            sequences: test.sequences, length: test.length,
            dropout: test.dropout > 0 ? (test.dropout, 99, 5) : nil)
        gradient = sum.array()
        return loss
    }
}
