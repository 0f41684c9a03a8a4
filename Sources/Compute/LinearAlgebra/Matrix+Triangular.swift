import COpenBLAS

/// Products that touch one triangle only, at half the arithmetic of whole ones, in place.
extension Matrix {
    /// This matrix becomes L times it, for a square L of which only the lower triangle is read.
    package mutating func multiplyFromLeft(byLowerTriangular lower: Matrix) {
        precondition(
            lower.rows == rows && lower.columns == rows,
            "a triangle of \(lower.rows) x \(lower.columns) times \(rows) x \(columns)")
        guard rows > 0, columns > 0 else { return }
        elements.withUnsafeMutableBufferPointer { b in
            cblas_dtrmm(
                CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, Int32(rows),
                Int32(columns), 1, lower.elements, Int32(lower.columns), b.baseAddress,
                Int32(columns))
        }
    }

    /// Every row x, lying one after the other, becomes L x, for this square L of which only the
    /// lower triangle is read.
    package func multiplyAsLowerTriangular(rows x: UnsafeMutableBufferPointer<Double>) {
        precondition(
            rows == columns && rows > 0 && x.count % rows == 0,
            "\(x.count) elements as rows times a triangle of \(rows) x \(columns)")
        guard !x.isEmpty else { return }
        cblas_dtrmm(
            CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit,
            Int32(x.count / rows), Int32(rows), 1, elements, Int32(rows), x.baseAddress,
            Int32(rows))
    }

    /// Adds a a^T to the lower triangle; the upper one is left as it is.
    package mutating func addToLowerTriangle(productWithTransposeOf a: Matrix) {
        precondition(
            rows == columns && rows == a.rows,
            "\(a.rows) x \(a.columns) times its transpose is added to \(rows) x \(columns)")
        addToLowerTriangle(a, CblasNoTrans, inner: a.columns)
    }

    /// Adds a^T a to the lower triangle; the upper one is left as it is.
    package mutating func addToLowerTriangle(gramOf a: Matrix) {
        precondition(
            rows == columns && rows == a.columns,
            "the Gram matrix of \(a.rows) x \(a.columns) is added to \(rows) x \(columns)")
        addToLowerTriangle(a, CblasTrans, inner: a.rows)
    }

    private mutating func addToLowerTriangle(
        _ a: Matrix, _ transpose: CBLAS_TRANSPOSE, inner: Int
    ) {
        guard rows > 0, inner > 0 else { return }
        let size = Int32(rows)
        elements.withUnsafeMutableBufferPointer { c in
            cblas_dsyrk(
                CblasRowMajor, CblasLower, transpose, size, Int32(inner), 1, a.elements,
                Int32(a.columns), 1, c.baseAddress, size)
        }
    }

    /// Adds `scale` v v^T to the lower triangle; the upper one is left as it is.
    package mutating func addToLowerTriangle(outerProductOf v: [Double], times scale: Double) {
        precondition(
            rows == columns && rows == v.count,
            "\(v.count) elements' products are added to \(rows) x \(columns)")
        guard rows > 0 else { return }
        let size = Int32(rows)
        elements.withUnsafeMutableBufferPointer { c in
            cblas_dsyr(CblasRowMajor, CblasLower, size, scale, v, 1, c.baseAddress, size)
        }
    }

    /// The inverse of a lower triangular matrix; nil when an element of the diagonal is zero.
    package func lowerTriangularInverse() -> Matrix? {
        precondition(rows == columns, "the inverse of \(rows) x \(columns)")
        var inverse = self
        var size = Int32(rows)
        var info: Int32 = 0
        // The upper triangle of LAPACK's column by column is the lower triangle here.
        inverse.elements.withUnsafeMutableBufferPointer { a in
            dtrtri_("U", "N", &size, a.baseAddress, &size, &info)
        }
        return info == 0 ? inverse : nil
    }

    /// What a pivot of this matrix must exceed to be more than rounding.
    ///
    /// LAPACK's own bound is n units of rounding of the largest element, but elements that are sums
    /// of products have errors of several, more or fewer by the processor's kernels.
    package var semidefiniteTolerance: Double {
        8 * Double(rows) * Double.ulpOfOne * ((0..<rows).map { self[$0, $0] }.max() ?? 0)
    }

    /// F of `rows` x rank with F F^T equal to this symmetric matrix up to rounding, which need only
    /// be positive semidefinite: Cholesky's factorisation with pivots, which stops where what is
    /// left is rounding. Only the lower triangle is read. F is no triangle.
    package func semidefiniteFactor() -> Matrix {
        precondition(rows == columns, "a factor of \(rows) x \(columns)")
        guard rows > 0 else { return self }
        var triangle = self
        var size = Int32(rows)
        var pivots = [Int32](repeating: 0, count: rows)
        var work = [Double](repeating: 0, count: 2 * rows)
        var (rank, info) = (Int32(0), Int32(0))
        var tolerance = semidefiniteTolerance
        triangle.elements.withUnsafeMutableBufferPointer { a in
            dpstrf_("U", &size, a.baseAddress, &size, &pivots, &rank, &tolerance, &work, &info)
        }
        var factor = Matrix(rows: rows, columns: Int(rank))
        for row in 0..<rows {
            let index = Int(pivots[row]) - 1
            for column in 0..<min(row + 1, Int(rank)) {
                factor[index, column] = triangle[row, column]
            }
        }
        return factor
    }
}
