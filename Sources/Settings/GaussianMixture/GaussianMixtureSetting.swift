package import Collapse
package import Compute
import Support

/// A Gaussian mixture fitted by EM (Shumailov et al. 2024): points of a space, components with full
/// covariances.
package struct GaussianMixtureSetting: TaskSetting {
    /// The distribution of real points.
    package let distribution: PointDistribution
    /// The number of components of a model.
    package let components: Int
    /// The first shares of points where a fit starts from scratch or from a collapsed model.
    package let initialisation: MixtureStart
    /// The tolerance, step limit and covariance floor of a fit.
    package let algorithm: ExpectationMaximisation
    /// Below this standard deviation of the whole mixture the model counts as collapsed.
    package let collapseThreshold: Double
    /// The number of test points of a seed.
    package let testSize: Int

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        self.init(
            distribution: try PointDistribution(values, dimension: 2),
            components: try values[Self.components],
            initialisation: try values[Self.initialise],
            algorithm: ExpectationMaximisation(
                tolerance: try values[Self.tolerance],
                maximumIterations: try values[Self.iterations],
                covarianceFloor: try values[Self.covarianceFloor]),
            collapseThreshold: try values[Self.collapseThreshold],
            testSize: try values[PointDistribution.testSize])
    }

    package init(
        distribution: PointDistribution, components: Int = 2,
        initialisation: MixtureStart = .kMeans,
        algorithm: ExpectationMaximisation = ExpectationMaximisation(),
        collapseThreshold: Double = 0.1, testSize: Int = 500
    ) {
        self.distribution = distribution
        self.components = components
        self.initialisation = initialisation
        self.algorithm = algorithm
        self.collapseThreshold = collapseThreshold
        self.testSize = testSize
    }

    package var capabilities: Capabilities<GaussianMixtureSetting> {
        Capabilities(scores: scores(of:under:seedData:work:))
    }

    // MARK: Real data

    package var bytesPerUnit: Int { 16 }

    package func makeSeedData(
        seed: UInt64, stream: UInt32, initialSize: Int
    ) throws -> PointData {
        PointData(
            distribution: distribution, testSize: testSize, seed: seed, stream: stream,
            initialSize: initialSize)
    }

    package func realCount(in seedData: PointData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: PointData) -> Int { 1 }
    package func real(_ range: Range<Int>, in seedData: PointData) throws -> Points {
        seedData.real(range)
    }

    // MARK: The learner

    /// EM from the previous mixture or from first shares. A start that has collapsed gives points
    /// no shares, so the fit begins from scratch there.
    package func fit(
        _ data: TrainingData<Points>, start: FitStart<GaussianMixture>, seedData: PointData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<GaussianMixture> {
        let points = data.examples
        let first: GaussianMixture
        if case .model(let model, _) = start, !model.hasCollapsed {
            first = model
        } else {
            first = algorithm.maximisation(
                initialisation.responsibilities(
                    points, weights: data.weights, count: components, key: key),
                points, weights: data.weights)
        }
        guard !first.hasCollapsed else {
            return fitted(first, iterations: 0, hasConverged: false)
        }
        let outcome = algorithm.fit(points, weights: data.weights, from: first)
        return fitted(
            outcome.mixture, iterations: outcome.iterations, hasConverged: outcome.hasConverged)
    }

    private func fitted(
        _ mixture: GaussianMixture, iterations: Int, hasConverged: Bool
    ) -> Fitted<GaussianMixture> {
        Fitted(
            model: mixture,
            metrics: [
                Metric.iterations.value(Double(iterations)),
                Metric.converged.value(hasConverged ? 1 : 0),
            ])
    }

    package func sample(
        from parents: [GaussianMixture], size: Int, conditions: Points?, seedData: PointData,
        key: RandomKey, work: Workload
    ) throws -> Points {
        let d = distribution.dimension
        var random = RandomStream(key.at(0))
        let noise = NormalDraws.array(size * d, from: key.at(1))
        var coordinates: [Double] = []
        coordinates.reserveCapacity(size * d)
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, parent) in parents.enumerated() {
            let roots = parent.components.map(\.root)
            let count = shares[index].count
            for _ in 0..<count {
                let component = parent.drawComponent(&random)
                let start = coordinates.count
                for row in 0..<d {
                    var value = parent.components[component].mean[row]
                    for column in 0..<d {
                        value += roots[component][row, column] * noise[start + column]
                    }
                    coordinates.append(value)
                }
            }
        }
        return Points(dimension: d, coordinates)
    }

    /// The log-densities of points under a model.
    package func scores(
        of examples: Points, under model: GaussianMixture, seedData: PointData, work: Workload
    ) throws -> [Double] {
        model.logDensities(at: examples)
    }

    /// A point's coordinates in parentheses.
    package func show(_ examples: Points, at index: Int, seedData: PointData) -> String {
        examples.text(at: index)
    }
}

extension GaussianMixture {
    fileprivate func drawComponent(_ random: inout RandomStream) -> Int {
        var rest = random.uniform() * components.reduce(0) { $0 + $1.weight }
        for (index, component) in components.enumerated() {
            rest -= component.weight
            if rest < 0 { return index }
        }
        return components.count - 1
    }
}
