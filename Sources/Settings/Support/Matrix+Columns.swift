import Compute

extension Matrix {
    /// The mean of each column.
    func columnMeans() -> [Double] {
        var means = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns { means[column] += self[row, column] }
        }
        return means.map { $0 / Double(rows) }
    }

    /// These rows minus one and the same row.
    func subtracting(row: [Double]) -> Matrix {
        var result = self
        result.elements.withUnsafeMutableBufferPointer { elements in
            for index in 0..<rows {
                for column in 0..<columns { elements[index * columns + column] -= row[column] }
            }
        }
        return result
    }

    /// These rows minus their mean.
    func minusColumnMeans() -> Matrix { subtracting(row: columnMeans()) }

    /// These rows with mean 0 and variance 1 (over rows - 1) in each column; constant columns
    /// become 0.
    func standardised() -> Matrix {
        var result = minusColumnMeans()
        for column in 0..<columns {
            let squares = (0..<rows).reduce(0) { $0 + result[$1, column] * result[$1, column] }
            let deviation = (squares / Double(max(1, rows - 1))).squareRoot()
            // What is below is rounding of a constant.
            for row in 0..<rows { result[row, column] /= deviation + 1e-9 }
        }
        return result
    }

    /// Some of the rows, in this order.
    func selecting(rows chosen: [Int]) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(chosen.count * columns)
        for row in chosen { elements += self.elements[row * columns..<(row + 1) * columns] }
        return Matrix(rows: chosen.count, columns: columns, elements)
    }

    /// The columns of several matrices of as many rows, one after the other.
    static func columns(of parts: [Matrix]) -> Matrix {
        let rows = parts.first?.rows ?? 0
        let width = parts.reduce(0) { $0 + $1.columns }
        var elements: [Double] = []
        elements.reserveCapacity(rows * width)
        for row in 0..<rows {
            for part in parts {
                elements += part.elements[row * part.columns..<(row + 1) * part.columns]
            }
        }
        return Matrix(rows: rows, columns: width, elements)
    }
}
