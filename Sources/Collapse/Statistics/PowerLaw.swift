import Compute

/// A power law with an offset, `offset + scale n^-exponent`, which falls to its offset.
public struct PowerLaw: Hashable, Sendable {
    /// What is left when n goes to infinity.
    public var offset: Double
    /// Not negative.
    public var scale: Double
    /// Within ``exponents``.
    public var exponent: Double

    /// The exponents that are looked at.
    public static let exponents = 0.02...4.0
    /// The fewest sizes that three constants can be fitted to with something left to tell by.
    public static let leastSizes = 4

    public func value(at size: Double) -> Double {
        offset + scale * Elementary.power(size, -exponent)
    }

    /// Whether the sizes determine the exponent: it is not at an end of what is looked at, and
    /// something falls.
    public var isDetermined: Bool {
        scale > 0 && exponent > Self.exponents.lowerBound * 1.01
            && exponent < Self.exponents.upperBound * 0.99
    }

    /// The law of least squares: for each exponent offset and scale are linear, and the exponent is
    /// searched for on a grid and then by the golden section. Nil for fewer than ``leastSizes`` or
    /// values that are not finite.
    ///
    /// - Parameters:
    ///   - sizes: Positive and different.
    ///   - values: One for each size.
    ///   - errors: The standard errors of the values, which count by the inverse of their squares.
    ///   - leastOffset: Below this the values cannot fall, as a squared error not below 0.
    public init?(
        sizes: [Double], values: [Double], errors: [Double], leastOffset: Double = -.infinity
    ) {
        precondition(sizes.count == values.count && sizes.count == errors.count)
        guard sizes.count >= Self.leastSizes, values.allSatisfy(\.isFinite),
            let smallest = sizes.min(), smallest > 0
        else { return nil }
        let weights = Self.weights(values, errors)
        // Shares of the smallest size, so that no power leaves the range of numbers.
        let shares = sizes.map { $0 / smallest }
        func fit(_ exponent: Double) -> (offset: Double, scale: Double, error: Double) {
            let powers = shares.map { Elementary.power($0, -exponent) }
            func mean(_ term: (Int) -> Double) -> Double {
                weights.indices.reduce(0) { $0 + weights[$1] * term($1) }
            }
            let (x, y) = (mean { powers[$0] }, mean { values[$0] })
            let spread = mean { (powers[$0] - x) * (powers[$0] - x) }
            let common = mean { (powers[$0] - x) * (values[$0] - y) }
            var scale = max(0, common / spread)
            var offset = y - scale * x
            if offset < leastOffset {
                offset = leastOffset
                let squares = mean { powers[$0] * powers[$0] }
                scale = max(0, mean { powers[$0] * (values[$0] - offset) } / squares)
            }
            let error = mean { index in
                let rest = values[index] - offset - scale * powers[index]
                return rest * rest
            }
            return (offset, scale, error)
        }
        let steps = 80
        let (low, high) = (Self.exponents.lowerBound, Self.exponents.upperBound)
        let grid = (0...steps).map {
            low * Elementary.power(high / low, Double($0) / Double(steps))
        }
        let errors = grid.map { fit($0).error }
        let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        var (left, right) = (grid[max(0, best - 1)], grid[min(steps, best + 1)])
        let golden = (5.0.squareRoot() - 1) / 2
        while right - left > 1e-7 * right {
            let (first, second) = (right - golden * (right - left), left + golden * (right - left))
            if fit(first).error < fit(second).error { right = second } else { left = first }
        }
        exponent = (left + right) / 2
        let found = fit(exponent)
        offset = found.offset
        scale = found.scale * Elementary.power(smallest, exponent)
    }

    /// Weights that add up to 1. No value counts as if it were known beyond a thousandth of itself;
    /// without an error of any they count by their own size, as where errors are shares.
    private static func weights(_ values: [Double], _ errors: [Double]) -> [Double] {
        let largest = values.map(abs).max() ?? 1
        let scales = zip(values, errors).map { value, error in
            let least = 1e-3 * max(abs(value), 1e-9 * largest, .leastNormalMagnitude)
            return error.isFinite ? max(error, least) : max(abs(value), least)
        }
        let smallest = scales.min() ?? 1
        let weights = scales.map { (smallest / $0) * (smallest / $0) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
