import Collapse

/// Measured minus predicted, for the headline metric or the first metric that theory predicts.
struct TheoryFigure: FreeFormFigure {
    let name = "theory"
    let section = FigureSection.theory

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let compared = builder.analysis.theory.filter { !$0.prediction.relation.isBound }
        let metrics = compared.filter { !$0.points.isEmpty }.map(\.prediction.metric)
        guard
            let metricName = metrics.contains(builder.analysis.headline.name)
                ? builder.analysis.headline.name : metrics.first
        else { return nil }
        let metric = builder.analysis.metric(metricName)
        let own = compared.filter { $0.prediction.metric == metricName }
        let series =
            builder.followsSweep
            ? sweepDifferences(of: metricName, builder) : generationDifferences(own, builder)
        guard series.contains(where: { !$0.points.isEmpty }) else { return nil }
        let position =
            builder.followsSweep ? "at generation \(builder.generations)" : "against generation"
        let sweep = builder.followsSweep ? builder.analysis.sweep : nil
        let figure = builder.single(
            name, title: "\(metric.title), measured minus predicted, \(position)",
            plot: SeriesPlot(
                series: series, x: sweep?.axis ?? .generations(last: builder.generations),
                xTitle: sweep?.axisTitle ?? "generation",
                yTitle: "\(metric.axisTitle), measured − predicted", including: [0],
                level: (0, "theory"), seedCount: builder.analysis.results.seeds.count), height: 330)
        return (
            figure,
            "\(builder.sentence(metric.title)), measured minus predicted, \(position): \(builder.bandWords)."
                + (builder.followsSweep ? "" : builder.analysis.shownWords)
        )
    }

    private func generationDifferences(
        _ compared: [TheoryComparison], _ builder: FigureBuilder
    ) -> [Series] {
        let arms = builder.analysis.results.arms
        let numbers = builder.styleNumbers
        return builder.analysis.selection.arms.flatMap { arm in
            compared.filter { $0.arm == arms[arm].name }.map { comparison in
                Series(
                    name: comparison.arm, colour: Palette.category(numbers[arm] ?? 0),
                    shape: Palette.shape(numbers[arm] ?? 0),
                    points: comparison.points.filter {
                        $0.difference.isFinite && builder.analysis.shows($0.generation)
                    }.map { (x: Double($0.generation), summary: $0.differenceSummary) })
            }
        }
    }

    private func sweepDifferences(
        of metric: String, _ builder: FigureBuilder
    ) -> [Series] {
        guard let sweep = builder.analysis.sweep else { return [] }
        let arms = builder.analysis.results.arms
        let colours = FigureBuilder.colours(of: sweep.groups)
        return sweep.groups.enumerated().map { number, group in
            Series(
                name: group.label.isEmpty ? "sweep" : group.label,
                colour: colours[number], shape: Palette.shape(number),
                points: group.points.compactMap { point in
                    builder.analysis.results.theoryComparisons(of: arms[point.arm], metric: metric)
                        .first { !$0.prediction.relation.isBound }?.points
                        .first { $0.generation == builder.generations && $0.difference.isFinite }
                        .map { (x: sweep.positions[point.index], summary: $0.differenceSummary) }
                })
        }
    }
}
