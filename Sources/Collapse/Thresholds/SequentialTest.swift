import Compute

/// A one-sided question that is asked again whenever seeds are added, with the chance of a wrong yes
/// held below a level over all looks: each look has its share of the level (Bonferroni over looks).
struct SequentialTest: Sendable {
    /// How many seeds there are at each look.
    static let looks = [5, 10, 20, 40, 80, 160, 320, 640]
    /// The share of the level that each look spends: most where answers are worth their seeds.
    private static let shares = [0.05, 0.1, 0.2, 0.25, 0.2, 0.1, 0.05, 0.05]

    /// The chance of a wrong yes.
    var level: Double

    /// The level of the look at so many seeds.
    private func level(at count: Int) -> Double {
        zip(Self.looks, Self.shares).first { $0.0 == count }.map { level * $0.1 } ?? 0
    }

    /// Whether the look at these values says yes; `pValue` is of the null that the answer is no.
    func isShown(_ values: [Double], pValue: (StudentTest) -> Double) -> Bool {
        pValue(StudentTest(skewed: values)) <= level(at: values.count)
    }

    /// About how many seeds it takes to show what `distance` speaks for, how far the mean lies on the
    /// side of a yes, if it is a standard error larger than it seems; infinite where it never shows.
    func seedsNeeded(_ values: [Double], distance: Double) -> Double {
        let summary = Summary(values)
        let likely = distance + summary.standardError
        guard likely > 0, let last = Self.looks.last, values.count < last else { return .infinity }
        let units = quantile * summary.standardDeviation / likely
        return units * units
    }

    /// The distance that so many seeds show about four times in five.
    func reach(deviation: Double, seeds: Int) -> Double {
        quantile * deviation / Double(seeds).squareRoot()
    }

    private var quantile: Double {
        StudentQuantiles.value(1 - level * 0.25, degrees: 39) + 0.84
    }
}
