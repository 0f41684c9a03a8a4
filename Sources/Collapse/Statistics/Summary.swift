import Compute
import Synchronization

/// Mean and spread of repeated measurements, with a confidence interval of the mean.
public struct Summary: Hashable, Sendable {
    /// The number of measurements, infinite ones included.
    public var count: Int
    /// The mean. An infinite measurement makes it infinite: it is never hidden.
    public var mean: Double
    /// The standard deviation with n - 1 in the denominator; nan below two measurements.
    public var standardDeviation: Double
    /// How many of the measurements are infinite.
    public var infiniteCount: Int

    /// Summarises measurements by Welford's recurrence, which keeps its digits when the mean is
    /// large against the spread.
    public init(_ values: [Double]) {
        count = values.count
        infiniteCount = values.count { $0.isInfinite }
        var mean = 0.0
        var squares = 0.0
        for (index, value) in values.enumerated() {
            let step = value - mean
            mean += step / Double(index + 1)
            squares += step * (value - mean)
        }
        if infiniteCount > 0 {
            let signs = Set(values.filter(\.isInfinite).map(\.sign))
            self.mean = signs.count > 1 ? .nan : signs.contains(.minus) ? -.infinity : .infinity
            standardDeviation = .nan
        } else {
            self.mean = values.isEmpty ? .nan : mean
            standardDeviation =
                values.count < 2 ? .nan : (squares / Double(values.count - 1)).squareRoot()
        }
    }

    /// The standard error of the mean.
    public var standardError: Double { standardDeviation / Double(count).squareRoot() }

    /// Half the width of Student's confidence interval of the mean; nan below two measurements.
    public func halfWidth(confidence: Double = 0.95) -> Double {
        guard count > 1, standardError.isFinite else { return .nan }
        return StudentQuantiles.value(0.5 + confidence / 2, degrees: count - 1) * standardError
    }
}

/// The difference of two arms over the seeds that both ran: common random numbers make the seeds
/// pairs, so the difference has a fraction of the variance.
public struct PairedDifference: Hashable, Sendable {
    /// First arm minus second arm, seed by seed.
    public var differences: [Double]
    /// Mean and spread of the ``differences``.
    public var summary: Summary

    public init(_ first: [Double], minus second: [Double]) {
        precondition(
            first.count == second.count,
            "\(first.count) values cannot be paired with \(second.count)")
        differences = zip(first, second).map { $0 - $1 }
        summary = Summary(differences)
    }

    /// The mean difference in units of its standard error.
    public var standardErrors: Double { summary.mean / summary.standardError }
    /// Whether every seed's difference has the sign of the mean.
    public var hasOneSign: Bool {
        differences.allSatisfy { $0 > 0 } || differences.allSatisfy { $0 < 0 }
    }
}

/// Student's quantiles that were asked for: a report needs few of them, thousands of times.
enum StudentQuantiles {
    private struct Quantile: Hashable {
        var probability: Double
        var degrees: Int
    }

    private static let known = Mutex<[Quantile: Double]>([:])

    static func value(_ probability: Double, degrees: Int) -> Double {
        let quantile = Quantile(probability: probability, degrees: degrees)
        return known.withLock { known in
            if let value = known[quantile] { return value }
            let value = SpecialFunctions.studentQuantile(probability, degrees: Double(degrees))
            known[quantile] = value
            return value
        }
    }
}

/// The difference of two means of independent measurements (Welch 1947).
public struct UnpairedDifference: Hashable, Sendable {
    /// The first mean less the second.
    public var mean: Double
    /// Half the width of its 95 % confidence interval; nan below two measurements of each.
    public var halfWidth: Double

    public init(_ first: Summary, minus second: Summary) {
        mean = first.mean - second.mean
        let variances = [first, second].map { $0.standardError * $0.standardError }
        let variance = variances[0] + variances[1]
        guard variance > 0, variance.isFinite else {
            halfWidth = variance == 0 ? 0 : .nan
            return
        }
        // Welch and Satterthwaite.
        let degrees =
            variance * variance
            / (variances[0] * variances[0] / Double(first.count - 1)
                + variances[1] * variances[1] / Double(second.count - 1))
        halfWidth =
            SpecialFunctions.studentQuantile(0.975, degrees: degrees) * variance.squareRoot()
    }
}
