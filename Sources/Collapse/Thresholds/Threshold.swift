/// The value of a key that is just enough: it and all values beyond it keep an arm within a tolerance
/// of its control.
public struct Threshold: Sendable {
    /// What was measured at a value of the key.
    public struct Point: Hashable, Sendable {
        public var value: Double
        /// The arm less its control, one for each seed; larger is worse.
        public var contrasts: [Double]
    }

    /// On which side of the threshold values are enough.
    public enum Side: String, Codable, Sendable {
        case atLeast = "at-least"
        case atMost = "at-most"
    }

    /// What the search found.
    public enum Finding: Hashable, Sendable {
        /// The curve of the means comes within the tolerance there.
        case value(Double)
        /// The whole range is within the tolerance.
        case everywhere
        /// The end of the range that promises most is shown to be beyond the tolerance.
        case none
        /// That end is shown to be neither.
        case undecided
    }

    /// Two values of which the one that promises less is shown to be the better.
    public struct Rise: Hashable, Sendable {
        public var better: Double
        public var worse: Double
    }

    public var side = Side.atLeast
    public var finding: Finding
    /// The interval of the threshold: the end that is shown to be beyond the tolerance, or the range's
    /// own; and the one that is shown to be within it, with all beyond it that were tested. Nil where
    /// nothing is shown, infinite where the threshold is beyond the range.
    public var low: Double?
    public var high: Double?
    /// The chains that were measured, controls among them.
    public var runs: Int
    /// The clearest sign that the curve is not monotone, if there is any.
    public var rise: Rise?
    /// Everything that was measured, in ascending order.
    public var points: [Point]
    /// Whether the search ended because its runs were used up.
    public var usedUp: Bool

    /// The threshold, or the end of the range where the whole range is enough; nil where there is
    /// none.
    public var value: Double? {
        switch finding {
        case .value(let value): value
        case .everywhere: side == .atLeast ? low : high
        case .none, .undecided: nil
        }
    }

    /// How wide the interval is; nil where it has no end.
    public var width: Double? {
        guard let low, let high, low.isFinite, high.isFinite else { return nil }
        return high - low
    }

    /// How much a contrast differs between seeds: the median over the values that were measured.
    public var deviation: Double {
        let deviations = points.map { Summary($0.contrasts).standardDeviation }.filter(\.isFinite)
            .sorted()
        return deviations.isEmpty ? .nan : deviations[deviations.count / 2]
    }

    /// About how many seeds show that a value without any excess is within the tolerance.
    public func seedsForTolerance(_ tolerance: Double) -> Double {
        let units = SequentialTest(level: 0.0125).reach(deviation: deviation, seeds: 1) / tolerance
        return (units * units).rounded(.up)
    }

    /// The same on the axis that runs the other way.
    var mirrored: Threshold {
        var other = self
        other.side = side == .atLeast ? .atMost : .atLeast
        if case .value(let value) = finding { other.finding = .value(-value) }
        (other.low, other.high) = (high.map { -$0 }, low.map { -$0 })
        other.rise = rise.map { Rise(better: -$0.better, worse: -$0.worse) }
        other.points = points.reversed().map { Point(value: -$0.value, contrasts: $0.contrasts) }
        return other
    }
}
