import Compute
import TestSupport
import Testing

@Suite struct MatrixTests {
    private func random(_ rows: Int, _ columns: Int, index: Int) -> Matrix {
        let key = RandomKey(seed: 3, purpose: .test, index: index)
        return Matrix(
            rows: rows, columns: columns, NormalDraws.array(rows * columns, from: key))
    }

    private func distance(_ a: Matrix, _ b: Matrix) -> Double {
        precondition(a.rows == b.rows && a.columns == b.columns)
        return zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("Products agree with the definition", arguments: [(1, 1, 1), (3, 5, 2), (17, 4, 9)])
    func products(shape: (Int, Int, Int)) {
        let (m, k, n) = shape
        let (a, b) = (random(m, k, index: 1), random(k, n, index: 2))
        var expected = Matrix(rows: m, columns: n)
        for row in 0..<m {
            for column in 0..<n {
                for inner in 0..<k { expected[row, column] += a[row, inner] * b[inner, column] }
            }
        }
        #expect(distance(a.times(b), expected) < 1e-13)
        #expect(distance(a.transposed.transposedTimes(b), expected) < 1e-13)
        #expect(distance(a.timesTransposed(b.transposed), expected) < 1e-13)
        #expect(distance(a.gram(), a.transposed.times(a)) < 1e-13)
        let vector = random(k, 1, index: 3)
        #expect(
            distance(
                Matrix(rows: m, columns: 1, a.times(vector: vector.elements)), a.times(vector))
                < 1e-13)
        #expect(
            distance(
                Matrix(
                    rows: m, columns: 1, a.transposed.transposedTimes(vector: vector.elements)),
                a.times(vector)) < 1e-13)
    }

    @Test("A Cholesky factor is lower triangular and gives the matrix back")
    func cholesky() throws {
        let a = random(12, 6, index: 1).gram()
        let factor = try #require(a.cholesky())
        #expect(factor[0, 5] == 0)
        #expect(distance(factor.timesTransposed(factor), a) < 1e-12)
        let b = random(6, 2, index: 2)
        let solution = try #require(a.solvingPositiveDefinite(b))
        #expect(distance(a.times(solution), b) < 1e-11)
        #expect(Matrix.diagonal([1, -1]).cholesky() == nil)
    }

    @Test("Eigenvectors diagonalise, and eigenvalues ascend")
    func eigen() {
        let a = random(9, 5, index: 1).gram()
        let (values, vectors) = a.symmetricEigen()
        #expect(values == values.sorted())
        #expect(
            distance(vectors.times(.diagonal(values)).timesTransposed(vectors), a) < 1e-12)
        #expect(distance(vectors.gram(), .diagonal(1, count: 5)) < 1e-13)
    }

    @Test("Least squares: normal equations when tall, least norm when wide")
    func leastSquares() {
        let tall = random(20, 4, index: 1)
        let b = random(20, 2, index: 2)
        let x = tall.leastSquares(b)
        #expect(
            distance(tall.gram().times(x), tall.transposedTimes(b)) < 1e-12)
        let wide = random(4, 20, index: 3)
        let right = random(4, 1, index: 4)
        let least = wide.leastSquares(right)
        #expect(distance(wide.times(least), right) < 1e-12)
        // The solution of least norm lies in the span of the rows.
        let inner = wide.timesTransposed(wide).solvingPositiveDefinite(right)
        #expect(distance(least, wide.transposedTimes(inner ?? right)) < 1e-12)
    }

    @Test func singularValues() {
        let a = random(7, 4, index: 1)
        let squares = a.gram().symmetricEigen().values.reversed()
        for (value, square) in zip(a.singularValues(), squares) {
            #expect(abs(value * value - square) < 1e-12)
        }
    }
}
