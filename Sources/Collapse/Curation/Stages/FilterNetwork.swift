import Compute

/// The network of ``ContractionFilter``: features of one example through one hidden layer of tanh
/// units to a preference between 0 and 1.
struct FilterNetwork {
    /// Standardised features, row by row: what the network sees.
    private var inputs: [Double]
    /// Features in the units of the norm, row by row: what the condition measures.
    private var measured: [Double]
    /// The error of the model that drew the examples, in the units of the norm.
    private var error: [Double]
    private let dimension: Int
    private let hidden: Int
    /// Hidden weights (unit by unit, the bias last), then output weights, then the output bias.
    private var parameters: [Double]
    /// How many steps the training took.
    private(set) var steps = 0

    /// A network with random hidden weights that prefers nothing yet.
    init(
        _ task: ContractionTask, hiddenUnits: Int, isStandardised: Bool, random: inout RandomStream
    ) {
        dimension = task.dimension
        hidden = hiddenUnits
        inputs = task.features
        measured = task.features
        error = zip(task.estimate, task.reference).map { $0 - $1 }
        let scale = 1 / Double(task.dimension).squareRoot()
        parameters = []
        for _ in 0..<hiddenUnits {
            for _ in 0..<task.dimension { parameters.append(scale * random.normal()) }
            parameters.append(random.normal())
        }
        parameters += Array(repeating: 0, count: hiddenUnits + 1)
        let mean = task.mean()
        let count = Double(task.newest.count)
        for coordinate in 0..<dimension {
            let positions = stride(from: coordinate, to: inputs.count, by: dimension)
            let variance =
                positions.reduce(0) {
                    let distance = inputs[$1] - mean[coordinate]
                    return $0 + distance * distance
                } / count
            let unit = variance > 0 ? variance.squareRoot() : 1
            for position in positions {
                inputs[position] = (inputs[position] - mean[coordinate]) / unit
            }
            guard isStandardised else { continue }
            for position in positions { measured[position] /= unit }
            error[coordinate] /= unit
        }
    }

    /// Moves the parameters until the condition |e + (weighted mean - mean)| <= (1 - factor) |e|
    /// holds, and returns the preferences, one for each example.
    ///
    /// Each step solves the condition as if it were linear in the parameters (Polyak's step), which
    /// from equal preferences takes a handful. Where the examples cannot achieve it, as when all
    /// are equal, training ends there.
    mutating func train(factor: Double) -> [Double] {
        let before = norm(error)
        var state = forward()
        var length = 1.0
        while steps < 200 {
            let gap = state.distance - (1 - factor) * before
            guard abs(gap) > 1e-9 * before else { break }
            let gradient = gradient(state)
            let square = gradient.reduce(0) { $0 + $1 * $1 }
            guard square > 1e-18 * before * before else { break }
            let previous = parameters
            for index in parameters.indices {
                parameters[index] -= length * gap / square * gradient[index]
            }
            steps += 1
            let next = forward()
            // A step that makes it worse went too far.
            guard abs(next.distance - (1 - factor) * before) < abs(gap) else {
                parameters = previous
                length /= 2
                continue
            }
            length = min(1, 2 * length)
            state = next
        }
        return state.preferences
    }

    private struct Forward {
        /// Hidden activations, example by example.
        var activations: [Double]
        var preferences: [Double]
        var total: Double
        var weightedMean: [Double]
        /// The error that is left.
        var left: [Double]
        var distance: Double
    }

    private func norm(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    private func forward() -> Forward {
        let count = inputs.count / dimension
        var activations = [Double](repeating: 0, count: count * hidden)
        var preferences = [Double](repeating: 0, count: count)
        var total = 0.0
        var plain = [Double](repeating: 0, count: dimension)
        var weighted = plain
        let output = hidden * (dimension + 1)
        for index in 0..<count {
            var logit = parameters[output + hidden]
            for unit in 0..<hidden {
                let start = unit * (dimension + 1)
                var sum = parameters[start + dimension]
                for coordinate in 0..<dimension {
                    sum += parameters[start + coordinate] * inputs[index * dimension + coordinate]
                }
                let activation = 1 - 2 / (Elementary.exp(2 * sum) + 1)
                activations[index * hidden + unit] = activation
                logit += parameters[output + unit] * activation
            }
            let preference = 1 / (1 + Elementary.exp(-logit))
            preferences[index] = preference
            total += preference
            for coordinate in 0..<dimension {
                let feature = measured[index * dimension + coordinate]
                plain[coordinate] += feature
                weighted[coordinate] += preference * feature
            }
        }
        for coordinate in 0..<dimension {
            plain[coordinate] /= Double(count)
            weighted[coordinate] /= total
        }
        let left = (0..<dimension).map { error[$0] + weighted[$0] - plain[$0] }
        return Forward(
            activations: activations, preferences: preferences, total: total,
            weightedMean: weighted, left: left, distance: norm(left))
    }

    /// The derivative of the distance by the parameters.
    private func gradient(_ state: Forward) -> [Double] {
        var gradient = [Double](repeating: 0, count: parameters.count)
        guard state.distance > 0 else { return gradient }
        let output = hidden * (dimension + 1)
        for index in state.preferences.indices {
            var slope = 0.0
            for coordinate in 0..<dimension {
                let distance =
                    measured[index * dimension + coordinate] - state.weightedMean[coordinate]
                slope += state.left[coordinate] * distance
            }
            let preference = state.preferences[index]
            slope *= preference * (1 - preference) / (state.distance * state.total)
            gradient[output + hidden] += slope
            for unit in 0..<hidden {
                let activation = state.activations[index * hidden + unit]
                gradient[output + unit] += slope * activation
                let inner = slope * parameters[output + unit] * (1 - activation * activation)
                let start = unit * (dimension + 1)
                for coordinate in 0..<dimension {
                    gradient[start + coordinate] += inner * inputs[index * dimension + coordinate]
                }
                gradient[start + dimension] += inner
            }
        }
        return gradient
    }
}
