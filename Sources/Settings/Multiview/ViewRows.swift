import Collapse

/// Rows of a seed's real stream, by their position in it; each has size 1.
package struct ViewRows: ExampleCollection, Hashable {
    /// From 0.
    package private(set) var rows: [Int32]

    package init() { self.init(rows: []) }
    package init(rows: [Int32]) { self.rows = rows }

    package static var hasUnitSizes: Bool { true }
    package var count: Int { rows.count }
    package var totalSize: Int { count }
    package func size(at index: Int) -> Int { 1 }
    package func selecting(_ indices: [Int]) -> ViewRows {
        ViewRows(rows: indices.map { rows[$0] })
    }
    package func prefix(size: Int) -> ViewRows { ViewRows(rows: Array(rows.prefix(size))) }
    package mutating func append(_ other: ViewRows) { rows += other.rows }

    package func contentKey(at index: Int) -> [UInt8] {
        withUnsafeBytes(of: rows[index].littleEndian) { Array($0) }
    }
}
