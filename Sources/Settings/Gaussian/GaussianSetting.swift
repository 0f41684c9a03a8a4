package import Collapse
package import Compute
import Support

/// The Gaussian of Shumailov et al. (2024), Kazdan et al. (2024) and Alemohammad et al. (2024) in
/// any dimension: a model is a mean and a covariance, fitted by moments; real data are draws from
/// N(0, sigma^2 I).
package struct GaussianSetting: IncrementalSetting {
    /// Which denominator the covariance has.
    package enum VarianceEstimator: String, CaseIterable, Sendable {
        /// n, the maximum-likelihood estimator (numpy's ddof 0).
        case biased
        /// n - 1 (ddof 1).
        case unbiased
    }

    /// How a batch is drawn whose draws are only used together.
    package enum Drawing: String, CaseIterable, Sendable {
        /// Through its mean and scatter, from their own distribution.
        case moments
        /// Draw by draw.
        case rows
    }

    /// A mean and a factor of a covariance.
    package typealias Model = GaussianModel
    /// Rows, or batches of which only the moments are drawn.
    package typealias Examples = GaussianDraws
    /// Weights, mean and scatter of draws, which can be merged.
    package typealias Statistics = GaussianMoments

    /// The seed's own stream of real draws.
    package struct SeedData: Sendable {
        let key: RandomKey
    }

    /// d, the number of coordinates of a draw.
    package var dimension = 1
    /// What a fit divides the scatter by.
    package var estimator = VarianceEstimator.biased
    /// sigma^2 of the real distribution N(0, sigma^2 I).
    package var trueVariance = 1.0
    /// What the covariance of synthetic draws is multiplied by.
    package var samplingBias = 1.0
    /// How samples are drawn; ``Drawing/rows`` wherever the arm uses single draws.
    package var drawing = Drawing.moments
    /// Whether the distances that cost more than a fit are measured.
    package var measuresDistances = true
    /// A standard deviation that models are counted above.
    package var threshold: Double?

    package init() {}

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        dimension = try values[Self.dimension]
        estimator = try values[Self.estimator]
        trueVariance = try values[Self.trueVariance]
        samplingBias = try values[Self.samplingBias]
        drawing = try values[Self.drawing]
        measuresDistances = try values[Self.distances]
        threshold = try values[Self.threshold]
        // A subsample and the stages that look at single examples need the draws themselves.
        if arm.sampleUse == .anyPart || !arm.allCuration.allSatisfy({ $0 is Weight }) {
            drawing = .rows
        }
    }

    package var capabilities: Capabilities<GaussianSetting> {
        Capabilities(scores: scores(of:under:seedData:work:))
    }

    // MARK: Real data

    package var bytesPerUnit: Int { 8 * dimension }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        SeedData(key: RandomKey(seed: seed, stream: stream, purpose: .realDraw))
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> GaussianDraws {
        GaussianDraws(
            .rows(
                GaussianModel(dimension: dimension, variance: trueVariance)
                    .rows(range.count, from: seedData.key, startingAt: range.lowerBound)))
    }

    // MARK: The learner

    package func statistics(
        of examples: GaussianDraws, weights: [Double]?, seedData: SeedData
    ) throws -> GaussianMoments {
        examples.moments(weights: weights, dimension: dimension)
    }

    package func merge(_ later: GaussianMoments, into statistics: inout GaussianMoments) {
        statistics.merge(later)
    }

    /// A fit by moments has no starting point, so `start` changes nothing.
    package func fit(
        _ moments: GaussianMoments, generation: Int, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        let denominator = denominator(
            weight: moments.weight, squaredWeight: moments.squaredWeight)
        return Fitted(model: moments.model(denominator: denominator), metrics: [])
    }

    /// The same as the loop's fold over runs of equal provenance, without a copy of any run.
    package func fit(
        _ data: TrainingData<GaussianDraws>, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        let moments = try statistics(of: data.examples, weights: data.weights, seedData: seedData)
        return try fit(
            moments, generation: data.generation, start: start, seedData: seedData, key: key,
            work: work)
    }

    package func sample(
        from parents: [Model], size: Int, conditions: GaussianDraws?, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> GaussianDraws {
        var draws = GaussianDraws()
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, model) in parents.enumerated() {
            let count = shares[index].count
            // Two streams for each part: normals, and the chi-squared draws of a batch.
            let batch = GaussianBatch(
                model: model, bias: samplingBias, count: count, key: key.at(2 * index))
            draws.append(
                GaussianDraws(drawing == .moments ? .batch(batch) : .rows(batch.rows)))
        }
        return draws
    }

    /// The log-density of each draw, in nats; minus infinity under a singular model.
    package func scores(
        of examples: GaussianDraws, under model: Model, seedData: SeedData, work: Workload
    ) throws -> [Double] {
        model.logDensities(of: examples.rows)
    }
}
