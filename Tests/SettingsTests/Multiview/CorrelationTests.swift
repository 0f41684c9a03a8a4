import Compute
import Networks
import Settings
import Testing

@Suite struct CorrelationTests {
    private static func draws(_ rows: Int, _ columns: Int, _ index: Int) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            NormalDraws.array(
                rows * columns, from: RandomKey(seed: 3, purpose: .test, index: index)))
    }

    private static func correlation(
        _ first: Matrix, _ second: Matrix, ridge: Double = 0
    ) throws -> CanonicalCorrelation {
        let (one, other) = try (whitened(first, ridge), whitened(second, ridge))
        return try #require(CanonicalCorrelation(one, other))
    }

    private static func whitened(_ view: Matrix, _ ridge: Double) throws -> WhitenedView {
        try #require(WhitenedView(view, ridge: ridge))
    }

    private static func gap(
        _ view: Matrix, _ noise: Matrix, under weights: Matrix, ridge: Double
    ) throws -> Double {
        let (own, encoded) = try (whitened(view, ridge), whitened(view.times(weights), ridge))
        let gap = NoiseGap(
            view: own, noise: noise, encodedView: encoded, encodedNoise: noise.times(weights),
            ridge: ridge)
        return try #require(gap).value
    }

    // MARK: Singular vectors

    @Test(
        "Singular vectors are orthonormal and make up the matrix",
        arguments: [(6, 4), (4, 6), (5, 5)])
    func singularVectors(rows: Int, columns: Int) throws {
        let matrix = Self.draws(rows, columns, 1)
        let found = try #require(matrix.singularDecomposition())
        #expect(found.values == found.values.sorted(by: >))
        func distance(_ one: Matrix, _ other: Matrix) -> Double {
            zip(one.elements, other.elements).map { abs($0 - $1) }.max() ?? 0
        }
        let whole = found.left.times(.diagonal(found.values)).times(found.right)
        #expect(distance(whole, matrix) < 1e-14)
        let unit = Matrix.diagonal(1, count: min(rows, columns))
        #expect(distance(found.left.gram(), unit) < 1e-14)
        #expect(distance(found.right.timesTransposed(found.right), unit) < 1e-14)
        #expect(distance(Matrix.diagonal(found.values), .diagonal(matrix.singularValues())) < 1e-14)
    }

    @Test("A matrix with an element that is no number has no decomposition")
    func noNumbers() {
        #expect(Matrix(rows: 1, columns: 2, [1, .nan]).singularDecomposition() == nil)
        #expect(WhitenedView(Matrix(rows: 2, columns: 1, [1, .infinity]), ridge: 1) == nil)
        #expect(Matrix(rows: 0, columns: 2).singularDecomposition()?.values.isEmpty == true)
    }

    // MARK: Corr

    @Test(
        "Views that are linear functions of each other correlate in full, constant ones not at all")
    func limits() throws {
        let view = Self.draws(40, 4, 2)
        let same = try Self.correlation(view, view.times(Self.draws(4, 4, 3)))
        #expect(abs(same.sum - 4) < 1e-12)
        let constant = Matrix(rows: 40, columns: 4, Array(repeating: 2, count: 160))
        #expect(try abs(Self.correlation(view, constant, ridge: 0.1).sum) < 1e-12)
        #expect(WhitenedView(constant, ridge: 0) == nil)
    }

    @Test("The gradient of Corr is that of central differences", arguments: [0, 1e-3, 0.5])
    func differences(ridge: Double) throws {
        var (first, second) = (Self.draws(9, 3, 4), Self.draws(9, 2, 5))
        let slopes = try Self.correlation(first, second, ridge: ridge).gradients()
        func difference(_ change: (Double) -> Void) throws -> Double {
            change(1e-6)
            let above = try Self.correlation(first, second, ridge: ridge).sum
            change(-2e-6)
            let below = try Self.correlation(first, second, ridge: ridge).sum
            change(1e-6)
            return (above - below) / 2e-6
        }
        for place in first.elements.indices {
            let found = try difference { first.elements[place] += $0 }
            #expect(abs(found - slopes.first.elements[place]) < 1e-8, "first, \(place)")
        }
        for place in second.elements.indices {
            let found = try difference { second.elements[place] += $0 }
            #expect(abs(found - slopes.second.elements[place]) < 1e-8, "second, \(place)")
        }
        #expect(slopes.first.elements.contains { abs($0) > 1e-3 })
    }

    private struct Reference: Decodable {
        struct Correlation: Decodable {
            var ridge: Double
            var first: Int
            var second: Int
            var value: Double
            var firstGradient: [Double]
            var secondGradient: [Double]
        }

        struct Loss: Decodable {
            var ridge: Double
            var alpha: Double
            var value: Double
            var gradient: [Double]
        }

        var rows: Int
        var widths: [Int]
        var hidden: Int
        var views: [[Double]]
        var noise: [[Double]]
        var parameters: [Double]
        var correlations: [Correlation]
        var losses: [Loss]

        func matrices(_ all: [[Double]]) -> [Matrix] {
            zip(widths, all).map { Matrix(rows: rows, columns: $0, $1) }
        }
    }

    private static func distance(_ one: [Double], _ other: [Double]) -> Double {
        one.count == other.count ? zip(one, other).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    @Test("Corr and its gradient are what PyTorch makes of singular values")
    func correlationOfTorch() throws {
        let reference = try fixture("Multiview/correlation.json", as: Reference.self)
        let views = reference.matrices(reference.views)
        for expected in reference.correlations {
            let found = try Self.correlation(
                views[expected.first], views[expected.second], ridge: expected.ridge)
            #expect(abs(found.sum - expected.value) < 1e-12)
            let slopes = found.gradients()
            #expect(Self.distance(slopes.first.elements, expected.firstGradient) < 1e-11)
            #expect(Self.distance(slopes.second.elements, expected.secondGradient) < 1e-11)
        }
        #expect(reference.correlations.count == 9)
    }

    @Test("The loss over three views with noise, and its gradient by all parameters, are PyTorch's")
    func lossOfTorch() throws {
        let reference = try fixture("Multiview/correlation.json", as: Reference.self)
        let views = reference.matrices(reference.views)
        let encoders = Encoders(
            views: reference.widths, hidden: [reference.hidden], outputs: reference.widths)
        #expect(encoders.layout.count == reference.parameters.count)
        for expected in reference.losses {
            let training = CorrelationTraining(
                epochs: 1, learningRate: 1, ridge: expected.ridge, alpha: expected.alpha,
                noise: .normal)
            var gradient = [Double](repeating: 0, count: reference.parameters.count)
            let loss = try #require(
                training.loss(
                    of: encoders, reference.parameters, views: views,
                    whitened: views.compactMap { WhitenedView($0, ridge: expected.ridge) },
                    noise: expected.alpha == 0 ? nil : reference.matrices(reference.noise),
                    on: Tape<Double>(), gradient: &gradient))
            #expect(abs(loss - expected.value) < 1e-11)
            #expect(Self.distance(gradient, expected.gradient) < 1e-9)
        }
        #expect(reference.losses.count == 3)
    }

    // MARK: The theorem of noise regularisation

    /// Of a square matrix W of some rank, for 500 rows of 20 columns: the noise gap, where the
    /// correlations of the singular XW and AW are those of a basis of their columns.
    private static func gap(rank: Int, seed: Int) throws -> Double {
        try gap(
            draws(500, 20, 100 + seed), draws(500, 20, 200 + seed),
            under: draws(20, rank, 300 + seed), ridge: 0)
    }

    /// Means and standard deviations over 400 draws of numpy, by its singular values: the published
    /// bars, 0, 1.30, 2.24 and 3.11, are one draw, within 1.4 deviations of them. Ours is the mean of
    /// ten draws, which a correct program has within five of its standard errors for all but one seed
    /// in a million.
    @Test(
        "The noise gap of a linear encoder is 0 exactly where its matrix has full rank",
        arguments: [(20, 0, 0), (15, 1.189, 0.085), (10, 2.202, 0.114), (5, 2.975, 0.114)])
    func theorem(rank: Int, mean: Double, deviation: Double) throws {
        let gaps = try (0..<10).map { try Self.gap(rank: rank, seed: $0) }
        let found = gaps.reduce(0, +) / 10
        #expect(abs(found - mean) < 5 * deviation / 10.0.squareRoot() + 1e-10, "\(found)")
        #expect(gaps.allSatisfy { rank == 20 ? $0 < 1e-10 : $0 > 0.5 }, "\(gaps)")
    }

    @Test("A singular matrix has, with a small ridge, the gap of a basis of its columns")
    func singular() throws {
        let (view, noise) = (Self.draws(500, 20, 100), Self.draws(500, 20, 200))
        let basis = Self.draws(20, 10, 300)
        let matrix = basis.times(Self.draws(10, 20, 400))
        let found = try Self.gap(view, noise, under: matrix, ridge: 1e-8)
        #expect(try abs(found - Self.gap(rank: 10, seed: 0)) < 1e-4)
    }

    // MARK: Linear CCA

    @Test("Linear CCA's components have the canonical correlations, and no others")
    func linear() throws {
        let (first, second) = (Self.draws(60, 4, 6), Self.draws(60, 3, 7))
        let expected = try Self.correlation(first, second).values
        let components = try #require(LinearCanonicalCorrelation([first, second], ridge: 0))
            .projected([first, second])
        #expect(components.map(\.columns) == [3, 3])
        for (column, correlation) in expected.enumerated() {
            func centred(_ view: Int) -> [Double] {
                let values = (0..<60).map { components[view][$0, column] }
                let mean = values.reduce(0, +) / 60
                return values.map { $0 - mean }
            }
            let (one, other) = (centred(0), centred(1))
            func product(_ a: [Double], _ b: [Double]) -> Double {
                zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let found =
                product(one, other)
                / (product(one, one) * product(other, other)).squareRoot()
            #expect(abs(found - correlation) < 1e-10)
        }
    }
}
