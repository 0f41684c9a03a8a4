import Collapse
import Compute
import Settings
import Support
import Testing

@Suite struct RidgeLearnerTests {
    private typealias Setting = RidgeMixtureSetting

    private func setting(_ keys: [String: SpecificationValue]) throws -> Setting {
        try Setting.make(keys)
    }

    private func fit(
        _ setting: Setting, _ points: RidgeMixturePoints, weights: [Double]? = nil
    ) throws -> Setting.Model {
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 1)
        return try setting.fit(
            TrainingData(pool: Pool(points, provenance: 0), weights: weights), start: .scratch,
            seedData: seedData, key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1)
        ).model
    }

    /// The gradient of the objective at the fitted coefficients, relative to the size of its parts:
    /// zero at the minimum.
    private func gradient(
        _ points: RidgeMixturePoints, _ coefficients: [Double], penalty: Double, weights: [Double]?
    ) -> Double {
        let n = points.count
        let d = points.dimension
        var gradient = coefficients.map { penalty * $0 }
        var scale = 0.0
        for row in 0..<n {
            let input = points.inputs[row * d..<(row + 1) * d]
            let label = points.labels[row * 3..<(row + 1) * 3].reduce(0, +)
            let residual =
                (zip(input, coefficients).reduce(0) { $0 + $1.0 * $1.1 } - label)
                * (weights?[row] ?? 1) / Double(n)
            for (axis, value) in input.enumerated() {
                gradient[axis] += residual * value
                scale = max(scale, abs(residual * value))
            }
        }
        return (gradient.map(abs).max() ?? 0) / scale
    }

    @Test(
        "The fit minimises the weighted objective with more and with fewer examples than dimensions",
        arguments: [3, 12, 40], [false, true])
    func minimum(examples: Int, isWeighted: Bool) throws {
        let setting = try setting(["dimension": 12, "ridge": 0.03, "label-quality": 1])
        for seed in 0..<5 {
            let seedData = try setting.makeSeedData(seed: UInt64(seed), stream: 0, initialSize: 1)
            let points = try setting.real(0..<examples, in: seedData)
            let weights = isWeighted ? (0..<examples).map { Double($0 % 3) + 0.5 } : nil
            let model = try fit(setting, points, weights: weights)
            #expect(
                gradient(points, model.coefficients, penalty: 0.03, weights: weights) < 1e-11)
        }
    }

    @Test("Features of a projection do what the projection itself does", arguments: [4, 30])
    func projection(width: Int) throws {
        let d = 10
        let key = RandomKey(seed: 1, purpose: .initialise)
        let features = RandomProjection.features(width: width, dimension: d, key: key)
        #expect(features.rows == d && features.columns == min(width, d))
        // S from its definition, row by row.
        var rows = Matrix(rows: width, columns: d)
        for row in 0..<width {
            for (axis, draw) in NormalDraws.array(d, from: key.at(row)).enumerated() {
                rows[row, axis] = draw / Double(d).squareRoot()
            }
        }
        let expected = rows.gram()
        let found = features.timesTransposed(features)
        for (a, b) in zip(found.elements, expected.elements) { #expect(abs(a - b) < 1e-12) }

        // Ridge on S x solved from its definition.
        let setting = try setting([
            "dimension": 10, "ridge": 0.1, "width": .integer(width), "label-quality": 1,
        ])
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 1)
        for n in [5, 25] {
            let points = try setting.real(0..<n, in: seedData)
            let model = try setting.fit(
                TrainingData(pool: Pool(points, provenance: 0)), start: .scratch,
                seedData: seedData,
                key: key, work: Workload(workers: 1)
            ).model
            let z = Matrix(rows: n, columns: d, points.inputs).timesTransposed(rows)
            var gram = z.gram()
            for index in 0..<width { gram[index, index] += 0.1 * Double(n) }
            let labels = Matrix(
                rows: n, columns: 1,
                (0..<n).map { points.labels[$0 * 3..<$0 * 3 + 3].reduce(0, +) })
            let v = try #require(gram.solvingPositiveDefinite(z.transposedTimes(labels)))
            let coefficients = rows.transposedTimes(v).elements
            for (a, b) in zip(model.coefficients, coefficients) { #expect(abs(a - b) < 1e-10) }
        }
    }

    @Test("A wider projection contains the narrower one")
    func nested() {
        let key = RandomKey(seed: 2, purpose: .initialise)
        let narrow = RandomProjection.features(width: 3, dimension: 8, key: key)
        let wide = RandomProjection.features(width: 6, dimension: 8, key: key)
        for axis in 0..<8 {
            for feature in 0..<3 { #expect(narrow[axis, feature] == wide[axis, feature]) }
        }
    }

    @Test("Without a ridge the solution of least norm interpolates")
    func leastNorm() throws {
        let setting = try setting(["dimension": 20, "ridge": 0, "label-quality": 0])
        let seedData = try setting.makeSeedData(seed: 4, stream: 0, initialSize: 1)
        let points = try setting.real(0..<8, in: seedData)
        for weights in [nil, [1, 1, 1, 0, 1, 1, 0, 1]] as [[Double]?] {
            let model = try fit(setting, points, weights: weights)
            for row in 0..<8 where weights?[row] != 0 {
                let input = points.inputs[row * 20..<(row + 1) * 20]
                let value = zip(input, model.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
                let label = points.labels[row * 3..<row * 3 + 3].reduce(0, +)
                #expect(abs(value - label) < 1e-9)
            }
        }
    }

    @Test("Real points depend on their position alone; the same design labels the same inputs anew")
    func points() throws {
        let setting = try setting(["dimension": 5, "design": "same", "label-quality": 1])
        let seedData = try setting.makeSeedData(seed: 9, stream: 0, initialSize: 1)
        let all = try setting.real(0..<30, in: seedData)
        #expect(try setting.real(10..<20, in: seedData) == all.selecting(Array(10..<20)))
        let base = try setting.baseModel(in: seedData, work: Workload(workers: 1))
        func samples(_ generation: Int) throws -> RidgeMixturePoints {
            try setting.sample(
                from: [base], size: 7, conditions: nil, seedData: seedData,
                key: RandomKey(seed: 9, generation: generation, purpose: .sample),
                work: Workload(workers: 1))
        }
        let (first, second) = (try samples(1), try samples(2))
        #expect(first.inputs == second.inputs)
        #expect(first.labels != second.labels)
        #expect(first.prefix(size: 3) == first.selecting([0, 1, 2]))
        var joined = first.prefix(size: 2)
        joined.append(all.prefix(size: 1))
        #expect(joined.count == 3 && joined.dimension == 5)
        #expect(joined.contentKey(at: 2) == all.contentKey(at: 0))
    }
}
