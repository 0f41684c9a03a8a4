import Compute
import Networks

/// The network of ``ContractionFilter``: features of one example through one hidden layer of tanh
/// units to a preference between 0 and 1.
struct FilterNetwork {
    private let network: Perceptron
    private var parameters: [Double]
    /// Standardised features, row by row: what the network sees.
    private let inputs: [Double]
    private let condition: Condition
    /// How many steps the training took.
    private(set) var steps = 0

    /// A network with random hidden weights that prefers nothing yet.
    init(_ task: ContractionTask, hiddenUnits: Int, isStandardised: Bool, key: RandomKey) {
        network = Perceptron([task.dimension, hiddenUnits, 1], activation: .tanh, last: .zero)
        parameters = network.layout.initial(key)
        let (mean, units) = task.meanAndDeviation()
        inputs = task.features.enumerated().map { index, feature in
            (feature - mean[index % mean.count]) / units[index % mean.count]
        }
        condition = Condition(task, units: isStandardised ? units : nil)
    }

    /// Moves the parameters until the condition |e + (weighted mean - mean)| <= (1 - factor) |e|
    /// holds, and returns the preferences, one for each example.
    ///
    /// Each step solves the condition as if it were linear in the parameters (Polyak's step), which
    /// from equal preferences takes a handful. Where the examples cannot achieve it, as when all
    /// are equal, training ends there.
    mutating func train(factor: Double) -> [Double] {
        let before = condition.error.norm
        let target = (1 - factor) * before
        let tape = Tape<Double>()
        var state = evaluate(parameters, on: tape)
        var length = 1.0
        while steps < 200 {
            let gap = state.distance - target
            guard abs(gap) > 1e-9 * before else { break }
            let square = state.gradient.reduce(0) { $0 + $1 * $1 }
            guard square > 1e-18 * before * before else { break }
            let moved = zip(parameters, state.gradient).map { $0 - length * gap / square * $1 }
            let next = evaluate(moved, on: tape)
            steps += 1
            // A step that makes it worse went too far.
            guard abs(next.distance - target) < abs(gap) else {
                length /= 2
                continue
            }
            length = min(1, 2 * length)
            (parameters, state) = (moved, next)
        }
        return state.preferences
    }

    private struct Evaluation {
        var preferences: [Double]
        /// The norm of the error that is left.
        var distance: Double
        /// The derivative of the distance by the parameters.
        var gradient: [Double]
    }

    private func evaluate(_ parameters: [Double], on tape: Tape<Double>) -> Evaluation {
        tape.pass(parameters) {
            let logits = network.outputs(
                of: tape.input(inputs, columns: condition.dimension), on: tape)
            let preferences = tape.elements(of: logits).map { 1 / (1 + Elementary.exp(-$0)) }
            let (distance, slopes) = condition.distance(preferences)
            let back = tape.gradient(of: logits)
            for (index, preference) in preferences.enumerated() {
                back[index] = slopes[index] * preference * (1 - preference)
            }
            var gradient = [Double](repeating: 0, count: parameters.count)
            tape.backward(&gradient)
            return Evaluation(preferences: preferences, distance: distance, gradient: gradient)
        }
    }
}

/// What a filter is trained to meet: an expected re-estimate that is closer to the reference.
private struct Condition {
    /// The error of the model that drew the examples, in the units of the norm.
    let error: [Double]
    /// Features in those units, row by row.
    private let features: [Double]
    private let mean: [Double]

    var dimension: Int { error.count }

    /// - Parameters:
    ///   - task: Whose condition it is.
    ///   - units: What each coordinate is divided by; nil for nothing.
    init(_ task: ContractionTask, units: [Double]?) {
        let units = units ?? Array(repeating: 1, count: task.dimension)
        error = task.estimate.indices.map { (task.estimate[$0] - task.reference[$0]) / units[$0] }
        mean = zip(task.mean(), units).map(/)
        features = task.features.enumerated().map { $1 / units[$0 % units.count] }
    }

    /// The norm of the error that is left under some preferences, and its derivative by each.
    func distance(_ preferences: [Double]) -> (value: Double, slopes: [Double]) {
        let total = preferences.reduce(0, +)
        var weighted = Array(repeating: 0.0, count: dimension)
        for (index, preference) in preferences.enumerated() {
            for coordinate in 0..<dimension {
                weighted[coordinate] += preference * features[index * dimension + coordinate]
            }
        }
        for coordinate in 0..<dimension { weighted[coordinate] /= total }
        let left = (0..<dimension).map { error[$0] + weighted[$0] - mean[$0] }
        let distance = left.norm
        guard distance > 0 else {
            return (0, Array(repeating: 0, count: preferences.count))
        }
        let slopes = preferences.indices.map { index in
            (0..<dimension).reduce(0) {
                $0 + left[$1] * (features[index * dimension + $1] - weighted[$1])
            } / (distance * total)
        }
        return (distance, slopes)
    }
}

extension [Double] {
    /// The Euclidean norm.
    fileprivate var norm: Double { reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
