import Report

/// What a run says of its arms when it has ended.
enum OutcomeText {
    /// A sentence and a table with an arm a line.
    static func lines(_ table: OutcomeTable, width: Int?) -> [String] {
        guard table.rows.contains(where: { $0.value != nil }) else { return [] }
        let rows = table.rows
        let hasChange = rows.contains { $0.change != nil }
        let hasDifference = rows.contains { $0.difference != nil }
        var columns: [(String, TextTable.Alignment)] = [
            ("arm", .left), ("generation \(table.generation)", .right),
        ]
        if hasChange { columns.append(("change", .right)) }
        if hasDifference { columns.append(("from control", .right)) }
        var text = TextTable(columns)
        for row in rows {
            var cells = [row.arm, row.valueText ?? "not measured"]
            if hasChange { cells.append(row.change.map(cell) ?? "") }
            if hasDifference {
                let isEarlier = row.comparedGeneration.map { $0 < table.generation } ?? false
                cells.append(
                    (row.difference.map(cell) ?? "")
                        + (isEarlier ? " (generation \(row.comparedGeneration ?? 0))" : ""))
            }
            text.append(cells)
        }
        let seeds = rows.compactMap(\.value?.seeds).max() ?? 0
        let heading =
            table.title
            + (seeds > 1 ? ", means over \(seeds) seeds with 95 % intervals" : ", one seed")
            + (hasChange ? "; change since generation 0" : "")
        return [heading + ":"] + text.lines(width: width)
            + (table.omitted > 0
                ? ["and \(counted(table.omitted, "more arm")); metrics.csv has all"] : [])
    }

    private static func cell(_ estimate: OutcomeTable.Estimate) -> String {
        NumberText.estimate(estimate.mean, halfWidth: estimate.halfWidth, signed: true)
    }
}
