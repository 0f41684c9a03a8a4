import Collapse

/// What a reader needs to check or repeat the experiment.
struct AppendixSections {
    let analysis: Analysis

    private var results: ExperimentResults { analysis.results }
    /// Beyond this many arms a table of all metrics has a row for each arm and metric.
    private static let mostColumns = 6
    /// The most lines of a specification that the page holds.
    private static let mostLines = 10_000

    /// Every metric of every arm at the last generation.
    var allMetrics: Section? {
        guard !analysis.measuredMetrics.isEmpty else { return nil }
        let last = analysis.lastGeneration
        let arms = analysis.shownArms
        let bins = analysis.binNames
        let metrics = analysis.measuredMetrics.filter { !bins.contains($0.name) }
        func cell(_ arm: ExperimentResults.Arm, _ metric: MetricDeclaration, _ t: Int) -> Markup {
            analysis.summary(metric, of: arm, at: t).map {
                "\(analysis.estimate($0, metric, in: arm, at: t))"
            } ?? "–"
        }
        let caption: Markup = """
            Every metric at generation \(last): mean ± half width of the 95 % Student interval over seeds.\
            \(analysis.shownWords)
            """
        var table: Table
        if arms.count <= Self.mostColumns {
            table = Table(
                [("metric", .text)] + arms.map { ("\($0.name)", .number) }, caption: caption)
            for metric in metrics {
                table.append(["\(metric.axisTitle)"] + arms.map { cell($0, metric, last) })
            }
        } else {
            table = Table(
                [
                    ("metric", .text), ("arm", .text), (HeadlineSection.generation(0), .number),
                    (HeadlineSection.generation(last), .number),
                ], caption: caption)
            for metric in metrics {
                for arm in arms
                where results.metrics.contains(arm: arm.name, metric: metric.name) {
                    table.append([
                        "\(metric.axisTitle)", "\(arm.name)", cell(arm, metric, 0),
                        cell(arm, metric, last),
                    ])
                }
            }
        }
        return Section(id: "metrics", heading: "All metrics", body: table.markup)
    }

    /// The specification, or the lines of a very long one that the page holds.
    private var specification: (text: String, isWhole: Bool) {
        let lines = results.specificationText.split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > Self.mostLines else { return (results.specificationText, true) }
        return (lines.prefix(Self.mostLines).joined(separator: "\n"), false)
    }

    var configuration: Section {
        let (text, isWhole) = specification
        let cut: Markup =
            isWhole
            ? ""
            : " These are its first \(Self.mostLines) lines; <code>experiment.yaml</code> has them all."
        return Section(
            id: "configuration", heading: "Configuration",
            body: """
                <p class="note">The resolved specification: every value that determines a result, defaults \
                included.\(cut)</p>
                <pre>\(text)</pre>
                """)
    }

    var reproduction: Section {
        let copy =
            !specification.isWhole
            ? ""
            : specification.text.contains("objects/")
                ? ", beside the copy of the files that it begins from"
                : "; a copy of the text above serves as well"
        return Section(
            id: "reproduce", heading: "How to reproduce",
            body: """
                <p>The run's folder holds this configuration as <code>experiment.yaml</code>\(copy).</p>
                <pre>collapselab run experiment.yaml --output DIR</pre>
                <p>The command may be interrupted and repeated: it does only what is missing and ends with the \
                same <code>metrics.csv</code>, at any number of workers. Equal bits are promised for an equal \
                environment, below. Each figure stands in <code>figures/</code> with its gnuplot script, which \
                holds its data: <code>gnuplot NAME.gnuplot &gt; NAME.svg</code>.</p>
                """)
    }

    var environment: Section? {
        guard !results.environment.isEmpty else { return nil }
        var table = Table([("fact", .text), ("value", .text)])
        for fact in results.environment { table.append(["\(fact.name)", "\(fact.value)"]) }
        return Section(id: "environment", heading: "Environment", body: table.markup)
    }

    var glossary: Section? {
        guard !analysis.measuredMetrics.isEmpty else { return nil }
        var table = Table([
            ("name in metrics.csv", .text), ("title", .text), ("unit", .text), ("better", .text),
            ("what is measured", .text),
        ])
        for metric in analysis.measuredMetrics {
            let better =
                switch metric.direction {
                case .lowerIsBetter: "lower"
                case .higherIsBetter: "higher"
                case .nearerToReference: "nearer to real data"
                case .neither: "–"
                }
            table.append([
                "<code>\(metric.name)</code>", "\(metric.title)",
                "\(metric.unit.isEmpty ? "–" : metric.unit)", "\(better)",
                Markup.prose(metric.help),
            ])
        }
        return Section(
            id: "glossary", heading: "Metrics and words",
            body: """
                \(table.markup)
                <p class="note">Generation 0 is the model fitted on real data only; generation t trains on \
                data that the arm's workflow composes from real data and the samples of earlier \
                generations. An arm is one way of using data; a seed repeats every arm with its own real \
                sample and random numbers. Confidence intervals are Student's, at 95 %, over seeds: they \
                speak of other seeds, not of other data.</p>
                """)
    }
}
