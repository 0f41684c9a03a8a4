import Compute
import Testing

@Suite struct KMeansTests {
    private let key = RandomKey(seed: 4, purpose: .test)

    /// Normal vectors around `centres` points, far from the origin.
    private func vectors(_ rows: Int, _ columns: Int, centres: Int, seed: UInt64 = 1) -> Matrix {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let offsets = (0..<centres * columns).map { _ in 100 + 3 * random.normal() }
        return Matrix(
            rows: rows, columns: columns,
            (0..<rows).flatMap { row in
                (0..<columns).map { offsets[row % centres * columns + $0] + random.normal() }
            })
    }

    private func squaredDistance(
        _ a: Matrix, _ row: Int, _ b: Matrix, _ other: Int
    ) -> Double {
        (0..<a.columns).reduce(0) {
            $0 + (a[row, $1] - b[other, $1]) * (a[row, $1] - b[other, $1])
        }
    }

    @Test("The sum of squared distances never rises, from one step to the next", arguments: 1...6)
    func inertiaFalls(seed: UInt64) {
        let vectors = vectors(120, 5, centres: 4, seed: seed)
        var last = Double.infinity
        for steps in 0..<100 {
            let fit = KMeans(clusterCount: 9, maximumIterations: steps).fit(vectors, key: key)
            #expect(fit.inertia <= last)
            last = fit.inertia
            #expect(fit.hasConverged || fit.iterations == steps)
            if fit.hasConverged { return }
        }
        Issue.record("no convergence in 100 steps")
    }

    @Test("At the end centroids are means, and no other one is nearer")
    func fixedPoint() {
        // More vectors than are multiplied at once, and a number of columns that is no multiple of
        // the lanes.
        let vectors = vectors(300, 7, centres: 5)
        let fit = KMeans(clusterCount: 40).fit(vectors, key: key)
        #expect(fit.hasConverged)
        var inertia = 0.0
        for row in 0..<vectors.rows {
            let own = squaredDistance(vectors, row, fit.centroids, fit.assignment[row])
            inertia += own
            for cluster in 0..<40 {
                #expect(squaredDistance(vectors, row, fit.centroids, cluster) >= own - 1e-9)
            }
        }
        #expect(abs(fit.inertia - inertia) < 1e-9 * inertia)
        for cluster in 0..<40 {
            let members = fit.assignment.indices.filter { fit.assignment[$0] == cluster }
            #expect(!members.isEmpty)
            for column in 0..<7 {
                let mean =
                    members.reduce(0) { $0 + vectors[$1, column] } / Double(members.count)
                #expect(abs(mean - fit.centroids[cluster, column]) < 1e-11)
            }
        }
    }

    @Test("A key has one result, and another key other seeds")
    func keyed() {
        let vectors = vectors(100, 3, centres: 1)
        let seeds = KMeans(clusterCount: 6, maximumIterations: 0)
        #expect(seeds.fit(vectors, key: key) == seeds.fit(vectors, key: key))
        #expect(seeds.fit(vectors, key: key) != seeds.fit(vectors, key: key.at(1)))
        let fit = KMeans(clusterCount: 6)
        #expect(fit.fit(vectors, key: key) == fit.fit(vectors, key: key))
    }

    /// Of 0, 1 and 3 with equal chances of the first seed, the second one is drawn with the chances
    /// 1/10 and 9/10, 1/5 and 4/5, 9/13 and 4/13.
    @Test("Seeds of k-means++ are drawn in proportion to squared distances")
    func seeds() {
        let vectors = Matrix(rows: 3, columns: 1, [0, 1, 3])
        let draws = 6_000
        var counts: [[Double]: Int] = [:]
        for index in 0..<draws {
            let fit = KMeans(clusterCount: 2, maximumIterations: 0)
                .fit(vectors, key: key.at(index))
            counts[fit.centroids.elements.map { $0.rounded() }, default: 0] += 1
        }
        let chances: [[Double]: Double] = [
            [0, 1]: 0.1, [0, 3]: 0.9, [1, 0]: 0.2, [1, 3]: 0.8, [3, 0]: 9.0 / 13, [3, 1]: 4.0 / 13,
        ]
        #expect(Set(counts.keys) == Set(chances.keys))
        let statistic = chances.reduce(0.0) { sum, chance in
            let expected = Double(draws) * chance.value / 3
            let difference = Double(counts[chance.key] ?? 0) - expected
            return sum + difference * difference / expected
        }
        // The 1 - 1e-6 quantile of 5 degrees of freedom.
        #expect(statistic < 35.9, "\(statistic)")
    }

    @Test("A cluster without vectors takes the one that is farthest from its centroid")
    func emptyCluster() {
        let vectors = Matrix(rows: 5, columns: 1, [0, 1, 2, 9, 10])
        let start = Matrix(rows: 3, columns: 1, [1, 50, 60])
        let fit = KMeans(clusterCount: 3, maximumIterations: 1).fit(vectors, from: start)
        // The two empty ones take 10 and 9.
        #expect(fit.assignment == [0, 0, 0, 2, 1])
        #expect(fit.centroids.elements == [1, 10, 9])
        #expect(fit.inertia == 2)
    }

    @Test("Where vectors differ less than there are clusters, the rest stay empty")
    func fewDifferentVectors() {
        let values = [0.1, 0.7, 0.1, 0.1, 0.7, 0.1, 0.7]
        let vectors = Matrix(rows: 7, columns: 2, values.flatMap { [$0, -$0 / 3] })
        for seed in 0..<20 {
            let fit = KMeans(clusterCount: 5).fit(vectors, key: key.at(seed))
            #expect(fit.hasConverged && fit.iterations <= 2)
            #expect(Set(fit.assignment).count == 2)
            #expect(fit.inertia == 0)
        }
        let one = KMeans(clusterCount: 3).fit(Matrix(rows: 1, columns: 1, [2]), key: key)
        #expect(one.assignment == [0])
        #expect(one.centroids.elements == [2, 2, 2])
    }

    @Test("Products of doubles with panels are chains of fused multiply-adds on every machine")
    func products() {
        let (a, b) = (vectors(30, 21, centres: 3), vectors(21, 45, centres: 3, seed: 2))
        let left = Buffer(a.elements)
        let right = Buffer(b.elements)
        let bias = Buffer((0..<45).map { Double($0) / 7 })
        let memory = Buffer<Double>(
            count: Panels<Double>.count(height: 21, width: 45, precision: .float32))
        let panels = Panels(memory.base, height: 21, width: 45)
        for kernels in Double.kernelVariants {
            let result = Buffer<Double>(count: 30 * 45)
            kernels.pack(MatrixView(right.base, rows: 21, columns: 45), panels)
            kernels.product(
                MatrixProduct(
                    c: MatrixView(result.base, rows: 30, columns: 45),
                    a: MatrixView(left.base, rows: 30, columns: 21), b: .panels(panels),
                    bias: UnsafePointer(bias.base)))
            for index in 0..<result.count {
                let (row, column) = index.quotientAndRemainder(dividingBy: 45)
                let sum = (0..<21).reduce(bias[column]) {
                    $0.addingProduct(a[row, $1], b[$1, column])
                }
                #expect(result[index] == sum, "\(kernels.variant)")
            }
        }
    }

    @Test func singlePrecisionIsWidened() {
        let matrix = Matrix(rows: 1, columns: 2, floats: [0.1, -2])
        #expect(matrix.elements == [Double(Float(0.1)), -2])
    }
}
