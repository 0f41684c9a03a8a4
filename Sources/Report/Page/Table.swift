/// A table with a rule above and below, as papers set it. A long one is folded away under its
/// caption.
struct Table {
    /// The most rows that stand open.
    private static let mostRows = 24

    enum Column {
        case text, number
    }

    var columns: [(title: Markup, kind: Column)]
    var rows: [[Markup]] = []
    var caption: Markup?

    init(_ columns: [(Markup, Column)], caption: Markup? = nil) {
        self.columns = columns.map { (title: $0.0, kind: $0.1) }
        self.caption = caption
    }

    mutating func append(_ row: [Markup]) {
        precondition(
            row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
        rows.append(row)
    }

    /// The table with some of its columns.
    func keeping(_ kept: [Int]) -> Table {
        var table = self
        table.columns = kept.map { columns[$0] }
        table.rows = rows.map { row in kept.map { row[$0] } }
        return table
    }

    var markup: Markup {
        func attribute(_ index: Int) -> Markup {
            switch columns[index].kind {
            case .text: ""
            case .number: " class=\"number\""
            }
        }
        let head = columns.indices.map {
            "<th scope=\"col\"\(attribute($0))>\(columns[$0].title)</th>" as Markup
        }
        let body = rows.map { row -> Markup in
            let cells = row.indices.map { index -> Markup in
                index == 0
                    ? "<th scope=\"row\"\(attribute(index))>\(row[index])</th>"
                    : "<td\(attribute(index))>\(row[index])</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        let table: Markup = """
            <div class="table"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody></table></div>

            """
        guard rows.count > Self.mostRows else {
            return (caption.map { "<p class=\"caption\">\($0)</p>\n" } ?? "") + table
        }
        return """
            <details><summary class="caption">\(rows.count) rows. \(caption ?? "")</summary>
            \(table)</details>

            """
    }
}
