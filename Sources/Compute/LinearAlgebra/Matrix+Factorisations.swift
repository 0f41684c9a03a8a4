import COpenBLAS

/// LAPACK's factorisations. It stores matrices column by column, so that it sees the transpose of
/// what is handed to it.
extension Matrix {
    /// The lower triangular L with L L^T equal to this symmetric matrix; nil when it is not
    /// positive definite. Only the lower triangle is read.
    package func cholesky() -> Matrix? {
        precondition(rows == columns, "a Cholesky factor of \(rows) x \(columns)")
        var factor = self
        var size = Int32(rows)
        var info: Int32 = 0
        // The upper triangle of the transpose is the lower triangle here.
        factor.elements.withUnsafeMutableBufferPointer { a in
            dpotrf_("U", &size, a.baseAddress, &size, &info)
        }
        guard info == 0 else { return nil }
        factor.elements.withUnsafeMutableBufferPointer { elements in
            for row in 0..<rows {
                for column in row + 1..<max(row + 1, columns) {
                    elements[row * columns + column] = 0
                }
            }
        }
        return factor
    }

    /// x with a x = b for this symmetric positive definite a; nil when it is not.
    package func solvingPositiveDefinite(_ b: Matrix) -> Matrix? {
        precondition(b.rows == rows, "\(b.rows) right sides' rows for \(rows) equations")
        guard let factor = cholesky() else { return nil }
        var right = b.transposed
        var (size, count) = (Int32(rows), Int32(b.columns))
        var info: Int32 = 0
        right.elements.withUnsafeMutableBufferPointer { x in
            dpotrs_("U", &size, &count, factor.elements, &size, x.baseAddress, &size, &info)
        }
        return info == 0 ? right.transposed : nil
    }

    /// Eigenvalues, ascending, and eigenvectors as columns, of a symmetric matrix. Only the lower
    /// triangle is read.
    package func symmetricEigen() -> (values: [Double], vectors: Matrix) {
        precondition(rows == columns, "eigenvalues of \(rows) x \(columns)")
        var vectors = self
        var values = [Double](repeating: 0, count: rows)
        guard rows > 0 else { return (values, vectors) }
        var size = Int32(rows)
        var info: Int32 = 0
        var workSize: Int32 = Int32(1 + 6 * rows + 2 * rows * rows)
        var wholeSize: Int32 = Int32(3 + 5 * rows)
        var work = [Double](repeating: 0, count: Int(workSize))
        var wholeWork = [Int32](repeating: 0, count: Int(wholeSize))
        vectors.elements.withUnsafeMutableBufferPointer { a in
            dsyevd_(
                "V", "U", &size, a.baseAddress, &size, &values, &work, &workSize, &wholeWork,
                &wholeSize, &info)
        }
        precondition(info == 0, "the eigenvalues of a \(rows) x \(rows) matrix did not converge")
        // LAPACK's columns are rows here.
        return (values, vectors.transposed)
    }

    /// The x of least norm among those that minimise |a x - b|, column by column of b (LAPACK's
    /// dgelsd). Singular values below the largest times max(rows, columns) times 2^-52 count as
    /// none.
    package func leastSquares(_ b: Matrix) -> Matrix {
        precondition(b.rows == rows, "\(b.rows) right sides' rows for \(rows) equations")
        let larger = max(rows, columns)
        var a = transposed.elements
        var right = Matrix(rows: b.columns, columns: larger)
        for row in 0..<rows {
            for column in 0..<b.columns { right[column, row] = b[row, column] }
        }
        guard rows > 0, columns > 0, b.columns > 0 else {
            return Matrix(rows: columns, columns: b.columns)
        }
        var (m, n, count, leading) = (
            Int32(rows), Int32(columns), Int32(b.columns), Int32(larger)
        )
        var singular = [Double](repeating: 0, count: min(rows, columns))
        // numpy's: what is below it is rounding, not rank.
        var tolerance = Double(larger) * .ulpOfOne
        var (rank, info) = (Int32(0), Int32(0))
        var workSize: Int32 = -1
        var size = 0.0
        var wholeSize: Int32 = 0
        right.elements.withUnsafeMutableBufferPointer { x in
            dgelsd_(
                &m, &n, &count, &a, &m, x.baseAddress, &leading, &singular, &tolerance, &rank,
                &size, &workSize, &wholeSize, &info)
            workSize = Int32(size)
            var work = [Double](repeating: 0, count: Int(workSize))
            var wholeWork = [Int32](repeating: 0, count: max(1, Int(wholeSize)))
            dgelsd_(
                &m, &n, &count, &a, &m, x.baseAddress, &leading, &singular, &tolerance, &rank,
                &work, &workSize, &wholeWork, &info)
        }
        precondition(info == 0, "the least squares of a \(rows) x \(columns) matrix failed")
        var solution = Matrix(rows: columns, columns: b.columns)
        for row in 0..<columns {
            for column in 0..<b.columns { solution[row, column] = right[column, row] }
        }
        return solution
    }

    /// The singular values, descending.
    package func singularValues() -> [Double] {
        let count = min(rows, columns)
        guard count > 0 else { return [] }
        var a = elements
        // LAPACK sees the transpose, whose singular values are the same.
        var (m, n) = (Int32(columns), Int32(rows))
        var values = [Double](repeating: 0, count: count)
        var one: Int32 = 1
        var info: Int32 = 0
        var workSize: Int32 = -1
        var size = 0.0
        var unused = [0.0]
        var alsoUnused = [0.0]
        var wholeWork = [Int32](repeating: 0, count: 8 * count)
        dgesdd_(
            "N", &m, &n, &a, &m, &values, &unused, &one, &alsoUnused, &one, &size, &workSize,
            &wholeWork, &info)
        workSize = Int32(size)
        var work = [Double](repeating: 0, count: Int(workSize))
        dgesdd_(
            "N", &m, &n, &a, &m, &values, &unused, &one, &alsoUnused, &one, &work, &workSize,
            &wholeWork, &info)
        precondition(info == 0, "the singular values of a \(rows) x \(columns) matrix failed")
        return values
    }
}
