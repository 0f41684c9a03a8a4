/// Rows of text under the titles of their columns, for a terminal or a file.
struct TextTable {
    /// The side that the cells of a column stand at.
    enum Alignment {
        case left, right
    }

    private static let gap = "  "
    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    mutating func append(_ row: [String]) {
        precondition(
            row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
        rows.append(row)
    }

    mutating func removeRows() { rows = [] }

    /// The lines, none longer than `width`, the columns of a terminal, where cells allow it; of any
    /// length where that is nil.
    func lines(width: Int?) -> [String] {
        let all = [columns.map(\.title)] + rows
        let counts = all.map { $0.map(Self.width) }
        let widths = columns.indices.map { column in
            counts.reduce(0) { max($0, $1[column]) }
        }
        let whole = widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1)
        if let width, whole > width { return stacked(width: width) }
        return zip(all, counts).map { row, counts in
            var line = ""
            for column in columns.indices {
                let padding = String(repeating: " ", count: widths[column] - counts[column])
                if column > 0 { line += Self.gap }
                switch columns[column].alignment {
                case .right: line += padding + row[column]
                // Nothing follows the last column.
                case .left: line += row[column] + (column < columns.count - 1 ? padding : "")
                }
            }
            return line
        }
    }

    /// The columns that a text takes.
    private static func width(_ text: String) -> Int {
        // Counting characters takes its time, and most are bytes.
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }

    /// A line for each cell, where a row does not fit on one.
    private func stacked(width: Int) -> [String] {
        rows.flatMap { row in
            [row[0]]
                + columns.indices.dropFirst().compactMap { column -> String? in
                    guard !row[column].isEmpty else { return nil }
                    let line = " \(columns[column].title) \(row[column])"
                    return line.count <= width ? line : " \(row[column])"
                }
        }
    }
}
