import Collapse

/// What theory predicts beside what was measured.
struct TheorySection {
    let analysis: Analysis

    func section(figure: Markup) -> Section? {
        let rows = rows
        guard !rows.rows.isEmpty else { return figure.html.isEmpty ? nil : section(figure) }
        return section("\(figure)\(verdict)\(rows.markup)\(notes)")
    }

    private func section(_ body: Markup) -> Section {
        Section(id: "theory", heading: "Measured against theory", body: body)
    }

    /// How many of the expected values lie within four standard errors, over all arms, metrics and
    /// generations.
    private var verdict: Markup {
        let errors = analysis.theory.filter { $0.prediction.relation == .expectation }
            .flatMap(\.points).map(\.standardErrors).filter(\.isFinite)
        guard !errors.isEmpty else { return "" }
        let within = errors.count { abs($0) <= 4 }
        return """
            <p>Of \(errors.count) exactly predicted means, \(within) were measured within four standard \
            errors. Generations of an arm share their draws, so these are not independent; the mean of \
            a skewed metric strays further from normal than few seeds show.</p>

            """
    }

    private var rows: Table {
        let last = analysis.lastGeneration
        var table = Table(
            [
                ("arm", .text), ("metric", .text), ("theory", .text), ("predicted", .number),
                ("measured", .number), ("measured − predicted", .number),
                ("in standard errors", .number), ("largest", .number),
            ],
            caption: """
                At generation \(last). The last number is the largest absolute difference in standard \
                errors over all generations: with many generations some exceed 2 by chance. Every \
                generation is in <code>theory.csv</code>.
                """)
        for comparison in analysis.theory {
            guard let point = comparison.points.last else { continue }
            let prediction = comparison.prediction
            let largest = comparison.points.map { abs($0.standardErrors) }.filter(\.isFinite).max()
            let isBound = prediction.relation.isBound
            table.append([
                "\(comparison.arm)",
                "\(analysis.metric(prediction.metric).title)<small>\(prediction.source)</small>",
                "\(Self.words(prediction.relation))", "\(NumberText.short(point.predicted))",
                "\(HeadlineSection.estimate(point.measured))",
                "\(NumberText.estimate(point.difference, halfWidth: point.measured.halfWidth(), signed: true))",
                "\(HeadlineSection.standardErrors(point.standardErrors))",
                "\(isBound ? "–" : largest.map { NumberText.fixed($0, decimals: 1) } ?? "–")",
            ])
        }
        return table
    }

    private static func words(_ relation: Prediction.Relation) -> String {
        switch relation {
        case .expectation: "mean"
        case .approximation: "mean, in a limit"
        case .upperBound: "at most"
        case .lowerBound: "at least"
        }
    }

    /// What the predictions assume or why they are undefined, each said once.
    private var notes: Markup {
        var said: [String] = []
        for note in analysis.theory.compactMap(\.prediction.note) where !said.contains(note) {
            said.append(note)
        }
        guard !said.isEmpty else { return "" }
        let items = said.map { "<li>\($0)</li>\n" as Markup }
        return "<ul class=\"note\">\n\(items)</ul>\n"
    }
}
