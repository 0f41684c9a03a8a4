/// How the seeds' mean changes by chance: the variance of its change over k generations is
/// `still + moving k`, of fits that err anew and of chains whose errors stay.
struct ChangeNoise {
    private let still: Double
    private let moving: Double
    /// The variance of a change over one generation.
    let ofOneStep: Double

    /// From the curves of seeds, of generations 0 to M.
    init(_ curves: [[Double]]) {
        let last = curves[0].count - 1
        let variances = (1...last).map { steps -> Double in
            let all = (0...last - steps).map { start in
                let deviation = Summary(curves.map { $0[start + steps] - $0[start] })
                    .standardDeviation
                return deviation * deviation / Double(curves.count)
            }
            return all.reduce(0, +) / Double(all.count)
        }
        ofOneStep = variances[0]
        (still, moving) = Self.nonNegativeLine(variances)
    }

    /// The least squares line a + b k through values at k = 1, 2, ... with neither below 0.
    private static func nonNegativeLine(_ values: [Double]) -> (Double, Double) {
        let count = Double(values.count)
        let positions = values.indices.map { Double($0 + 1) }
        let (sum, squares) = (positions.reduce(0, +), positions.reduce(0) { $0 + $1 * $1 })
        let total = values.reduce(0, +)
        let cross = zip(positions, values).reduce(0) { $0 + $1.0 * $1.1 }
        let determinant = count * squares - sum * sum
        if determinant > 0 {
            let slope = (count * cross - sum * total) / determinant
            let level = (total - slope * sum) / count
            if slope >= 0, level >= 0 { return (level, slope) }
            if level < 0 { return (0, max(0, cross / squares)) }
        }
        return (max(0, total / count), 0)
    }

    /// The deviation of the seeds' mean change over so many generations.
    func deviation(after steps: Int) -> Double {
        (still + moving * Double(steps)).squareRoot()
    }
}
