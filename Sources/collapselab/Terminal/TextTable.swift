/// Rows of text under the titles of their columns, for a terminal or a file.
struct TextTable {
    /// The side that the cells of a column stand at.
    enum Alignment {
        case left, right
    }

    private static let gap = "  "
    /// Names are shortened to so many columns before a row takes several lines.
    private static let shortest = 16
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
        var all = [columns.map(\.title)] + rows
        var counts = all.map { $0.map(Self.width) }
        var widths = columns.indices.map { column in
            counts.reduce(0) { max($0, $1[column]) }
        }
        let whole = widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1)
        if let width, whole > width {
            // Names are long before numbers are.
            let least = widths[0] - (whole - width)
            guard least >= Self.shortest else { return stacked(width: width) }
            widths[0] = least
            for row in all.indices {
                all[row][0] = Self.shortened(all[row][0], to: least)
                counts[row][0] = min(counts[row][0], least)
            }
        }
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
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// A text without its middle, of which beginning and end tell more.
    private static func shortened(_ text: String, to width: Int) -> String {
        guard text.count > width else { return text }
        return text.prefix(width / 2) + "…" + text.suffix(width - width / 2 - 1)
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
