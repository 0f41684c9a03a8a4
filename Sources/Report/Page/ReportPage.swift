import Collapse

/// The page from its parts.
struct ReportPage {
    let analysis: Analysis
    /// The figures with their images as inline SVG; nil where a figure could not be drawn.
    var figures: [(figure: ReportFigure, svg: String?)]
    /// Sentences about what could not be done.
    var problems: [String]

    private var results: ExperimentResults { analysis.results }

    var html: String {
        let comparison = ComparisonSection(analysis: analysis)
        let appendix = AppendixSections(analysis: analysis)
        let parts: [Markup] =
            [
                HeadlineSection(analysis: analysis).markup(figure: image("headline")),
                TheorySection(analysis: analysis).markup(figure: image("theory")),
                comparison.sweep(figure: image("excess")),
                comparison.differences,
            ] + panelSections + [
                SampleSection(analysis: analysis).markup,
                DataSection(analysis: analysis).markup,
                appendix.allMetrics, appendix.configuration, appendix.reproduction,
                appendix.environment, appendix.glossary,
            ]
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
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
            \(problems.map { "<p class=\"problem\">\($0)</p>\n" as Markup })\(unfinished)<nav>\(links(parts))</nav>
            \(Downloads.links(analysis))</header>
            <main>
            \(parts)</main>
            </body>
            </html>

            """
        return page.html
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

    /// Which arms lack seeds at the last generation asked for.
    private var unfinished: Markup {
        let incomplete = results.arms.compactMap { arm -> String? in
            let count = results.metrics.values(
                arm: arm.name, generation: results.generations, metric: analysis.headline.name,
                seeds: results.seeds
            ).count
            return count < results.seeds.count
                ? "\(arm.name) (\(count) of \(results.seeds.count))" : nil
        }
        guard !incomplete.isEmpty else { return "" }
        return """
            <p class="problem">Unfinished: not every seed has reached generation \
            \(results.generations): \(incomplete.prefix(8).joined(separator: ", "))\
            \(incomplete.count > 8 ? " and \(incomplete.count - 8) more arms" : "").</p>

            """
    }

    /// One section for each that the setting's panels name, in their order.
    private var panelSections: [Markup] {
        var sections: [String] = []
        for entry in figures
        where !["", "sweep", "theory"].contains(entry.figure.section)
            && !sections.contains(entry.figure.section)
        {
            sections.append(entry.figure.section)
        }
        return sections.map { section in
            let own = figures.filter { $0.figure.section == section }
            let body = own.map { entry -> Markup in
                "<h3>\(entry.figure.heading)</h3>\n\(image(entry.figure.figure.name))"
            }
            return """
                <section id="panel-\(FigureBuilder.slug(section))"><h2>\(section)</h2>
                \(body)</section>

                """
        }
    }

    private func image(_ name: String) -> Markup {
        guard let entry = figures.first(where: { $0.figure.figure.name == name }) else { return "" }
        let picture: Markup =
            entry.svg.map { Markup(trusted: VectorImage.inlined($0)) }
            ?? "<p class=\"problem\">The figure \(entry.figure.figure.title) was not drawn.</p>\n"
        return """
            <figure id="figure-\(name)">
            \(picture)<figcaption>\(entry.figure.caption)</figcaption>
            </figure>

            """
    }

    /// Links to the sections that are there, by their ids and headings.
    private func links(_ parts: [Markup]) -> [Markup] {
        parts.compactMap { part in
            guard
                let match = part.html.firstMatch(
                    of: /<section id="([a-z0-9-]+)"><h2>(.*?)<\/h2>/)
            else { return nil }
            return Markup(trusted: "<a href=\"#\(match.1)\">\(match.2)</a> ")
        }
    }
}
