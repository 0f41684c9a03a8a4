import COpenBLAS

/// An owned matrix of doubles, row by row: for the settings whose learner is linear algebra.
package struct Matrix: Hashable, Sendable {
    /// The number of rows; may be 0.
    package let rows: Int
    /// The number of columns; may be 0.
    package let columns: Int
    /// Row by row, `rows * columns` elements.
    package var elements: [Double]

    /// A matrix of zeros.
    package init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, Array(repeating: 0, count: rows * columns))
    }

    package init(rows: Int, columns: Int, _ elements: [Double]) {
        precondition(
            elements.count == rows * columns,
            "\(elements.count) elements for \(rows) x \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// The identity times a number.
    package static func diagonal(_ value: Double, count: Int) -> Matrix {
        diagonal(Array(repeating: value, count: count))
    }

    /// The square matrix with these values on its diagonal and zeros elsewhere.
    package static func diagonal(_ values: [Double]) -> Matrix {
        var matrix = Matrix(rows: values.count, columns: values.count)
        for (index, value) in values.enumerated() { matrix[index, index] = value }
        return matrix
    }

    /// One element; a column that is out of range is not caught unless it leads outside
    /// ``elements``.
    package subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// A copy of shape (columns, rows) with rows and columns exchanged.
    package var transposed: Matrix {
        let transposed = [Double](unsafeUninitializedCapacity: elements.count) { result, filled in
            elements.withUnsafeBufferPointer { elements in
                for row in 0..<rows {
                    for column in 0..<columns {
                        result[column * rows + row] = elements[row * columns + column]
                    }
                }
            }
            filled = elements.count
        }
        return Matrix(rows: columns, columns: rows, transposed)
    }

    /// The sum of the diagonal.
    package var trace: Double {
        (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] }
    }
}

// MARK: Products

extension Matrix {
    /// a b.
    package func times(_ other: Matrix) -> Matrix {
        product(other, transposesSelf: false, transposesOther: false)
    }

    /// a^T b.
    package func transposedTimes(_ other: Matrix) -> Matrix {
        product(other, transposesSelf: true, transposesOther: false)
    }

    /// a b^T.
    package func timesTransposed(_ other: Matrix) -> Matrix {
        product(other, transposesSelf: false, transposesOther: true)
    }

    /// a^T a, exactly symmetric.
    package func gram() -> Matrix {
        var result = Matrix(rows: columns, columns: columns)
        // A block of columns at a time, down to the diagonal: about half of all products.
        let width = 64
        withView { a in
            result.withMutableView { c in
                for start in stride(from: 0, to: columns, by: width) {
                    let end = min(start + width, columns)
                    multiply(
                        a.columns(0..<end).transposed, a.columns(start..<end),
                        into: c.rows(0..<end).columns(start..<end))
                }
            }
        }
        for row in 0..<columns {
            for column in 0..<row { result[row, column] = result[column, row] }
        }
        return result
    }

    /// a v.
    package func times(vector: [Double]) -> [Double] {
        vectorProduct(vector, CblasNoTrans, inner: columns, outer: rows)
    }

    /// a^T v.
    package func transposedTimes(vector: [Double]) -> [Double] {
        vectorProduct(vector, CblasTrans, inner: rows, outer: columns)
    }

    private func vectorProduct(
        _ vector: [Double], _ transpose: CBLAS_TRANSPOSE, inner: Int, outer: Int
    ) -> [Double] {
        precondition(
            vector.count == inner, "\(vector.count) elements meet a side of \(inner)")
        var result = [Double](repeating: 0, count: outer)
        guard rows > 0, columns > 0 else { return result }
        result.withUnsafeMutableBufferPointer { y in
            cblas_dgemv(
                CblasRowMajor, transpose, Int32(rows), Int32(columns), 1, elements,
                Int32(columns), vector, 1, 0, y.baseAddress, 1)
        }
        return result
    }

    private func product(
        _ other: Matrix, transposesSelf: Bool, transposesOther: Bool
    ) -> Matrix {
        let (height, inner) = transposesSelf ? (columns, rows) : (rows, columns)
        let (otherInner, width) =
            transposesOther ? (other.columns, other.rows) : (other.rows, other.columns)
        precondition(
            inner == otherInner, "(\(height) x \(inner)) times (\(otherInner) x \(width))")
        var result = Matrix(rows: height, columns: width)
        withView { a in
            other.withView { b in
                result.withMutableView { c in
                    multiply(
                        transposesSelf ? a.transposed : a, transposesOther ? b.transposed : b,
                        into: c)
                }
            }
        }
        return result
    }

    private func withView(_ body: (MatrixView<Double>) -> Void) {
        elements.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            body(MatrixView(reading: base, rows: rows, columns: columns))
        }
    }

    private mutating func withMutableView(_ body: (MatrixView<Double>) -> Void) {
        let (rows, columns) = (rows, columns)
        elements.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            body(MatrixView(base, rows: rows, columns: columns))
        }
    }
}

// MARK: Sums

extension Matrix {
    /// Adds a matrix of the same shape, element by element.
    package mutating func add(_ other: Matrix) {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(other.rows) x \(other.columns) is added to \(rows) x \(columns)")
        elements.withUnsafeMutableBufferPointer { sum in
            other.elements.withUnsafeBufferPointer { other in
                for index in sum.indices { sum[index] += other[index] }
            }
        }
    }

    /// This matrix times a number.
    package func multiplied(by factor: Double) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            Array(unsafeUninitializedCapacity: elements.count) { result, count in
                elements.withUnsafeBufferPointer { elements in
                    for index in elements.indices { result[index] = factor * elements[index] }
                }
                count = elements.count
            })
    }
}
