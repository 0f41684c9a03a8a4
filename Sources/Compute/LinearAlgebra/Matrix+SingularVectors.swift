import COpenBLAS

/// What a matrix is the product of: `left` diag(`values`) `right`.
package struct SingularDecomposition {
    /// Orthonormal columns: rows of the matrix by the smaller of its sides.
    package let left: Matrix
    /// Descending, none below 0.
    package let values: [Double]
    /// Orthonormal rows: the smaller side of the matrix by its columns.
    package let right: Matrix
}

extension Matrix {
    /// Singular values and vectors (LAPACK's dgesdd), the thin ones; nil where an element is not
    /// finite or LAPACK does not converge.
    package func singularDecomposition() -> SingularDecomposition? {
        let count = min(rows, columns)
        guard elements.allSatisfy(\.isFinite) else { return nil }
        guard count > 0 else {
            return SingularDecomposition(
                left: Matrix(rows: rows, columns: 0), values: [],
                right: Matrix(rows: 0, columns: columns))
        }
        var a = elements
        // LAPACK sees the transpose, so that its left vectors are the right ones here.
        var (m, n, k) = (Int32(columns), Int32(rows), Int32(count))
        var values = [Double](repeating: 0, count: count)
        var right = Matrix(rows: count, columns: columns)
        var left = Matrix(rows: rows, columns: count)
        var info: Int32 = 0
        var workSize: Int32 = -1
        var size = 0.0
        var wholeWork = [Int32](repeating: 0, count: 8 * count)
        right.elements.withUnsafeMutableBufferPointer { u in
            left.elements.withUnsafeMutableBufferPointer { v in
                dgesdd_(
                    "S", &m, &n, &a, &m, &values, u.baseAddress, &m, v.baseAddress, &k, &size,
                    &workSize, &wholeWork, &info)
                workSize = Int32(size)
                var work = [Double](repeating: 0, count: Int(workSize))
                dgesdd_(
                    "S", &m, &n, &a, &m, &values, u.baseAddress, &m, v.baseAddress, &k, &work,
                    &workSize, &wholeWork, &info)
            }
        }
        guard info == 0 else { return nil }
        return SingularDecomposition(left: left, values: values, right: right)
    }
}
