/// How many seeds a verdict takes, and what some seeds can show.
struct SeedPlanning {
    /// The mean difference, larger where it is worse, and the deviation between seeds.
    var mean: Double
    var deviation: Double
    var margin: Double
    /// The level of a two-sided test of change; equivalence is tested at the same level on each side.
    var level: Double
    var power: Double

    /// More seeds than this settle nothing that anybody would run.
    private static let most = 100_000

    /// The least number of seeds that would show a change beyond the margin, or equivalence within
    /// it; nil where the mean lies on the margin, or is not known.
    var seeds: Int? {
        guard mean.isFinite, deviation.isFinite else { return nil }
        let distance = abs(abs(mean) - margin)
        guard distance > 0 else { return nil }
        let isChange = abs(mean) > margin
        var (low, high) = (DefinitionRule.leastSeeds, Self.most)
        func suffices(_ count: Int) -> Bool {
            let degrees = count - 1
            let critical = StudentQuantiles.value(
                isChange ? 1 - level / 2 : 1 - level, degrees: degrees)
            // Equivalence has to be shown on both sides.
            let reached = StudentQuantiles.value(
                isChange || mean != 0 ? power : (1 + power) / 2, degrees: degrees)
            return distance >= (critical + reached) * deviation / Double(count).squareRoot()
        }
        guard suffices(high) else { return nil }
        while low < high {
            let middle = (low + high) / 2
            if suffices(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The smallest change that so many seeds show with the power asked for.
    func detectable(seeds count: Int) -> Double? {
        guard count > 1, deviation.isFinite else { return nil }
        let degrees = count - 1
        return margin
            + (StudentQuantiles.value(1 - level / 2, degrees: degrees)
                + StudentQuantiles.value(power, degrees: degrees)) * deviation
            / Double(count).squareRoot()
    }
}
