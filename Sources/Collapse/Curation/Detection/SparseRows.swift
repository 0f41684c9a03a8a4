package import Compute

/// Rows of features of which most are 0.
package struct SparseRows: Sendable {
    /// The number of features.
    package let columnCount: Int
    private var offsets = [0]
    private var columns: [Int] = []
    private var values: [Double] = []

    /// The number of rows.
    package var count: Int { offsets.count - 1 }

    /// No rows yet.
    package init(columnCount: Int) { self.columnCount = columnCount }

    /// The rows of a matrix.
    package init(_ matrix: Matrix) {
        self.init(columnCount: matrix.columns)
        for row in 0..<matrix.rows {
            append(
                columns: Array(0..<matrix.columns),
                values: (0..<matrix.columns).map { matrix[row, $0] })
        }
    }

    /// Adds a row; its columns ascend.
    package mutating func append(columns: [Int], values: [Double]) {
        precondition(
            columns.count == values.count && (columns.last ?? 0) < columnCount,
            "\(values.count) values in \(columns.count) of \(columnCount) columns")
        self.columns += columns
        self.values += values
        offsets.append(self.columns.count)
    }

    /// The features of a row that are stored, in ascending order.
    package func row(_ index: Int) -> [(column: Int, value: Double)] {
        (offsets[index]..<offsets[index + 1]).map { (columns[$0], values[$0]) }
    }

    /// Some of the rows.
    package func selecting(_ rows: [Int]) -> SparseRows {
        var selected = SparseRows(columnCount: columnCount)
        for row in rows {
            let range = offsets[row]..<offsets[row + 1]
            selected.append(columns: Array(columns[range]), values: Array(values[range]))
        }
        return selected
    }

    /// These rows and those of another collection with the same features.
    package func appending(_ other: SparseRows) -> SparseRows {
        precondition(
            other.columnCount == columnCount, "\(other.columnCount) and \(columnCount) features")
        var all = self
        let end = columns.count
        all.columns += other.columns
        all.values += other.values
        all.offsets += other.offsets.dropFirst().map { $0 + end }
        return all
    }

    /// Each row's product with a vector, of which elements behind the features do not matter.
    func times(_ vector: [Double]) -> [Double] {
        (0..<count).map { row in
            var sum = 0.0
            for entry in offsets[row]..<offsets[row + 1] {
                sum += values[entry] * vector[columns[entry]]
            }
            return sum
        }
    }

    /// Adds the rows, each multiplied by a factor, to a vector.
    func addTransposed(times factors: [Double], to vector: inout [Double]) {
        for row in 0..<count {
            let factor = factors[row]
            for entry in offsets[row]..<offsets[row + 1] {
                vector[columns[entry]] += factor * values[entry]
            }
        }
    }

    /// The sum of the squares of each feature.
    func sumsOfSquares() -> [Double] {
        var sums = [Double](repeating: 0, count: columnCount)
        for (column, value) in zip(columns, values) { sums[column] += value * value }
        return sums
    }

    /// The rows with every feature moved by a centre and divided by a unit.
    func scaled(centre: [Double], unit: [Double]) -> SparseRows {
        var scaled = SparseRows(columnCount: columnCount)
        for row in 0..<count {
            var dense = centre.map { -$0 }
            for entry in offsets[row]..<offsets[row + 1] { dense[columns[entry]] += values[entry] }
            scaled.append(columns: Array(0..<columnCount), values: zip(dense, unit).map(/))
        }
        return scaled
    }
}
