import Collapse
import Testing

/// What scipy and numpy make of likelihoods and distributions; `distribution-statistics.py` of
/// scripts/fixtures says what each part is.
struct DistributionReference: Decodable {
    struct Likelihood: Decodable {
        var nats: [[Double]]
        var prompts: [Int]
        var cut: [Int]
        var mean: Double
        var quantiles: [Double]
        var histogram: [Double]
    }

    struct Calibration: Decodable {
        var confidences: [Double]
        var right: [Bool]
        var error: Double
        var floor: Double
    }

    struct Bootstrap: Decodable {
        var count: Int
        var low: Double
        var high: Double
        var error: Double
    }

    struct Distributions: Decodable {
        var p: [Double]
        var q: [Double]
        var entropy: [Double]
        var gini: [Double]
        var kl: Double
        var l1: Double
    }

    var likelihoods: [Likelihood]
    var calibrations: [Calibration]
    var bootstrap: [Bootstrap]
    var distributions: [Distributions]

    static func load() throws -> DistributionReference {
        try fixture("DistributionStatistics/statistics.json", as: DistributionReference.self)
    }
}

/// Metrics by their names, each of which occurs once.
func byName(_ metrics: [MetricValue]) -> [String: Double] {
    #expect(Set(metrics.map(\.name)).count == metrics.count)
    return Dictionary(metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
}

/// Whether a value is the expected one up to a relative error, or an absolute one below 1.
func isNear(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
    guard let value else { return false }
    return value == expected || abs(value - expected) <= tolerance * max(1, abs(expected))
}
