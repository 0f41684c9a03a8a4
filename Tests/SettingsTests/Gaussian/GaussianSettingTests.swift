import Collapse
import Compute
import Settings
import Support
import Testing

/// The learner: moments, factors, batches and their metrics.
@Suite struct GaussianSettingTests {
    private func setting(
        _ dimension: Int, _ estimator: GaussianSetting.VarianceEstimator = .biased
    ) -> GaussianSetting {
        var setting = GaussianSetting()
        setting.dimension = dimension
        setting.estimator = estimator
        return setting
    }

    private func fit(
        _ parts: [Matrix], weights: [Double]? = nil,
        _ estimator: GaussianSetting.VarianceEstimator = .biased
    ) throws -> GaussianModel {
        let setting = setting(parts[0].columns, estimator)
        var pool = Pool<GaussianDraws>()
        for (index, part) in parts.enumerated() {
            pool.append(Pool(GaussianDraws(.rows(part)), provenance: index))
        }
        return try setting.fit(
            TrainingData(pool: pool, weights: weights), start: .scratch,
            seedData: setting.makeSeedData(seed: 0, stream: 0, initialSize: 1),
            key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1)
        ).model
    }

    private func metrics(
        of model: GaussianModel, truth: Double = 1
    ) throws -> [String: Double] {
        var setting = setting(model.dimension)
        setting.trueVariance = truth
        let subject = EvaluationSubject<GaussianSetting>(
            generation: 0, realCount: 0, model: { model }, samples: { GaussianDraws() },
            reference: { model })
        let values = try setting.evaluate(
            "distribution", of: subject,
            seedData: setting.makeSeedData(seed: 0, stream: 0, initialSize: 1),
            key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1))
        return Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
    }

    private func covariance(_ model: GaussianModel) -> Matrix {
        model.factor.timesTransposed(model.factor)
    }

    private func distance(_ a: Matrix, _ b: Matrix) -> Double {
        zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
    }

    /// Rows with a mean and correlations, from a fixed key.
    private func rows(_ count: Int, _ dimension: Int, index: Int = 0) -> Matrix {
        var factor = Matrix.diagonal(1, count: dimension)
        for row in 0..<dimension { factor[row, 0] += 0.5 }
        return GaussianModel(
            mean: (0..<dimension).map(Double.init), factor: factor, isTriangular: true
        ).rows(count, from: RandomKey(seed: 1, purpose: .test, index: index))
    }

    @Test("Moments of four numbers, by both denominators")
    func oneDimension() throws {
        let data = Matrix(rows: 4, columns: 1, [1, 2, 3, 4])
        #expect(try fit([data]).mean == [2.5])
        #expect(abs(try fit([data]).trace - 1.25) < 1e-15)
        #expect(abs(try fit([data], .unbiased).trace - 5.0 / 3) < 1e-15)
    }

    @Test(
        "The covariance is that of the definition, with more and with fewer draws than dimensions",
        arguments: [(4, 40), (4, 5), (4, 4), (7, 3), (30, 100)])
    func definition(dimension: Int, count: Int) throws {
        let data = rows(count, dimension)
        let model = try fit([data], .unbiased)
        var expected = Matrix(rows: dimension, columns: dimension)
        for i in 0..<dimension {
            for j in 0..<dimension {
                let sum = (0..<count).reduce(0) {
                    $0 + (data[$1, i] - model.mean[i]) * (data[$1, j] - model.mean[j])
                }
                expected[i, j] = sum / Double(count - 1)
            }
            let mean = (0..<count).reduce(0) { $0 + data[$1, i] } / Double(count)
            #expect(abs(model.mean[i] - mean) < 1e-13)
        }
        #expect(distance(covariance(model), expected) < 1e-13 * Double(dimension))
    }

    @Test(
        "Samples fitted one after the other are the samples fitted at once", arguments: [1, 3, 12])
    func pooling(dimension: Int) throws {
        // Few draws at first, so that a singular scatter grows into a regular one.
        let parts = (0..<5).map { rows(4, dimension, index: $0) }
        let whole = Matrix(rows: 20, columns: dimension, parts.flatMap(\.elements))
        for count in 1...5 {
            let together = Matrix(
                rows: 4 * count, columns: dimension,
                Array(whole.elements.prefix(4 * count * dimension)))
            let (pooled, direct) = (try fit(Array(parts[..<count])), try fit([together]))
            #expect(distance(covariance(pooled), covariance(direct)) < 1e-13)
            #expect(pooled.rank == min(dimension, 4 * count - 1) || count == 1)
        }
    }

    @Test("A weight of 2 counts an example twice; a weight of 0 removes it")
    func weights() throws {
        let data = Matrix(rows: 3, columns: 1, [1, 5, 9])
        let weighted = try fit([data], weights: [2, 1, 0])
        let repeated = try fit([Matrix(rows: 3, columns: 1, [1, 1, 5])])
        #expect(abs(weighted.mean[0] - repeated.mean[0]) < 1e-15)
        #expect(abs(weighted.trace - repeated.trace) < 1e-14)
        // Equal weights within a sample take another path, to the same model.
        let first = rows(6, 3)
        let second = rows(5, 3, index: 1)
        let mixed = try fit(
            [first, second], weights: Array(repeating: 2, count: 6) + Array(repeating: 1, count: 5))
        let thrice = try fit([first, first, second])
        #expect(distance(covariance(mixed), covariance(thrice)) < 1e-13)
    }

    @Test("A batch has the mean and scatter of its draws: Wishart's first two moments")
    func wishart() throws {
        let (dimension, count, batches) = (3, 6, 40_000)
        var factor = Matrix.diagonal(1, count: dimension)
        factor[1, 0] = 0.5
        factor[2, 1] = -2
        let model = GaussianModel(mean: [1, 2, 3], factor: factor, isTriangular: true)
        let truth = covariance(model)
        let bias = 0.8
        var sum = Matrix(rows: dimension, columns: dimension)
        var squares = sum
        var error = 0.0
        for index in 0..<batches {
            let batch = GaussianBatch(
                model: model, bias: bias, count: count,
                key: RandomKey(seed: 2, purpose: .test, index: 2 * index))
            let fitted = batch.moments.model(denominator: 1)
            let scatter = covariance(fitted)
            sum.add(scatter)
            squares.add(
                Matrix(
                    rows: dimension, columns: dimension, scatter.elements.map { $0 * $0 }))
            error += zip(fitted.mean, model.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let freedom = Double(count - 1)
        for i in 0..<dimension {
            for j in 0..<dimension {
                let mean = freedom * bias * truth[i, j]
                let spread =
                    freedom * bias * bias
                    * (truth[i, j] * truth[i, j] + truth[i, i] * truth[j, j])
                // 5 standard errors; the distribution of the squares is heavier, for which 5 %
                // stand.
                let average = sum[i, j] / Double(batches)
                #expect(abs(average - mean) < 5 * (spread / Double(batches)).squareRoot())
                let second = squares[i, j] / Double(batches)
                #expect(abs(second / (spread + mean * mean) - 1) < 0.05)
            }
        }
        let expected = bias * truth.trace / Double(count)
        #expect(abs(error / Double(batches) / expected - 1) < 0.03)
    }

    @Test("Fewer draws than dimensions give a singular model from which the loop goes on")
    func singular() throws {
        for drawing in ["moments", "rows"] {
            let measured = try GaussianSetting.measure(
                [
                    "workflow": "replace", "sample-size": 4, "dimension": 6,
                    "drawing": .text(drawing), "threshold": 0.1,
                ], generations: 5, seeds: 0..<20)
            for t in 0...5 {
                #expect(try measured.mean("gaussian.kl_from_truth", at: t) == .infinity)
                #expect(try measured.mean("gaussian.log_determinant_ratio", at: t) == -.infinity)
                #expect(try measured.mean("gaussian.variance", at: t) > 0)
                #expect(try measured.mean("gaussian.squared_wasserstein", at: t) > 0)
            }
            #expect(measured.predictions.contains { $0.note?.contains("singular") ?? false })
            #expect(try measured.prediction("gaussian.kl_from_truth")[0] == .infinity)
        }
    }

    @Test("A single draw is a model without spread, and its divergence is infinite")
    func singleDraw() throws {
        let values = try metrics(of: fit([Matrix(rows: 1, columns: 2, [3, 4])], .unbiased))
        #expect(values["gaussian.variance"] == 0)
        #expect(values["gaussian.mean_squared_error"] == 25)
        #expect(values["gaussian.kl_from_truth"] == .infinity)
        #expect(values["gaussian.squared_wasserstein"] == 27)
    }

    @Test("Distances to the truth of a model with known ones")
    func distances() throws {
        // N((1, 0), diag(4, 1/4)) and N(0, 2 I), and the same turned by an angle.
        let (c, s) = (0.6, 0.8)
        let axes = Matrix.diagonal([2, 0.5])
        let turned = Matrix(rows: 2, columns: 2, [c, -s, s, c]).times(axes)
        let lower = try #require(turned.timesTransposed(turned).cholesky())
        for factor in [axes, lower] {
            let values = try metrics(
                of: GaussianModel(mean: [1, 0], factor: factor, isTriangular: true), truth: 2)
            let inverse = factor == axes ? 0.25 : c * c / 4 + s * s * 4
            let divergence = 0.5 * (2 * (0.25 + 4) + inverse - 2 - 4 * 0.5 * 0.693_147_180_559_945)
            #expect(abs(try #require(values["gaussian.kl_from_truth"]) - divergence) < 1e-13)
            let root = 2.0.squareRoot()
            let wasserstein = 1 + (2 - root) * (2 - root) + (0.5 - root) * (0.5 - root)
            #expect(abs(try #require(values["gaussian.squared_wasserstein"]) - wasserstein) < 1e-13)
            let determinant = try #require(values["gaussian.log_determinant_ratio"])
            #expect(abs(determinant + 2 * 0.693_147_180_559_945) < 1e-14)
        }
    }

    @Test("A real draw depends on its position alone, and seeds and streams differ")
    func realStream() throws {
        let setting = setting(3)
        let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 1)
        let all = try setting.real(0..<50, in: seedData)
        #expect(try setting.real(21..<30, in: seedData) == all.selecting(Array(21..<30)))
        for (seed, stream) in [(6, 0), (5, 1)] {
            let other = try setting.makeSeedData(
                seed: UInt64(seed), stream: UInt32(stream), initialSize: 1)
            #expect(try setting.real(0..<50, in: other) != all)
        }
    }

    @Test("Prefixes and selections of draws in parts are those of the rows")
    func parts() {
        let first = rows(5, 2)
        let second = rows(4, 2, index: 1)
        var draws = GaussianDraws(.rows(first))
        draws.append(GaussianDraws(.rows(second)))
        let all = first.elements + second.elements
        #expect(draws.rows.elements == all)
        #expect(draws.prefix(size: 7).rows.elements == Array(all[..<14]))
        #expect(
            draws.selecting([8, 0, 5]).rows.elements
                == Array(all[16..<18] + all[..<2] + all[10..<12])
        )
        #expect(draws.contentKey(at: 6) == draws.selecting([6]).contentKey(at: 0))
    }
}
