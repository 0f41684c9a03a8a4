import Compute

/// Where a metric's mean over the seeds of a run goes after generation M, from what was measured up to
/// M alone.
///
/// Where a setting has a theory of the metric, its curve is carried on from where the seeds' mean is:
/// shifted, or scaled where it falls towards 0. Else the curve is b g(A_t) for the mean age A_t of the
/// arm's data, which its plan tells: the term of biases that compound. g is one of a family from a
/// straight line to a quick saturation (A, log(1 + c A), 1 - exp(-c A) and powers), each with the b
/// that fits generations up to M best, later ones weighing more; the forecast is their mean by
/// likelihood, and its error holds how far they disagree.
///
/// Noise is added as chains make it: the variance of the seeds' mean change over k generations is
/// c_0 + c_1 k, with both fitted to generations up to M.
public struct Forecast: Sendable {
    /// One generation after M.
    public struct Point: Sendable {
        public var generation: Int
        /// The mean over the run's seeds that is expected.
        public var estimate: Double
        /// Where that mean is with a probability of 90 %; nil for one seed.
        public var interval: ClosedRange<Double>?
    }

    /// What the curve comes from.
    public enum Basis: Hashable, Sendable {
        /// A theory's curve, with its source.
        case theory(String)
        /// The family in the mean age of the data.
        case age
    }

    public let points: [Point]
    public let basis: Basis

    /// The least M that tells a line from a curve.
    public static let leastGenerations = 3
    /// The probability of an interval.
    public static let confidence = 0.9

    /// - Parameters:
    ///   - curves: For each seed the metric in generations 0 to M, M at least ``leastGenerations``;
    ///     all finite.
    ///   - theory: A prediction of the metric's mean up to the horizon, if there is one.
    ///   - ages: The mean ages of the data up to the horizon, from generation 0.
    ///   - horizon: How many generations after M.
    public init(curves: [[Double]], theory: Prediction?, ages: [Double], horizon: Int) {
        let from = curves[0].count - 1
        precondition(from >= Self.leastGenerations, "a forecast from generation \(from)")
        precondition(ages.count > from + horizon, "ages end before the horizon")
        let isKnown = theory.map { prediction in
            prediction.values.count > from + horizon
                && prediction.values[...(from + horizon)].allSatisfy(\.isFinite)
        }
        if let theory, isKnown == true {
            basis = .theory(theory.source)
            points = Self.points(curves, theory.values, horizon)
        } else {
            basis = .age
            points = Self.points(curves, ages: ages, horizon)
        }
    }

    private static func points(
        _ curves: [[Double]], _ theory: [Double], _ horizon: Int
    ) -> [Point] {
        let from = curves[0].count - 1
        let mean = curves.reduce(0) { $0 + $1[from] } / Double(curves.count)
        let noise = ChangeNoise(curves.map { zip($0, theory).map { $0 - $1 } })
        let now = theory[from]
        return (1...horizon).map { steps in
            let then = theory[from + steps]
            // What falls towards 0 keeps its ratio to the theory, what rises its distance.
            let falls = now != 0 && mean / now > 0 && abs(then) < abs(now)
            let ratio = now == 0 ? 1 : abs(then / now)
            return point(
                from + steps, falls ? mean * then / now : mean + then - now,
                deviation: noise.deviation(after: steps) * max(falls ? 0.1 : 1, ratio),
                seeds: curves.count)
        }
    }

    private static func points(
        _ curves: [[Double]], ages: [Double], _ horizon: Int
    ) -> [Point] {
        let from = curves[0].count - 1
        let noise = ChangeNoise(curves)
        let family = AgeFamily(curves, ages, noise: noise)
        return (1...horizon).map { steps in
            let (value, spread) = family.value(at: from + steps)
            let error = noise.deviation(after: steps)
            return point(
                from + steps, value, deviation: (spread * spread + error * error).squareRoot(),
                seeds: curves.count)
        }
    }

    private static func point(
        _ generation: Int, _ value: Double, deviation: Double, seeds: Int
    ) -> Point {
        guard seeds > 1 else { return Point(generation: generation, estimate: value) }
        let half =
            StudentQuantiles.value((1 + confidence) / 2, degrees: seeds - 1) * deviation
        return Point(
            generation: generation, estimate: value,
            interval: half.isFinite ? value - half...value + half : nil)
    }
}
