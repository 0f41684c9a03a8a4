package import Collapse
package import Compute
import Support

/// The mean estimation of Amin et al. (2026), "Learning from Synthetic Data: Limitations of ERM".
///
/// Every example after generation 0 is contaminated: X = s Y + (1 - s) mu + U with the estimate Y
/// that was published last, the synthetic fraction s and noise U of variance sigma^2 in each
/// coordinate. Under `accumulate` with sample size 1, generation t is the paper's round t + 1.
package struct ContaminatedMeanSetting: IncrementalSetting {
    /// What the learner makes of contaminated examples.
    package enum Weighting: String, CaseIterable, Sendable {
        /// The plain mean of all examples: empirical risk minimisation.
        case uniform
        /// The best unbiased estimator for known s: since Y is known, (X - s Y)/(1 - s) is an
        /// unbiased example with noise variance sigma^2/(1 - s)^2, and those are averaged with
        /// their precisions.
        case bestUnbiased = "best-unbiased"
    }

    /// s, from 0 to 1; real examples have 0 instead.
    package let syntheticFraction: Double
    /// How the learner averages the examples.
    package let weighting: Weighting
    /// The number of coordinates of an example.
    package let dimension: Int
    /// sigma^2, the variance of U in each coordinate.
    package let noiseVariance: Double
    /// mu, the same in each coordinate.
    package let trueMean: Double

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        syntheticFraction = try values[Self.syntheticFraction]
        weighting = try values[Self.weighting]
        dimension = try values[Self.dimension]
        noiseVariance = try values[Self.noiseVariance]
        trueMean = try values[Self.trueMean]
    }

    // MARK: Data

    /// The seed's own stream of real examples.
    package struct SeedData: Sendable {
        let key: RandomKey
    }

    package var bytesPerUnit: Int { 8 * dimension }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        SeedData(key: RandomKey(seed: seed, stream: stream, purpose: .realDraw))
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> ContaminatedExamples {
        var examples = ContaminatedExamples(
            dimension: dimension, fraction: 0, published: Array(repeating: 0, count: dimension))
        let deviation = noiseVariance.squareRoot()
        for index in range {
            var random = RandomStream(seedData.key.at(index))
            examples.append { _ in trueMean + deviation * random.normal() }
        }
        return examples
    }

    /// The newest published estimate contaminates every example.
    package func sample(
        from parents: [[Double]], size: Int, conditions: ContaminatedExamples?, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> ContaminatedExamples {
        let published = parents[0]
        var examples = ContaminatedExamples(
            dimension: dimension, fraction: syntheticFraction, published: published)
        let deviation = noiseVariance.squareRoot()
        var random = RandomStream(key)
        for _ in 0..<size {
            examples.append { coordinate in
                let centre =
                    syntheticFraction * published[coordinate] + (1 - syntheticFraction) * trueMean
                return centre + deviation * random.normal()
            }
        }
        return examples
    }

    // MARK: The learner

    /// A weighted sum of (corrected) examples with the sum of the weights.
    package struct Statistics: Sendable {
        var weight: Double
        var sum: [Double]
    }

    package func statistics(
        of examples: ContaminatedExamples, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics {
        var statistics = Statistics(weight: 0, sum: Array(repeating: 0, count: dimension))
        for index in 0..<examples.count {
            let batch = examples.batch(of: index)
            let clean = weighting == .uniform ? 1 : 1 - batch.fraction
            let weight = (weights?[index] ?? 1) * clean * clean
            // Wholly synthetic examples tell the unbiased estimator nothing.
            guard weight > 0 else { continue }
            statistics.weight += weight
            for coordinate in 0..<dimension {
                var value = examples.values[index * dimension + coordinate]
                if weighting == .bestUnbiased {
                    value = (value - batch.fraction * batch.published[coordinate]) / clean
                }
                statistics.sum[coordinate] += weight * value
            }
        }
        return statistics
    }

    package func merge(_ later: Statistics, into statistics: inout Statistics) {
        statistics.weight += later.weight
        for coordinate in statistics.sum.indices {
            statistics.sum[coordinate] += later.sum[coordinate]
        }
    }

    /// The estimate that is published. It is undefined where no example had a weight, as under
    /// `replace` for the unbiased estimator with s = 1.
    package func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<[Double]>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<[Double]> {
        Fitted(model: statistics.sum.map { $0 / statistics.weight }, metrics: [])
    }
}
