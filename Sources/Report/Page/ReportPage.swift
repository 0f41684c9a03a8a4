import Collapse

/// The page: a head with navigation, then its sections.
struct ReportPage {
    let analysis: Analysis
    let scaling: ScalingFits?
    /// The figures with their images as inline SVG; nil where a figure could not be drawn.
    var figures: [(figure: ReportFigure, svg: String?)]
    /// Sentences about what could not be done.
    var problems: [String]

    private var results: ExperimentResults { analysis.results }

    var html: String {
        let sections = sections
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(PageScript.policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(results.name)</title>
            <style>
            \(StyleSheet.css)
            </style>
            </head>
            <body>
            <header>
            <h1>\(results.name)</h1>
            \(lead)<p class="facts">\(facts)</p>
            \((problems + results.cautions).map { "<p class=\"problem\">\($0)</p>\n" as Markup })\(unfinished)<nav>\(sections.map(\.link))</nav>
            \(selection)\(notes)\(Downloads.links(analysis))</header>
            <main>
            \(sections.map(\.markup))</main>
            <script type="application/json" id="page-data">\(data.markup)</script>
            <script>\(Markup(trusted: PageScript.source))</script>
            </body>
            </html>

            """
        return page.html
    }

    private var data: PageData {
        PageData(
            figures: figures.filter { $0.svg != nil && !$0.figure.figure.charts.isEmpty }.map {
                .init(id: $0.figure.figure.name, charts: $0.figure.figure.charts)
            }, samples: SampleSection(analysis: analysis).series)
    }

    private var sections: [Section] {
        let comparison = ComparisonSection(analysis: analysis)
        let appendix = AppendixSections(analysis: analysis)
        let opening = [
            HeadlineSection(analysis: analysis).section(figure: images(in: .headline)),
            VerdictSection(analysis: analysis).section,
            DriftSection(analysis: analysis).section,
            TheorySection(analysis: analysis).section(figure: images(in: .theory)),
            comparison.sweep(figure: images(in: .sweep)),
            ScalingSection(analysis: analysis, fits: scaling).section(figure: images(in: .scaling)),
            comparison.differences,
        ]
        let ending = [
            SampleSection(analysis: analysis).section, DataSection(analysis: analysis).section,
            MethodsSection(analysis: analysis).section, appendix.allMetrics, appendix.configuration,
            appendix.reproduction,
            appendix.environment, appendix.glossary,
        ]
        return (opening + panelSections + ending).compactMap(\.self)
    }

    private var lead: Markup {
        results.description.isEmpty ? "" : "<p class=\"lead\">\(results.description)</p>\n"
    }

    private var facts: String {
        let arms = results.arms.count
        let seeds = results.seeds.count
        return "Setting \(results.setting.name): \(results.setting.summary) "
            + "\(arms) \(arms == 1 ? "arm" : "arms"), \(seeds) \(seeds == 1 ? "seed" : "seeds"), "
            + "generations 0 to \(results.generations)."
    }

    /// Which arms of many the page names one by one, and where the others are.
    private var selection: Markup {
        guard analysis.selection.isPartial else { return "" }
        let metric = analysis.headline
        let ends =
            analysis.sweep == nil
            ? "" : " Among them are also ends of the sweep's curves or arms outside it."
        let theory: Markup =
            results.arms.allSatisfy { $0.predictions.isEmpty && $0.excessTheory == nil }
            ? "" : ", every prediction of theory in <code>theory.csv</code>"
        return """
            <p class="note">This page names \(analysis.selection.arms.count) of its \
            \(results.arms.count) arms one by one. They were chosen by \(metric.title) at generation \
            \(analysis.lastGeneration) (mean over seeds): the lowest, the highest and arms at even \
            distances in that order.\(ends) What the page counts it counts over all arms. All of them \
            are in the run's folder: every measurement in <code>metrics.csv</code>\(theory).</p>

            """
    }

    private var notes: Markup {
        results.notes.isEmpty
            ? "" : "<p class=\"note\">\(results.notes.joined(separator: " "))</p>\n"
    }

    /// Which arms lack seeds at the last generation asked for.
    private var unfinished: Markup {
        let asked = results.arms.filter { arm in
            arm.exhausted.map { $0 > results.generations } ?? true
        }
        let incomplete = asked.compactMap { arm -> String? in
            let count = results.metrics.values(
                arm: arm.name, generation: results.generations, metric: analysis.headline.name,
                seeds: results.seeds
            ).count
            return count < results.seeds.count
                ? "\(arm.name) (\(count) of \(results.seeds.count))" : nil
        }
        guard !incomplete.isEmpty else { return exhausted }
        return """
            \(exhausted)<p class="problem">Unfinished: not every seed has reached generation \
            \(results.generations): \(incomplete.prefix(8).joined(separator: ", "))\
            \(incomplete.count > 8 ? " and \(incomplete.count - 8) more arms" : "").</p>

            """
    }

    /// Which controls have used up the real data.
    private var exhausted: Markup {
        let ended = results.arms.compactMap { arm in
            arm.exhausted.map { "\(arm.name) (before generation \($0))" }
        }
        guard !ended.isEmpty else { return "" }
        return """
            <p class="note">The real data ends before the last generation for these controls, and with \
            them ends what is measured against them: \(ended.prefix(8).joined(separator: ", "))\
            \(ended.count > 8 ? " and \(ended.count - 8) more" : ""). A larger corpus, a smaller \
            sample-size or fewer generations would do.</p>

            """
    }

    /// The sections of figures alone, in the order of their first figures.
    private var panelSections: [Section] {
        var headings: [String] = []
        for entry in figures {
            guard case .panels(let heading) = entry.figure.section, !headings.contains(heading)
            else { continue }
            headings.append(heading)
        }
        return headings.map {
            Section(
                id: "panel-\(FigureBuilder.slug($0))", heading: $0, body: images(in: .panels($0)))
        }
    }

    /// The figures of a section, each below its own heading where it has one.
    private func images(in section: FigureSection) -> Markup {
        let parts = figures.filter { $0.figure.section == section }.map { entry -> Markup in
            let (heading, figure) = (entry.figure.heading, entry.figure.figure)
            let picture: Markup =
                entry.svg.map { Markup(trusted: VectorImage.inlined($0)) }
                ?? "<p class=\"problem\">The figure \(figure.title) was not drawn.</p>\n"
            return """
                \(heading.isEmpty ? "" : "<h3>\(heading)</h3>\n" as Markup)<figure id="figure-\(figure.name)">
                \(picture)<figcaption>\(entry.figure.caption)</figcaption>
                </figure>

                """
        }
        return "\(parts)"
    }
}
