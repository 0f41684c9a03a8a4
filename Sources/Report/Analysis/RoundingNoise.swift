import Collapse

/// Differences in the last digits of two numbers, which say how a computer rounds and nothing else.
enum RoundingNoise {
    /// What is smaller than this share of the numbers that it was made of is noise.
    static let share = 1e-12

    /// `first` minus `second`, or 0 where the rest is noise.
    static func difference(_ first: Double, _ second: Double) -> Double {
        let difference = first - second
        return abs(difference) <= share * max(abs(first), abs(second)) && difference.isFinite
            ? 0 : difference
    }
}

extension PairedDifference {
    /// First minus second within each pair, without the noise of rounding.
    init(withoutNoise first: [Double], minus second: [Double]) {
        self.init(
            zip(first, second).map(RoundingNoise.difference),
            minus: [Double](repeating: 0, count: second.count))
    }
}
