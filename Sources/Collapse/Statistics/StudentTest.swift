import Compute

/// Student's one-sided tests of the mean of independent values, such as one for each seed.
public struct StudentTest: Sendable {
    /// Mean and spread of the values.
    public let summary: Summary

    public init(_ values: [Double]) { summary = Summary(values) }

    /// The p value against a mean of at most `bound`; 1 where nothing can be said.
    public func above(_ bound: Double) -> Double { tail(summary.mean - bound) }

    /// The p value against a mean of at least `bound`; 1 where nothing can be said.
    public func below(_ bound: Double) -> Double { tail(bound - summary.mean) }

    /// The p value against a mean outside `-margin ... margin`: the larger of two one-sided tests
    /// (Schuirmann 1987).
    public func within(_ margin: Double) -> Double { max(above(-margin), below(margin)) }

    /// The probability of a statistic as large as the one of some distance.
    private func tail(_ distance: Double) -> Double {
        let error = summary.standardError
        guard summary.count > 1, error.isFinite, distance.isFinite else { return 1 }
        guard error > 0 else { return distance > 0 ? 0 : 1 }
        let t = distance / error
        let degrees = Double(summary.count - 1)
        let half =
            SpecialFunctions.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
        return t > 0 ? half : 1 - half
    }
}

/// Holm's correction (1979) of p values for asking several questions: the chance that any true null
/// is rejected stays below the level, whatever the dependence among the tests.
public enum HolmCorrection {
    /// The adjusted p values, in the order of `values`.
    public static func adjusted(_ values: [Double]) -> [Double] {
        var result = values
        var largest = 0.0
        let order = values.indices.sorted { values[$0] < values[$1] }
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(values.count - rank) * values[index]))
            result[index] = largest
        }
        return result
    }
}
