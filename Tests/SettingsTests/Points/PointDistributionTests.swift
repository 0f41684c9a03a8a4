import Collapse
import Compute
import Settings
import Support
import Testing

@Suite struct PointDistributionTests {
    private struct Shape: Decodable {
        var shape: String
        var points: [Double]
    }

    private let key = RandomKey(seed: 3, purpose: .test)

    @Test("Without noise, even samples are scikit-learn's points")
    func evenPlacement() throws {
        for test in try fixture("KernelDensity/shapes.json", as: [Shape].self) {
            let shape = try #require(PointDistribution.Shape(rawValue: test.shape))
            let count = test.points.count / 2
            let distribution = PointDistribution(shape: shape, noise: 0)
            let points = distribution.points(0..<count, sampleSize: count, key: key, order: nil)
            let size = shape == .blobs ? 6.0 : 1e-12
            for (mine, theirs) in zip(points.coordinates, test.points) {
                #expect(abs(mine - theirs) <= size, "\(shape) of \(count)")
            }
        }
    }

    @Test(
        "The stated mean and variance are those of the points",
        arguments: PointDistribution.Shape.allCases)
    func moments(shape: PointDistribution.Shape) {
        let distribution = PointDistribution(
            shape: shape, dimension: 4, noise: 0.3, placement: .random)
        let count = 40_000
        let points = distribution.points(0..<count, sampleSize: count, key: key, order: nil)
        let moments = PointMoments(points, weights: nil)
        // Four standard errors of a mean; the spread of squares is at most that of a normal
        // distribution's here.
        let error =
            4
            * (Double(distribution.dimension) * distribution.variance / Double(count)).squareRoot()
        #expect(moments.squaredDistance(of: distribution.mean) < error * error)
        #expect(
            abs(moments.variance / distribution.variance - 1)
                < 4 * (2 / Double(count)).squareRoot(),
            "\(moments.variance) \(distribution.variance)")
    }

    @Test(
        "A point depends on its index alone, a sample is a permutation, and seeds differ",
        arguments: PointDistribution.Shape.allCases)
    func stream(shape: PointDistribution.Shape) {
        let distribution = PointDistribution(shape: shape, noise: 0.1)
        let seedData = PointData(
            distribution: distribution, testSize: 5, seed: 1, stream: 0, initialSize: 20)
        let all = seedData.real(0..<50)
        let part = seedData.real(17..<43)
        #expect(part == all.selecting(Array(17..<43)))
        #expect(seedData.test.count == 5)
        for (seed, stream) in [(2, 0), (1, 1)] {
            let other = PointData(
                distribution: distribution, testSize: 5, seed: UInt64(seed), stream: UInt32(stream),
                initialSize: 20)
            #expect(other.real(0..<50) != all)
            #expect(other.test != seedData.test)
        }
    }

    @Test("An even sample of moons has its two halves, whatever the order")
    func halves() {
        let seedData = PointData(
            distribution: PointDistribution(shape: .blobs), testSize: 1, seed: 1, stream: 0,
            initialSize: 30)
        let sample = seedData.real(30..<60)
        let upper = (0..<30).count { sample[$0].last ?? 0 > 2 }
        #expect(upper == 10)
    }

    @Test("Merged moments are those of the whole, weights and all")
    func mergedMoments() {
        let points = PointDistribution(shape: .swissRoll).points(
            0..<100, sampleSize: 100, key: key, order: nil)
        let weights = (0..<100).map { Double($0 % 4) }
        let whole = PointMoments(points, weights: weights)
        var merged = PointMoments(points.prefix(size: 37), weights: Array(weights[..<37]))
        merged.merge(
            PointMoments(points.selecting(Array(37..<100)), weights: Array(weights[37...])))
        #expect(merged.count == 100)
        #expect(merged.totalWeight == whole.totalWeight)
        #expect(abs(merged.variance / whole.variance - 1) < 1e-13)
        #expect(merged.squaredDistance(of: whole.mean) < 1e-24)
        // A run that weighs nothing changes nothing but the count.
        merged.merge(PointMoments(points.prefix(size: 2), weights: [0, 0]))
        #expect(merged.count == 102)
        #expect(merged.totalWeight == whole.totalWeight)
    }

    @Test("A key that belongs to other data is refused with a remedy")
    func issues() {
        for (keys, path) in [
            (["data": "moons", "dimension": 2] as [String: SpecificationValue], "dimension"),
            (["data": "normal", "noise": 0.1], "noise"),
            (["data": "blobs", "noise": 0.1], "noise"),
        ] {
            let issue = #expect(throws: SpecificationIssue.self) {
                try GaussianMixtureSetting.make(keys)
            }
            #expect(issue?.path == [path])
            #expect(issue?.message.contains("remove") == true)
        }
    }
}
