extension Matrix {
    /// A matrix of numbers in single precision, row by row.
    package init(rows: Int, columns: Int, floats: [Float]) {
        self.init(rows: rows, columns: columns, floats.map(Double.init))
    }

    /// The same rows over their Euclidean norms; rows of zeros stay.
    package func withRowsOfUnitLength() -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(rows * columns)
        for row in 0..<rows {
            let own = self.elements[row * columns..<(row + 1) * columns]
            let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
            elements += own.map { norm > 0 ? $0 / norm : 0 }
        }
        return Matrix(rows: rows, columns: columns, elements)
    }
}
