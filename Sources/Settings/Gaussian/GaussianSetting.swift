package import Collapse
package import Compute

/// The univariate Gaussian of Shumailov et al. (2024) and Kazdan et al. (2024): a model is a mean and a
/// variance, fitted by moments; real data are draws from N(0, sigma^2).
package struct GaussianSetting: TaskSetting {
    /// Which denominator the variance has.
    package enum VarianceEstimator: String, CaseIterable, Sendable {
        /// n, the maximum-likelihood estimator (numpy's ddof 0).
        case biased
        /// n - 1 (ddof 1).
        case unbiased
    }

    /// N(mean, variance).
    package struct Model: Hashable, Sendable {
        package var mean: Double
        package var variance: Double

        package init(mean: Double, variance: Double) {
            self.mean = mean
            self.variance = variance
        }
    }

    /// The seed's own stream of real draws.
    package struct World: Sendable {
        let key: RandomKey
    }

    package let estimator: VarianceEstimator
    package let trueVariance: Double

    package init(values: SpecificationValue, resources: SettingResources) throws {
        self.init(
            estimator: VarianceEstimator(
                rawValue: values.required("variance-estimator").textValue) ?? .biased,
            trueVariance: values.required("true-variance").numberValue)
    }

    package init(estimator: VarianceEstimator, trueVariance: Double) {
        self.estimator = estimator
        self.trueVariance = trueVariance
    }

    package func fingerprint(of stage: LoopStage) -> String {
        switch stage {
        case .world, .evaluate: "true-variance=\(trueVariance)"
        case .fit: "variance-estimator=\(estimator.rawValue)"
        case .sample: ""
        }
    }

    // MARK: Real data

    package func makeWorld(seed: UInt64, stream: UInt32, initialSize: Int) throws -> World {
        World(key: RandomKey(seed: seed, stream: stream, purpose: .realDraw))
    }

    package func realCount(in world: World) -> Int? { nil }
    package func realSize(at index: Int, in world: World) -> Int { 1 }

    package func real(_ range: Range<Int>, in world: World) throws -> GaussianDraws {
        let deviation = trueVariance.squareRoot()
        return GaussianDraws(
            range.map { index in
                var random = RandomStream(world.key.at(index))
                return deviation * random.normal()
            })
    }

    package var isConditioned: Bool { false }

    package var hasBase: Bool { false }

    /// The base model is the truth itself.
    package func baseModel(in world: World, work: Workload) throws -> Model {
        Model(mean: 0, variance: trueVariance)
    }

    // MARK: The learner

    /// Weighted moments. A fit by moments has no starting point, so `start` changes nothing.
    package func fit(
        _ data: TrainingData<GaussianDraws>, start: FitStart<Model>, world: World, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        let values = data.examples.values
        var total = 0.0
        var mean = 0.0
        var squares = 0.0
        // West's weighted recurrence keeps its digits when the variance is small against the mean.
        for (index, value) in values.enumerated() {
            let weight = data.weights?[index] ?? 1
            guard weight > 0 else { continue }
            total += weight
            let step = value - mean
            mean += step * weight / total
            squares += weight * step * (value - mean)
        }
        // With unequal weights, n - 1 becomes total - total/n: weights act as frequencies on average.
        let denominator =
            switch estimator {
            case .biased: total
            case .unbiased: total - total / Double(values.count)
            }
        // A single draw has no unbiased variance: the degenerate model is the result.
        let variance = denominator > 0 ? squares / denominator : 0
        return Fitted(model: Model(mean: mean, variance: variance), metrics: [])
    }

    package func sample(
        from parents: [Model], size: Int, conditions: GaussianDraws?, world: World, key: RandomKey,
        work: Workload
    ) throws -> GaussianDraws {
        var random = RandomStream(key)
        return GaussianDraws(
            (0..<size).map { index in
                let parent = parents[index * parents.count / size]
                return parent.mean + parent.variance.squareRoot() * random.normal()
            })
    }

    package func scores(
        of examples: GaussianDraws, under model: Model, world: World, work: Workload
    ) throws -> [Double] {
        examples.values.map { value in
            let distance = value - model.mean
            return -0.5
                * (Elementary.log(2 * .pi * model.variance) + distance * distance / model.variance)
        }
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<GaussianSetting>, world: World,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let squaredError = model.mean * model.mean
        // KL(truth || model); infinite once the variance has collapsed to zero.
        let divergence =
            0.5
            * (Elementary.log(model.variance / trueVariance)
                + (trueVariance + squaredError) / model.variance - 1)
        return [
            MetricValue(Metric.variance, model.variance),
            MetricValue(Metric.meanSquaredError, squaredError),
            MetricValue(Metric.standardDeviation, model.variance.squareRoot()),
            MetricValue(Metric.divergence, model.variance == 0 ? .infinity : divergence),
        ]
    }

    // MARK: Storage

    package func encode(_ model: Model, world: World) throws -> [String: [UInt8]] {
        ["gaussian.bin": GaussianDraws([model.mean, model.variance]).bytes]
    }

    package func decodeModel(_ files: [String: [UInt8]], world: World) throws -> Model {
        let values = try GaussianDraws(bytes: files["gaussian.bin"] ?? []).values
        guard values.count == 2 else { throw GaussianDraws.Damaged() }
        return Model(mean: values[0], variance: values[1])
    }

    package func encode(_ examples: GaussianDraws, world: World) throws -> [String: [UInt8]] {
        ["draws.bin": examples.bytes]
    }

    package func decodeExamples(
        _ files: [String: [UInt8]], world: World
    ) throws -> GaussianDraws {
        try GaussianDraws(bytes: files["draws.bin"] ?? [])
    }

    package func show(_ examples: GaussianDraws, at index: Int, world: World) -> String {
        "\(examples.values[index])"
    }
}
