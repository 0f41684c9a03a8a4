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
        var (count, within) = (0, 0)
        for arm in analysis.results.arms {
            for comparison in analysis.results.theoryComparisons(of: arm)
            where comparison.prediction.relation == .expectation {
                let errors = comparison.points.map(\.reportedStandardErrors).filter(\.isFinite)
                count += errors.count
                within += errors.count { abs($0) <= 4 }
            }
        }
        guard count > 0 else { return "" }
        return """
            <p>Of \(count) exactly predicted means, \(within) were measured within four standard \
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
                generation is in <code>theory.csv</code>.\(analysis.shownWords)
                """)
        let arms = Dictionary(
            analysis.shownArms.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for comparison in analysis.theory {
            guard let arm = arms[comparison.arm], let point = comparison.points.last else {
                continue
            }
            let prediction = comparison.prediction
            let metric = analysis.metric(prediction.metric)
            let largest = comparison.points.filter(\.isInRange)
                .map { abs($0.reportedStandardErrors) }
                .filter(\.isFinite).max()
            let isBound = prediction.relation.isBound
            // Against a mean that is not known yet there is nothing to compare.
            let isEarly = analysis.isUnfinished(metric, in: arm, at: point.generation)
            table.append([
                "\(comparison.arm)",
                "\(metric.title)<small>\(prediction.source)</small>",
                "\(Self.words(prediction.relation))", "\(NumberText.short(point.predicted))",
                "\(analysis.estimate(point.measured, metric, in: arm, at: point.generation))",
                "\(isEarly ? "–" : point.differenceText)",
                "\(isEarly ? "–" : point.isInRange ? HeadlineSection.standardErrors(point.reportedStandardErrors) : "out of range")",
                "\(isBound || isEarly ? "–" : largest.map { NumberText.fixed($0, decimals: 1) } ?? "–")",
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
        case .excess: "mean excess"
        }
    }

    /// What the predictions assume or why they are undefined, each said once.
    private var notes: Markup {
        var said: [String] = []
        for comparison in analysis.theory {
            let beyond = comparison.points.first { !$0.isInRange }.map {
                "from generation \($0.generation) on \(comparison.arm) is "
                    + TheoryComparison.beyondRange
            }
            for note in [comparison.prediction.note, beyond].compactMap(\.self)
            where !said.contains(note) {
                said.append(note)
            }
        }
        guard !said.isEmpty else { return "" }
        let items = said.map { "<li>\($0)</li>\n" as Markup }
        return "<ul class=\"note\">\n\(items)</ul>\n"
    }
}

extension TheoryComparison.Point {
    /// Whether the measurement is the prediction, but for the noise of rounding.
    private var isExact: Bool { RoundingNoise.difference(measured.mean, predicted) == 0 }

    /// ``standardErrors``, of which an exact measurement without spread has none.
    fileprivate var reportedStandardErrors: Double {
        isExact && measured.standardError <= RoundingNoise.share * abs(measured.mean)
            ? 0 : standardErrors
    }

    /// The difference with the measurement's half width.
    fileprivate var differenceText: String {
        let half = differenceSummary.halfWidth()
        let isNoise = half <= RoundingNoise.share * abs(measured.mean)
        return NumberText.estimate(
            RoundingNoise.difference(measured.mean, predicted), halfWidth: isNoise ? 0 : half,
            signed: true)
    }
}
