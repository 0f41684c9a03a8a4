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
        let widths = columns.indices.map { column in
            (rows.map { $0[column].count } + [columns[column].title.count]).max() ?? 0
        }
        let whole = widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1)
        if let width, whole > width { return stacked(width: width) }
        return ([columns.map(\.title)] + rows).map { row in
            var line = ""
            for column in columns.indices {
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                if column > 0 { line += Self.gap }
                line +=
                    columns[column].alignment == .left
                    ? row[column] + padding : padding + row[column]
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
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
