import Compute
import Settings
import Testing

/// How sets of images are compared, against SciPy, scikit-learn and NumPy.
@Suite struct ImageComparisonTests {
    private struct Reference: Decodable {
        var real: [Double]
        var other: [Double]
        var labels: [UInt8]
        var columns: Int
        var k: Int
        var distance: Double
        var precision: Double
        var recall: Double
        var overlap: Double
    }

    private let reference: Reference
    private let real: Matrix
    private let other: Matrix

    init() throws {
        reference = try fixture("Diffusion/images.json", as: Reference.self)
        real = Matrix(
            rows: reference.real.count / reference.columns, columns: reference.columns,
            reference.real)
        other = Matrix(
            rows: reference.other.count / reference.columns, columns: reference.columns,
            reference.other)
    }

    @Test("The Frechet distance is that of SciPy's matrix square root, and 0 from a set to itself")
    func frechet() {
        let distance = FrechetDistance(from: real)
        #expect(abs(distance(to: other) - reference.distance) < 1e-9)
        #expect(abs(distance(to: real)) < 1e-9)
        // A set that lies in a plane has a distance, too.
        var flat = other
        for row in 0..<flat.rows { flat[row, 3] = flat[row, 2] }
        let (back, forth) = (FrechetDistance(from: flat)(to: real), distance(to: flat))
        #expect(forth.isFinite && abs(back - forth) < 1e-6)
    }

    @Test("Precision and recall are those of balls to the k-th neighbour")
    func neighbourhoods() {
        let balls = Neighbourhoods(of: real, k: reference.k)
        #expect(abs(balls.share(covering: other) - reference.precision) < 1e-12)
        let others = Neighbourhoods(of: other, k: reference.k)
        #expect(abs(others.share(covering: real) - reference.recall) < 1e-12)
        #expect(balls.share(covering: real) == 1)
    }

    @Test("The overlap of class subspaces is that of singular values, and 0 for orthogonal ones")
    func overlap() {
        let overlap = SubspaceOverlap.centredUnit(real, labels: reference.labels)
        #expect(abs(overlap - reference.overlap) < 1e-9)
        var orthogonal = Matrix(rows: 8, columns: 4)
        for row in 0..<8 { orthogonal[row, row % 4] = row < 4 ? 1 : -1 }
        let labels = (0..<8).map { UInt8($0 % 4) }
        #expect(abs(SubspaceOverlap.centredUnit(orthogonal, labels: labels)) < 1e-12)
    }
}
