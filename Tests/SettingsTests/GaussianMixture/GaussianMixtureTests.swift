import Collapse
import Compute
import Settings
import Testing

@Suite struct GaussianMixtureTests {
    private struct Case: Decodable {
        struct Start: Decodable {
            var weights: [Double]
            var means: [Double]
            var variances: [Double]
        }

        var dimension: Int
        var points: [Double]
        var steps: Int
        var start: Start
        var weights: [Double]
        var means: [Double]
        var covariances: [Double]
        var iterations: Int
        var converged: Bool
        var meanLogLikelihood: Double
        var logDensities: [Double]
    }

    private struct Step: Decodable {
        var points: [Double]
        var responsibilities: [Double]
        var weights: [Double]
        var means: [Double]
        var covariances: [Double]
    }

    private func expectEqual(
        _ mine: some Sequence<Double>, _ theirs: [Double], tolerance: Double = 1e-9
    ) {
        for (mine, theirs) in zip(mine, theirs) {
            #expect(abs(mine - theirs) <= tolerance * max(1, abs(theirs)), "\(mine), not \(theirs)")
        }
    }

    private func expectEqual(
        _ mixture: GaussianMixture, weights: [Double], means: [Double], covariances: [Double]
    ) {
        expectEqual(mixture.components.map(\.weight), weights)
        expectEqual(mixture.components.flatMap(\.mean), means)
        expectEqual(mixture.components.flatMap(\.covariance.elements), covariances)
    }

    @Test("EM takes scikit-learn's steps from the same start")
    func expectationMaximisation() throws {
        for test in try fixture("GaussianMixture/em.json", as: [Case].self) {
            let points = Points(dimension: test.dimension, test.points)
            let start = GaussianMixture(
                test.start.weights.indices.map { j in
                    .init(
                        weight: test.start.weights[j],
                        mean: Array(
                            test.start.means[j * test.dimension..<(j + 1) * test.dimension]),
                        covariance: .diagonal(test.start.variances[j], count: test.dimension))
                })
            let outcome = ExpectationMaximisation(maximumIterations: test.steps)
                .fit(points, weights: nil, from: start)
            #expect(outcome.iterations == test.iterations)
            #expect(outcome.hasConverged == test.converged)
            expectEqual([outcome.meanLogLikelihood], [test.meanLogLikelihood])
            expectEqual(
                outcome.mixture, weights: test.weights, means: test.means,
                covariances: test.covariances)
            expectEqual(outcome.mixture.logDensities(at: points), test.logDensities)
        }
    }

    @Test("A maximisation from given shares is scikit-learn's, and weights count points")
    func maximisation() throws {
        let test = try fixture("GaussianMixture/step.json", as: Step.self)
        let points = Points(dimension: 2, test.points)
        let algorithm = ExpectationMaximisation()
        let mixture = algorithm.maximisation(test.responsibilities, points, weights: nil)
        expectEqual(
            mixture, weights: test.weights, means: test.means, covariances: test.covariances)

        let weights = (0..<20).map { Double($0 % 3) }
        let repeated = (0..<20).flatMap { Array(repeating: $0, count: $0 % 3) }
        let weighted = algorithm.fit(points, weights: weights, from: mixture)
        let unweighted = algorithm.fit(points.selecting(repeated), weights: nil, from: mixture)
        #expect(weighted.iterations == unweighted.iterations)
        expectEqual(
            weighted.mixture.components.flatMap(\.covariance.elements),
            unweighted.mixture.components.flatMap(\.covariance.elements))
    }

    @Test("A step keeps the mean and the covariance of its data, whatever the shares")
    func momentsAreKept() {
        let points = PointDistribution(shape: .moons).points(
            0..<90, sampleSize: 90, key: RandomKey(seed: 1, purpose: .test), order: nil)
        let moments = PointMoments(points, weights: nil)
        for start in MixtureStart.allCases {
            for count in [1, 2, 5] {
                let algorithm = ExpectationMaximisation(maximumIterations: 4, covarianceFloor: 0.25)
                let shares = start.responsibilities(
                    points, weights: nil, count: count, key: RandomKey(seed: 2, purpose: .test))
                let first = algorithm.maximisation(shares, points, weights: nil)
                for mixture in [
                    first, algorithm.fit(points, weights: nil, from: first).mixture,
                ] {
                    #expect(abs(mixture.variance - moments.variance - 0.25) < 1e-12)
                    #expect(moments.squaredDistance(of: mixture.mean) < 1e-24)
                }
            }
        }
    }

    @Test("k-means finds clusters that are far apart, from any seed")
    func kMeans() {
        let distribution = PointDistribution(shape: .blobs)
        let points = distribution.points(
            0..<60, sampleSize: 60, key: RandomKey(seed: 1, purpose: .test), order: nil)
        for seed in 0..<20 {
            let shares = MixtureStart.kMeans.responsibilities(
                points, weights: nil, count: 3, key: RandomKey(seed: UInt64(seed), purpose: .test))
            let clusters = (0..<60).map { i in (0..<3).first { shares[i * 3 + $0] == 1 } ?? 3 }
            #expect((0..<60).allSatisfy { clusters[$0] == clusters[$0 / 20 * 20] }, "seed \(seed)")
            #expect(Set(clusters).count == 3, "seed \(seed)")
        }
    }

    // MARK: Distance

    @Test("The squared L2 distance is the integral of the squared difference")
    func distance() {
        let first = GaussianMixture([
            .init(
                weight: 0.3, mean: [-1, 0.5],
                covariance: Matrix(rows: 2, columns: 2, [1, 0.4, 0.4, 0.6])),
            .init(weight: 0.7, mean: [1.2, 0], covariance: .diagonal([0.5, 1.5])),
        ])
        let second = GaussianMixture([
            .init(weight: 1, mean: [0.2, -0.3], covariance: .diagonal([1.1, 0.9]))
        ])
        var integral = 0.0
        let step = 0.05
        let axis = Array(stride(from: -8.0, through: 8, by: step))
        for x in axis {
            let line = Points(dimension: 2, axis.flatMap { [x, $0] })
            for (p, q) in zip(first.logDensities(at: line), second.logDensities(at: line)) {
                let difference = Elementary.exp(p) - Elementary.exp(q)
                integral += difference * difference * step * step
            }
        }
        let distance = first.squaredDistance(to: second)
        #expect(abs(distance / integral - 1) < 1e-10)
        #expect(second.squaredDistance(to: first) == distance)
        #expect(first.squaredDistance(to: first) < 1e-15)
    }

    @Test("A density that has collapsed onto a point is infinitely far from every other")
    func collapsedDistance() {
        let point = GaussianMixture([
            .init(weight: 1, mean: [0], covariance: Matrix(rows: 1, columns: 1))
        ])
        let normal = GaussianMixture([
            .init(weight: 1, mean: [0], covariance: .diagonal(1, count: 1))
        ])
        #expect(point.squaredDistance(to: normal) == .infinity)
        #expect(normal.squaredDistance(to: point) == .infinity)
        #expect(point.logDensities(at: Points(dimension: 1, [0, 1])) == [-.infinity, -.infinity])
    }
}
