package import Collapse
package import Compute
import Support

/// Linear regression that labels its own training data (Gerstgrasser et al. 2024; Kazdan et al.
/// 2024; Dohmatob et al. 2024, "Model Collapse Demystified"): y = x . w* + noise with x ~ N(0,
/// Sigma).
///
/// A generation's samples are inputs labelled by its model, with new noise.
package struct LinearRegressionSetting: IncrementalSetting {
    /// The examples' labels by row of their inputs, or their moments; see ``RegressionStatistics``.
    package typealias Statistics = RegressionStatistics

    /// Weights, one for each coordinate.
    package struct Model: Hashable, Sendable {
        /// In the basis of the eigenvectors of Sigma.
        package var weights: [Double]

        package init(weights: [Double]) { self.weights = weights }
    }

    /// A seed's truth and real examples.
    package struct SeedData: Sendable {
        let key: RandomKey
        /// w*, one weight for each coordinate.
        package let truth: [Double]
        /// The first sample, where its inputs are used again.
        fileprivate(set) var initial: LabelledInputs?
        /// The pseudoinverse of its inputs, where fits are nothing but products with it.
        fileprivate(set) var pseudoinverse: Matrix?
    }

    /// The inputs, labels and learner that the arm describes.
    package let task: RegressionTask
    /// The roots of the eigenvalues, which scale standard normals into inputs.
    private let deviations: [Double]
    /// What theory knows of the arm's chain, for penalties that follow from it.
    let forecast: ChainForecast

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        task = try RegressionTask(arm.values)
        deviations = task.eigenvalues.map { $0.squareRoot() }
        forecast = ChainForecast(arm: arm, task: task)
        try checkPenalties()
    }

    /// Checks that penalties which follow from theory have one to follow from.
    private func checkPenalties() throws(SpecificationIssue) {
        let remedy = "give a penalty with kind: ridge, or use workflow: replace with design: fresh"
        if task.learner == .adaptiveRidge || task.learner == .cleanRidge, let limit = forecast.limit
        {
            throw SpecificationIssue(
                path: [RegressionTask.learner.name],
                message: "the best penalty is unknown: \(limit); \(remedy)")
        }
        // Generation 2 is the first that stands for all later ones.
        if task.downstream?.learner == .adaptiveRidge, forecast.labeller(of: 2) == nil {
            throw SpecificationIssue(
                path: [
                    RegressionTask.downstream.name, RegressionTask.DownstreamGroup.learner.name,
                ],
                message: "the best penalty is unknown: \(forecast.limit ?? ""); \(remedy)")
        }
    }

    package var capabilities: Capabilities<LinearRegressionSetting> {
        Capabilities(
            scores: scores(of:under:seedData:work:), samplesUnderConditions: task.design == .same,
            fitsWeightless: true)
    }

    // MARK: Real data

    package var bytesPerUnit: Int { 8 * (task.dimension + 1) }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        let key = RandomKey(seed: seed, stream: stream, purpose: .realDraw)
        let truth = task.truth.weights(
            spectrum: task.eigenvalues, key: key.with(purpose: .initialise))
        var seedData = SeedData(key: key, truth: truth)
        if task.design == .same {
            let initial = drawnReal(0..<initialSize, in: seedData)
            seedData.initial = initial
            if task.learner == .leastSquares, let inputs = initial.tables.first {
                seedData.pseudoinverse = RidgeSolver.pseudoinverse(of: inputs.rows)
            }
        }
        return seedData
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> LabelledInputs {
        guard let initial = seedData.initial else { return drawnReal(range, in: seedData) }
        var examples = initial.selecting(Array(range.clamped(to: 0..<initial.count)))
        let rest = range.clamped(to: initial.count..<max(range.upperBound, initial.count))
        if !rest.isEmpty { examples.append(drawnReal(rest, in: seedData)) }
        return examples
    }

    /// Example i takes the i-th row of one endless sequence of normals and the i-th noise of
    /// another.
    private func drawnReal(_ range: Range<Int>, in seedData: SeedData) -> LabelledInputs {
        let table = inputs(
            range.count, from: seedData.key.at(0), startingAt: range.lowerBound * task.dimension)
        let noise = NormalDraws.array(
            range.count, from: seedData.key.at(1), startingAt: range.lowerBound)
        let means = table.rows.times(vector: seedData.truth)
        return LabelledInputs(table, labels: noisy(means, noise, variance: task.noise))
    }

    func inputs(_ count: Int, from key: RandomKey, startingAt first: Int = 0) -> InputTable {
        var elements = NormalDraws.array(count * task.dimension, from: key, startingAt: first)
        if task.spectrum != .isotropic {
            for row in 0..<count {
                let start = row * task.dimension
                for column in 0..<task.dimension { elements[start + column] *= deviations[column] }
            }
        }
        return InputTable(Matrix(rows: count, columns: task.dimension, elements))
    }

    func noisy(_ means: [Double], _ noise: [Double], variance: Double) -> [Double] {
        let deviation = variance.squareRoot()
        return zip(means, noise).map { $0 + deviation * $1 }
    }

    // MARK: The learner

    package func statistics(
        of examples: LabelledInputs, weights: [Double]?, seedData: SeedData
    ) throws -> RegressionStatistics {
        RegressionStatistics(examples, weights: weights)
    }

    package func merge(_ later: RegressionStatistics, into statistics: inout RegressionStatistics) {
        statistics.merge(later)
    }

    /// A fit in closed form has no starting point, so `start` changes nothing.
    package func fit(
        _ statistics: RegressionStatistics, generation: Int, start: FitStart<Model>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        if task.learner == .leastSquares {
            return Fitted(model: Model(weights: leastSquares(statistics, seedData)), metrics: [])
        }
        let penalty = forecast.step(generation).penalty
        let weights = statistics.weights(ridge: penalty * statistics.total)
        return Fitted(
            model: Model(weights: weights), metrics: [Metric.penalty.value(penalty)])
    }

    private func leastSquares(_ statistics: RegressionStatistics, _ seedData: SeedData) -> [Double]
    {
        if let pseudoinverse = seedData.pseudoinverse, let table = seedData.initial?.tables.first,
            let means = statistics.meanLabels(of: table)
        {
            return pseudoinverse.times(vector: means)
        }
        return statistics.weights(ridge: 0)
    }

    package func sample(
        from parents: [Model], size: Int, conditions: LabelledInputs?, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> LabelledInputs {
        let table = conditions?.tables.first ?? inputs(size, from: key.at(0))
        let noise = NormalDraws.array(size, from: key.at(1))
        let means = parents.map { table.rows.times(vector: $0.weights) }
        let shares = ParentShares(of: size, parents: parents.count)
        let labels = (0..<size).map { means[shares.parent(ofExample: $0)][$0 % table.rows.rows] }
        return LabelledInputs(table, labels: noisy(labels, noise, variance: task.syntheticNoise))
    }

    /// The log-likelihood of a label; minus its squared distance where labels have no noise.
    package func scores(
        of examples: LabelledInputs, under model: Model, seedData: SeedData, work: Workload
    ) throws -> [Double] {
        (0..<examples.count).map { index in
            let mean = zip(examples.input(at: index), model.weights).reduce(0) { $0 + $1.0 * $1.1 }
            let distance = examples.labels[index] - mean
            guard task.noise > 0 else { return -distance * distance }
            return -0.5
                * (Elementary.log(2 * .pi * task.noise) + distance * distance / task.noise)
        }
    }

    // MARK: Evaluation
}
