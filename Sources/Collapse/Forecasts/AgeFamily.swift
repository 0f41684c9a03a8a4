import Compute

/// Curves in the mean age of the data, from a straight line to a quick saturation, each as it fits
/// the generations so far.
struct AgeFamily {
    /// A curve with g(0) = 0.
    private enum Curve {
        case line
        case logarithm(Double)
        case saturation(Double)
        case power(Double)

        func callAsFunction(_ age: Double) -> Double {
            switch self {
            case .line: age
            case .logarithm(let rate): Elementary.log(1 + rate * age) / rate
            case .saturation(let rate): (1 - Elementary.exp(-rate * age)) / rate
            case .power(let exponent): Elementary.power(age, exponent)
            }
        }
    }

    private static let curves: [Curve] =
        [.line]
        + [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2].flatMap {
            [Curve.saturation($0), .logarithm($0)]
        } + [0.3, 0.5, 0.7].map(Curve.power)

    /// Likelihoods to this power: generations of a chain err together, so that each says less.
    private static let temper = 0.5
    /// No curve is true to less than this share of what has changed.
    private static let coarseness = 0.01

    private let last: Double
    private let ages: [Double]
    private let from: Int
    /// b and the weight of each curve.
    private let fits: [(curve: Curve, slope: Double, weight: Double)]

    /// - Parameters:
    ///   - curves: The metric of each seed in generations 0 to M.
    ///   - ages: The mean ages of the data, beyond M.
    ///   - noise: How the mean of the curves changes by chance; undefined for one seed.
    init(_ curves: [[Double]], _ ages: [Double], noise: ChangeNoise) {
        let from = curves[0].count - 1
        let means = (0...from).map { t in
            curves.reduce(0) { $0 + $1[t] } / Double(curves.count)
        }
        let changes = (1...from).map { means[$0] - means[0] }
        let largest = changes.map(abs).max() ?? 0
        let step = noise.ofOneStep.isFinite ? noise.ofOneStep : 0
        let coarse = Self.coarseness * largest
        let variance = max(step / 2, coarse * coarse)
        // Later generations count more: weights t over their mean.
        let weights = (1...from).map { 2 * Double($0) / Double(from + 1) }
        let fits = Self.curves.map { curve -> (curve: Curve, slope: Double, loss: Double) in
            let values = (1...from).map { curve(ages[$0]) }
            var (cross, square) = (0.0, 0.0)
            for (index, value) in values.enumerated() {
                cross += weights[index] * value * changes[index]
                square += weights[index] * value * value
            }
            let slope = square > 0 ? cross / square : 0
            let loss = values.indices.reduce(0.0) { sum, index in
                let rest = changes[index] - slope * values[index]
                return sum + weights[index] * rest * rest
            }
            return (curve, slope, variance > 0 ? loss / (2 * variance) : 0)
        }
        let least = fits.map(\.loss).min() ?? 0
        let raw = fits.map { Elementary.exp(-Self.temper * ($0.loss - least)) }
        let total = raw.reduce(0, +)
        self.fits = zip(fits, raw).map { ($0.curve, $0.slope, $1 / total) }
        self.ages = ages
        self.from = from
        last = means[from]
    }

    /// The mean of the curves at a generation after M, and how far they disagree.
    func value(at generation: Int) -> (mean: Double, deviation: Double) {
        let values = fits.map { fit in
            last + fit.slope * (fit.curve(ages[generation]) - fit.curve(ages[from]))
        }
        let mean = zip(values, fits).reduce(0) { $0 + $1.0 * $1.1.weight }
        let square = zip(values, fits).reduce(0) {
            $0 + $1.1.weight * ($1.0 - mean) * ($1.0 - mean)
        }
        return (mean, square.squareRoot())
    }
}
