import Compute

/// Student's one-sided tests of the mean of independent values, such as one for each seed.
public struct StudentTest: Sendable {
    /// Mean and spread of the values.
    public let summary: Summary
    /// The third central moment, where it is taken into account.
    private let thirdMoment: Double

    public init(_ values: [Double]) {
        summary = Summary(values)
        thirdMoment = 0
    }

    /// Tests that are not misled by skewed values, of whose mean Student's claim too much on the side
    /// that the values crowd: each p value is the larger of Student's and that of Johnson's modified
    /// statistic (Johnson 1978, equation 2.5).
    public init(skewed values: [Double]) {
        summary = Summary(values)
        let mean = summary.mean
        let cubes = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) }
        let moment = cubes / Double(max(1, values.count))
        thirdMoment = moment.isFinite ? moment : 0
    }

    /// The p value against a mean of at most `bound`; 1 where nothing can be said.
    public func above(_ bound: Double) -> Double { tail(summary.mean - bound, thirdMoment) }

    /// The p value against a mean of at least `bound`; 1 where nothing can be said.
    public func below(_ bound: Double) -> Double { tail(bound - summary.mean, -thirdMoment) }

    /// The p value against a mean outside `-margin ... margin`: the larger of two one-sided tests
    /// (Schuirmann 1987).
    public func within(_ margin: Double) -> Double { max(above(-margin), below(margin)) }

    /// The probability of a statistic as large as the one of some distance, for values whose third
    /// moment is `third` in the direction of the distance.
    private func tail(_ distance: Double, _ third: Double) -> Double {
        let error = summary.standardError
        guard summary.count > 1, error.isFinite, distance.isFinite else { return 1 }
        guard error > 0 else { return distance > 0 ? 0 : 1 }
        let student = probability(distance / error)
        guard third != 0 else { return student }
        let variance = summary.standardDeviation * summary.standardDeviation
        let count = Double(summary.count)
        let modified =
            distance + third / (6 * variance * count)
            + third / (3 * variance * variance) * distance * distance
        return max(student, probability(modified / error))
    }

    private func probability(_ t: Double) -> Double {
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
