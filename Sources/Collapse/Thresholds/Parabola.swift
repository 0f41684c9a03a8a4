/// A parabola through points of different weights, by least squares.
struct Parabola: Sendable {
    /// The coefficients in (x - centre).
    private let centre: Double
    private let coefficients: (Double, Double, Double)

    /// Nil for fewer than four points, which leave nothing to average.
    init?(_ points: [(x: Double, y: Double, weight: Double)]) {
        guard points.count > 3 else { return nil }
        let total = points.reduce(0) { $0 + $1.weight }
        let centre = points.reduce(0) { $0 + $1.weight * $1.x } / total
        // Polynomials that are orthogonal under the weights, so that each coefficient is a quotient.
        func mean(_ value: ((x: Double, y: Double)) -> Double) -> Double {
            points.reduce(0) { $0 + $1.weight * value(($1.x - centre, $1.y)) } / total
        }
        let second = mean { $0.x * $0.x }
        let third = mean { $0.x * $0.x * $0.x }
        func quadratic(_ x: Double) -> Double { x * x - third / second * x - second }
        let norm = mean { quadratic($0.x) * quadratic($0.x) }
        guard second > 0, norm > 0 else { return nil }
        let slope = mean { $0.x * $0.y } / second
        let bend = mean { quadratic($0.x) * $0.y } / norm
        self.centre = centre
        coefficients = (mean { $0.y } - bend * second, slope - bend * third / second, bend)
    }

    func value(at x: Double) -> Double {
        let x = x - centre
        return coefficients.0 + x * (coefficients.1 + x * coefficients.2)
    }

    /// The largest place in a range at which the parabola comes down to a level; an end of the range
    /// where it does not cross it.
    func lastAbove(_ level: Double, in range: ClosedRange<Double>) -> Double {
        let steps = 1_000
        let width = (range.upperBound - range.lowerBound) / Double(steps)
        var x = range.upperBound
        for step in 0...steps {
            x = range.upperBound - Double(step) * width
            if value(at: x) > level { return min(range.upperBound, x + width / 2) }
        }
        return range.lowerBound
    }
}
