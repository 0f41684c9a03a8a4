import Collapse
import Compute

/// Where the excess of a sweep first falls within a tolerance: how much is enough.
///
/// The excess of each grid point is the mean over seeds of the headline metric less its reference,
/// counted so that worse is positive; where neither direction is better, it is that mean's absolute
/// value. Between grid points it is interpolated linearly.
///
/// From ten seeds on the interval resamples seeds with replacement, the same seeds at every grid
/// point, so that it keeps the pairing; its ends are percentiles (Efron and Tibshirani 1993, section
/// 13.3). From three to nine its ends are where the lower and the upper limits of Student's 95 %
/// intervals of the excess first come within the tolerance.
package struct Sufficiency: Hashable, Sendable {
    /// Where a curve of excesses comes within the tolerance.
    package enum Crossing: Hashable, Comparable, Sendable {
        /// Already at the smallest value of the grid: the crossing is there or below.
        case atOrBelow(Double)
        case value(Double)
        /// Not even at the largest value of the grid.
        case above(Double)

        private var position: (Int, Double) {
            switch self {
            case .atOrBelow(let value): (0, value)
            case .value(let value): (1, value)
            case .above(let value): (2, value)
            }
        }

        /// At or below the grid comes first, then values in ascending order, then above the grid.
        package static func < (left: Crossing, right: Crossing) -> Bool {
            left.position < right.position
        }
    }

    /// The smallest value of the grid whose mean excess is within the tolerance.
    package var smallestGridValue: Double?
    /// Where the curve through the means first comes within the tolerance.
    package var crossing: Crossing
    /// How an interval comes about.
    package enum Method: Hashable, Sendable {
        case student, bootstrap

        /// Nil where there are too few seeds for any.
        package init?(seeds: Int) {
            guard seeds >= 3 else { return nil }
            self = seeds < 10 ? .student : .bootstrap
        }
    }

    /// The 95 % interval of the crossing by ``Method/init(seeds:)``; nil below three seeds.
    package var interval: ClosedRange<Crossing>?
    /// The number of seeds at every grid value.
    package var seeds: Int
    /// The number of bootstrap resamples behind ``interval``, unless a caller says otherwise.
    package static let resamples = 2_000

    /// - Parameters:
    ///   - grid: The values of the key, ascending.
    ///   - excess: For each grid value the excess of each seed; the seeds are the same everywhere.
    ///   - tolerance: The largest excess that counts as enough.
    ///   - isTwoSided: Whether an excess below 0 is as bad as one above.
    ///   - resamples: The number of bootstrap resamples.
    package init(
        grid: [Double], excess: [[Double]], tolerance: Double, isTwoSided: Bool = false,
        resamples: Int = Self.resamples
    ) {
        precondition(
            grid.count == excess.count && !grid.isEmpty,
            "\(grid.count) grid values with \(excess.count) rows of excesses")
        let seeds = excess[0].count
        precondition(
            excess.allSatisfy { $0.count == seeds }, "grid values have different numbers of seeds")
        self.seeds = seeds
        func size(_ mean: Double) -> Double { isTwoSided ? abs(mean) : mean }
        let means = excess.map { row in size(row.reduce(0, +) / Double(seeds)) }
        smallestGridValue = zip(grid, means).first { $0.1 <= tolerance }?.0
        crossing = Sufficiency.crossing(grid: grid, means: means, tolerance: tolerance)
        switch Method(seeds: seeds) {
        case nil: interval = nil
        case .student:
            let halves = excess.map { row in
                let half = Summary(row).halfWidth()
                return half.isFinite ? half : 0
            }
            func limit(_ sign: Double) -> Crossing {
                let limits = zip(means, halves).map { mean, half in
                    let limit = mean + sign * half
                    return isTwoSided ? max(0, limit) : limit
                }
                return Sufficiency.crossing(grid: grid, means: limits, tolerance: tolerance)
            }
            let ends = [limit(-1), limit(1)].sorted()
            interval = ends[0]...ends[1]
        case .bootstrap:
            interval = Sufficiency.bootstrap(
                grid: grid, excess: excess, tolerance: tolerance, resamples: resamples, size: size)
        }
    }

    private static func bootstrap(
        grid: [Double], excess: [[Double]], tolerance: Double, resamples: Int,
        size: (Double) -> Double
    ) -> ClosedRange<Crossing> {
        let seeds = excess[0].count
        var crossings: [Crossing] = []
        crossings.reserveCapacity(resamples)
        let key = RandomKey(seed: 0, purpose: .bootstrap)
        var sums = [Double](repeating: 0, count: grid.count)
        for resample in 0..<resamples {
            var stream = RandomStream(key.at(resample))
            for index in sums.indices { sums[index] = 0 }
            for _ in 0..<seeds {
                let seed = stream.below(seeds)
                for index in sums.indices { sums[index] += excess[index][seed] }
            }
            crossings.append(
                Sufficiency.crossing(
                    grid: grid, means: sums.map { size($0 / Double(seeds)) }, tolerance: tolerance))
        }
        crossings.sort()
        let tail = resamples / 40
        return crossings[tail]...crossings[resamples - 1 - tail]
    }

    /// The first value at which the piecewise linear curve through the means is within the
    /// tolerance.
    package static func crossing(
        grid: [Double], means: [Double], tolerance: Double
    ) -> Crossing {
        guard let index = means.firstIndex(where: { $0 <= tolerance }) else {
            return .above(grid[grid.count - 1])
        }
        guard index > 0 else { return .atOrBelow(grid[0]) }
        let before = means[index - 1]
        // From an infinite or undefined excess the curve comes down at the grid value itself.
        guard before.isFinite, means[index].isFinite else { return .value(grid[index]) }
        let share = (before - tolerance) / (before - means[index])
        let value = grid[index - 1] + share * (grid[index] - grid[index - 1])
        return .value(value.isFinite ? value : grid[index])
    }
}
