package import Compute

/// The random features x -> S x of a network with one linear hidden layer that is not trained: S is
/// `width` times the dimension d with independent entries N(0, 1/d) (Strong Model Collapse, section
/// 4).
package enum RandomProjection {
    /// A matrix L of at most d columns with L L^T = S^T S.
    ///
    /// Ridge regression sees S through S^T S alone, so that features L^T x learn what S x learn: a
    /// width of 20,000 costs no more than a width of d. Row j of S depends on its key and position
    /// alone, so that a wider projection contains the narrower one.
    package static func features(width: Int, dimension: Int, key: RandomKey) -> Matrix {
        guard width > dimension else {
            return rows(0..<width, dimension: dimension, key: key).transposed
        }
        var product = Matrix(rows: dimension, columns: dimension)
        for start in stride(from: 0, to: width, by: blockSize) {
            let block = rows(start..<min(start + blockSize, width), dimension: dimension, key: key)
            let gram = block.gram()
            for index in gram.elements.indices { product.elements[index] += gram.elements[index] }
        }
        // S^T S of more rows than columns is positive definite unless rounding says otherwise.
        return product.cholesky()
            ?? rows(0..<width, dimension: dimension, key: key).transposed
    }

    private static let blockSize = 1_024

    private static func rows(_ range: Range<Int>, dimension: Int, key: RandomKey) -> Matrix {
        var rows = Matrix(rows: range.count, columns: dimension)
        let scale = 1 / Double(dimension).squareRoot()
        rows.elements.withUnsafeMutableBufferPointer { elements in
            for (position, row) in range.enumerated() {
                NormalDraws.fill(
                    UnsafeMutableBufferPointer(
                        rebasing: elements[position * dimension..<(position + 1) * dimension]),
                    from: key.at(row))
            }
            for index in elements.indices { elements[index] *= scale }
        }
        return rows
    }
}
