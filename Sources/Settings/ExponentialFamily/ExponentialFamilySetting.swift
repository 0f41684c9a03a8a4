package import Collapse
package import Compute
import Support

/// The random walk of estimators of Xu et al. (2025), in four exponential families, with the
/// absorption at zero of Suresh et al. (2025): the model is the maximum-likelihood mean, its
/// samples feed the next.
package struct ExponentialFamilySetting: IncrementalSetting {
    let family: Family
    /// The true mean of a draw.
    package let parameter: Double
    /// Whether a generation's draws are made as one sum: then it costs the same at any sample size.
    /// Workflows that take parts of samples, and curation, need every draw.
    let drawsSums: Bool

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        family = try values[Self.family]
        parameter = try values[Self.parameter]
        drawsSums = arm.sampleUse == .whole && arm.allCuration.isEmpty
        let range: String? =
            switch family {
            case .gaussianMean: nil
            case .exponential, .poisson: parameter > 0 ? nil : "above 0"
            case .bernoulli: parameter > 0 && parameter < 1 ? nil : "between 0 and 1"
            }
        if let range {
            throw SpecificationIssue(
                path: [Self.parameter.name],
                message: "the mean of the family \(family.rawValue) must lie \(range), "
                    + "not at \(parameter)")
        }
    }

    package var capabilities: Capabilities<ExponentialFamilySetting> {
        Capabilities(
            estimation: .init(features: features(of:seedData:), estimate: estimate(of:seedData:)))
    }

    // MARK: Data

    /// A seed's stream of real draws and the size of generation 0's sample.
    package struct SeedData: Sendable {
        let key: RandomKey
        /// n_0, the unit of the scaled error.
        let initialSize: Int
    }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        SeedData(
            key: RandomKey(seed: seed, stream: stream, purpose: .realDraw),
            initialSize: initialSize)
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> FamilyDraws {
        if family == .gaussianMean {
            let normals = NormalDraws.array(
                range.count, from: seedData.key, startingAt: range.lowerBound)
            return FamilyDraws(normals.map { .init(sum: parameter + $0, count: 1) })
        }
        return FamilyDraws(
            range.map { index in
                var random = RandomStream(seedData.key.at(index))
                return .init(
                    sum: family.sum(of: 1, mean: parameter, from: &random), count: 1)
            })
    }

    package func sample(
        from parents: [Double], size: Int, conditions: FamilyDraws?, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> FamilyDraws {
        var random = RandomStream(key)
        var elements: [FamilyDraws.Element] = []
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, mean) in parents.enumerated() {
            let count = shares[index].count
            let single = drawsSums ? count : 1
            for _ in 0..<(drawsSums ? min(1, count) : count) {
                elements.append(
                    .init(
                        sum: family.sum(of: single, mean: mean, from: &random), count: single))
            }
        }
        return FamilyDraws(elements)
    }

    // MARK: The learner

    /// The total weight of draws and their weighted sum.
    package struct Statistics: Sendable {
        var weight: Double
        var sum: Double
    }

    package func statistics(
        of examples: FamilyDraws, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics {
        var statistics = Statistics(weight: 0, sum: 0)
        for (index, element) in examples.elements.enumerated() {
            let weight = weights?[index] ?? 1
            statistics.weight += weight * Double(element.count)
            statistics.sum += weight * element.sum
        }
        return statistics
    }

    package func merge(_ later: Statistics, into statistics: inout Statistics) {
        statistics.weight += later.weight
        statistics.sum += later.sum
    }

    /// The mean maximises the likelihood in every one of the families.
    package func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Double>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Double> {
        Fitted(model: statistics.sum / statistics.weight, metrics: [])
    }

    /// One feature for each example: the mean of its draws.
    package func features(of examples: FamilyDraws, seedData: SeedData) throws -> [Double] {
        examples.elements.map { $0.sum / Double($0.count) }
    }

    /// One element: the model's mean, or the true mean where `model` is nil.
    package func estimate(of model: Double?, seedData: SeedData) throws -> [Double] {
        [model ?? parameter]
    }
}
