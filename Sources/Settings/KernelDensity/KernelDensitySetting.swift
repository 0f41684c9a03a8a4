package import Collapse
package import Compute
import Support

/// Kernel density estimation with a Gaussian kernel (Kazdan et al. 2024): a model is its training
/// points and a bandwidth; it draws a point of them and adds normal noise.
package struct KernelDensitySetting: IncrementalSetting {
    /// What a fit keeps of its data. All parts add over runs of points.
    package struct Statistics: Sendable {
        var points: KernelPoints
        var moments: PointMoments
        /// The kernel sums at the test points; nil where the bandwidth depends on the number of
        /// points.
        var testSums: KernelSums?
    }

    /// A kernel estimate: weighted training points and a bandwidth.
    package struct Model: Sendable {
        /// h, the kernel's standard deviation in each coordinate.
        package var bandwidth: Double
        var data: Statistics
    }

    /// A seed's real points, and its test points in the layout of the kernel sums.
    package struct SeedData: Sendable {
        let points: PointData
        let test: EvaluationPoints
    }

    /// The distribution of real points.
    package let distribution: PointDistribution
    /// A fixed bandwidth, or a rule by the number of training points.
    package let bandwidth: Bandwidth
    /// The number of test points of a seed.
    package let testSize: Int

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        self.init(
            distribution: try PointDistribution(values, dimension: 1),
            bandwidth: try values[Self.bandwidth],
            testSize: try values[PointDistribution.testSize])
    }

    package init(distribution: PointDistribution, bandwidth: Bandwidth, testSize: Int = 500) {
        self.distribution = distribution
        self.bandwidth = bandwidth
        self.testSize = testSize
    }

    package var capabilities: Capabilities<KernelDensitySetting> {
        Capabilities(scores: scores(of:under:seedData:work:))
    }

    // MARK: Real data

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        let points = PointData(
            distribution: distribution, testSize: testSize, seed: seed, stream: stream,
            initialSize: initialSize)
        return SeedData(points: points, test: EvaluationPoints(points.test))
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }
    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> Points {
        seedData.points.real(range)
    }

    // MARK: The learner

    package func statistics(
        of examples: Points, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics {
        let points = KernelPoints(examples, weights: weights)
        var statistics = Statistics(
            points: points, moments: PointMoments(examples, weights: weights))
        if case .fixed(let width) = bandwidth {
            statistics.testSums = points.sums(at: seedData.test, bandwidth: width)
        }
        return statistics
    }

    package func merge(_ later: Statistics, into statistics: inout Statistics) {
        statistics.points.append(later.points)
        statistics.moments.merge(later.moments)
        guard let sums = later.testSums else { return }
        if statistics.testSums == nil {
            statistics.testSums = sums
        } else {
            statistics.testSums?.add(sums)
        }
    }

    /// A kernel estimate has no starting point, so `start` changes nothing.
    package func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        guard statistics.points.totalWeight > 0 else {
            throw LoopError.nothingWeighs(generation: generation)
        }
        let width = bandwidth.value(
            count: Double(statistics.moments.count), dimension: distribution.dimension)
        return Fitted(model: Model(bandwidth: width, data: statistics), metrics: [])
    }

    package func sample(
        from parents: [Model], size: Int, conditions: Points?, seedData: SeedData, key: RandomKey,
        work: Workload
    ) throws -> Points {
        var random = RandomStream(key.at(0))
        let noise = NormalDraws.array(size * distribution.dimension, from: key.at(1))
        var coordinates: [Double] = []
        coordinates.reserveCapacity(noise.count)
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, parent) in parents.enumerated() {
            let start = coordinates.count
            parent.data.points.drawCentres(
                shares[index].count,
                into: &coordinates, &random)
            for position in start..<coordinates.count {
                coordinates[position] += parent.bandwidth * noise[position]
            }
        }
        return Points(dimension: distribution.dimension, coordinates)
    }

    /// The log-densities of points under a model.
    package func scores(
        of examples: Points, under model: Model, seedData: SeedData, work: Workload
    ) throws -> [Double] {
        logDensities(
            model,
            sums: model.data.points.sums(at: EvaluationPoints(examples), bandwidth: model.bandwidth)
        )
    }

    func logDensities(_ model: Model, sums: KernelSums?) -> [Double] {
        let scale =
            Elementary.log(model.data.points.totalWeight)
            + Double(distribution.dimension)
            * (Elementary.log(model.bandwidth) + 0.5 * Elementary.log(2 * .pi))
        return sums?.logarithms.map { $0 - scale } ?? []
    }

    /// A point's coordinates in parentheses.
    package func show(_ examples: Points, at index: Int, seedData: SeedData) -> String {
        examples.text(at: index)
    }
}
