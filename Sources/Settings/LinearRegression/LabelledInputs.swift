import Collapse
package import Compute

/// Inputs of a regression, a row each. Examples point into it, so that labels can change while
/// inputs stay.
package final class InputTable: Sendable {
    /// One input per row, one coordinate per column.
    package let rows: Matrix

    package init(_ rows: Matrix) { self.rows = rows }
}

/// Inputs with labels; each has size 1.
package struct LabelledInputs: ExampleCollection {
    /// A row of one of the tables.
    package struct Position: Hashable, Sendable {
        /// An index into ``LabelledInputs/tables``.
        package var table: Int32
        /// A row of that table.
        package var row: Int32
    }

    /// The tables that ``positions`` refer to, none of them twice.
    package private(set) var tables: [InputTable]
    /// Where the input of each example stands; several examples may share one.
    package private(set) var positions: [Position]
    /// The label y of each example, in the order of ``positions``.
    package private(set) var labels: [Double]

    package init() {
        tables = []
        positions = []
        labels = []
    }

    /// The first rows of a table, as many as there are labels; after the last row they begin again.
    package init(_ table: InputTable, labels: [Double]) {
        tables = [table]
        let count = Int32(table.rows.rows)
        positions = (0..<Int32(labels.count)).map { Position(table: 0, row: $0 % count) }
        self.labels = labels
    }

    /// The same inputs with other labels.
    package func relabelled(_ labels: [Double]) -> LabelledInputs {
        precondition(
            labels.count == positions.count, "\(labels.count) labels for \(positions.count) inputs")
        var result = self
        result.labels = labels
        return result
    }

    package static var hasUnitSizes: Bool { true }
    /// The number of examples, which may exceed that of different inputs.
    package var count: Int { labels.count }
    package var totalSize: Int { labels.count }
    package func size(at index: Int) -> Int { 1 }

    package func selecting(_ indices: [Int]) -> LabelledInputs {
        var result = LabelledInputs()
        result.tables = tables
        result.positions = indices.map { positions[$0] }
        result.labels = indices.map { labels[$0] }
        return result
    }

    package func prefix(size: Int) -> LabelledInputs {
        guard size < count else { return self }
        var result = self
        result.positions.removeLast(count - size)
        result.labels.removeLast(count - size)
        return result
    }

    /// Adds examples at the end; a table that both sides refer to is kept once.
    package mutating func append(_ other: LabelledInputs) {
        let numbers = other.tables.map { table -> Int32 in
            if let known = tables.firstIndex(where: { $0 === table }) { return Int32(known) }
            tables.append(table)
            return Int32(tables.count - 1)
        }
        positions.append(
            contentsOf: other.positions.map { Position(table: numbers[Int($0.table)], row: $0.row) }
        )
        labels.append(contentsOf: other.labels)
    }

    package func contentKey(at index: Int) -> [UInt8] {
        (input(at: index) + [labels[index]]).flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    /// The input of an example.
    package func input(at index: Int) -> ArraySlice<Double> {
        let position = positions[index]
        let rows = tables[Int(position.table)].rows
        let start = Int(position.row) * rows.columns
        return rows.elements[start..<start + rows.columns]
    }
}
