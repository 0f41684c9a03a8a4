import Compute
import Settings
import Testing

@Suite struct DivergenceFrontierTests {
    private struct Reference: Decodable {
        struct Clustering: Decodable {
            var dimension: Int
            var real: Int
            var maximum: Int
            var vectors: [Double]
            var start: [Double]
            var assignment: [Int]
            var centroids: [Double]
            var inertia: Double
            var steps: Int
            var area: Double
        }

        struct Frontier: Decodable {
            var real: [Double]
            var samples: [Double]
            var points: [Double]
            var area: Double
        }

        var clusterings: [Clustering]
        var frontiers: [Frontier]
    }

    private func reference() throws -> Reference {
        try fixture("DivergenceFrontier/frontiers.json", as: Reference.self)
    }

    private func matrix(_ elements: [Double], _ columns: Int) -> Matrix {
        Matrix(rows: elements.count / columns, columns: columns, elements)
    }

    @Test("Frontiers and their areas are those of mauve-text")
    func agreesWithReference() throws {
        for example in try reference().frontiers {
            let frontier = DivergenceFrontier(real: example.real, samples: example.samples)
            #expect(abs(frontier.area - example.area) < 1e-12)
            let coordinates = frontier.points.flatMap { [$0.samples, $0.real] }
            #expect(coordinates.count == example.points.count)
            for (own, other) in zip(coordinates, example.points) {
                #expect(abs(own - other) < 1e-12)
            }
        }
    }

    @Test("Clusters from given centroids are scikit-learn's, and so are areas by them")
    func clustersAgree() throws {
        for example in try reference().clusterings {
            let start = matrix(example.start, example.dimension)
            let fit = KMeans(clusterCount: start.rows, maximumIterations: example.maximum)
                .fit(matrix(example.vectors, example.dimension), from: start)
            #expect(fit.assignment == example.assignment)
            #expect(abs(fit.inertia - example.inertia) < 1e-9)
            for (own, other) in zip(fit.centroids.elements, example.centroids) {
                #expect(abs(own - other) < 1e-10)
            }
            // scikit-learn sees that nothing changed in a step of its own.
            #expect(fit.iterations <= example.steps)
            #expect(fit.hasConverged == (example.steps < example.maximum))
            let frontier = DivergenceFrontier(
                assignment: fit.assignment, realCount: example.real, clusterCount: start.rows)
            #expect(abs(frontier.area - example.area) < 1e-12)
        }
    }

    @Test("Equal histograms have the area 1, at any scale")
    func equalHistograms() {
        var random = RandomStream(RandomKey(seed: 8, purpose: .test))
        for count in 1...40 {
            let histogram = (0..<count).map { _ in Double(random.below(9)) } + [1]
            let twice = histogram.map { 2 * $0 }
            #expect(abs(DivergenceFrontier(real: histogram, samples: twice).area - 1) < 1e-12)
        }
    }

    @Test("Disjoint histograms have the area of exp(-c KL) = lambda^c and (1 - lambda)^c alone")
    func disjointHistograms() {
        let frontier = DivergenceFrontier(real: [3, 1, 0], samples: [0, 0, 2])
        #expect(frontier.area < 0.005)
        #expect(
            abs(frontier.area - DivergenceFrontier(real: [1, 0], samples: [0, 1]).area) < 1e-15)
        #expect(abs(frontier.points[13].real - 0x1p-5) < 1e-15)
        #expect(abs(frontier.points[13].samples - 0x1p-5) < 1e-15)
    }

    @Test("Exchanged histograms have the frontier reflected and the same area", arguments: 1..<30)
    func exchange(seed: UInt64) {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        func histogram() -> [Double] { (0..<12).map { _ in Double(random.below(5)) } + [1] }
        let (real, samples) = (histogram(), histogram())
        let frontier = DivergenceFrontier(real: real, samples: samples)
        let exchanged = DivergenceFrontier(real: samples, samples: real)
        #expect(abs(frontier.area - exchanged.area) < 1e-14)
        for (point, other) in zip(frontier.points, exchanged.points.reversed()) {
            #expect(point.samples == other.real && point.real == other.samples)
        }
        #expect(frontier.area > 0 && frontier.area <= 1 + 1e-12)
        for (point, next) in zip(frontier.points, frontier.points.dropFirst()) {
            #expect(next.samples <= point.samples + 1e-15 && next.real >= point.real - 1e-15)
        }
    }

    @Test("Vectors of one source are near each other, and farther the more their means differ")
    func vectors() {
        var random = RandomStream(RandomKey(seed: 9, purpose: .test))
        func vectors(mean: Double) -> Matrix {
            Matrix(rows: 200, columns: 4, (0..<800).map { _ in mean + random.normal() })
        }
        let real = vectors(mean: 0)
        let areas = [0, 0.5, 1, 3].map { mean in
            DivergenceFrontier(
                real: real, samples: vectors(mean: mean), clusters: KMeans(clusterCount: 10),
                key: RandomKey(seed: 1, purpose: .test)
            ).area
        }
        #expect(areas[0] > 0.9)
        #expect(areas[3] < 0.05)
        #expect(zip(areas, areas.dropFirst()).allSatisfy { $0 > $1 }, "\(areas)")
    }

    @Test("Without real vectors or samples there is no frontier")
    func empty() {
        #expect(DivergenceFrontier(real: [0, 0], samples: [1, 2]).area.isNaN)
        let none = DivergenceFrontier(
            real: Matrix(rows: 2, columns: 1), samples: Matrix(rows: 0, columns: 1),
            clusters: KMeans(clusterCount: 2), key: RandomKey(seed: 1, purpose: .test))
        #expect(none.points.isEmpty && none.area.isNaN)
    }
}
