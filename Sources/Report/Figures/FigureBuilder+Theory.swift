import Collapse

/// Measured minus predicted.
extension FigureBuilder {
    /// The difference for the headline metric, or for the first metric that theory speaks of.
    func theory() -> ReportFigure? {
        let compared = analysis.theory.filter { !$0.prediction.relation.isBound }
        let names = compared.filter { !$0.points.isEmpty }.map(\.prediction.metric)
        guard
            let name = names.contains(analysis.headline.name)
                ? analysis.headline.name : names.first
        else { return nil }
        let metric = analysis.metric(name)
        let own = compared.filter { $0.prediction.metric == name }
        let series = followsSweep ? sweepDifferences(own) : generationDifferences(own)
        guard series.contains(where: { !$0.points.isEmpty }) else { return nil }
        let place = followsSweep ? "at generation \(generations)" : "against generation"
        let sweep = followsSweep ? analysis.sweep : nil
        let figure = single(
            "theory", title: "\(metric.title), measured minus predicted, \(place)",
            plot: SeriesPlot(
                series: series, x: sweep?.axis ?? .generations(last: generations),
                xTitle: sweep?.axisTitle ?? "generation",
                yTitle: "\(metric.axisTitle), measured − predicted", including: [0],
                level: (0, "theory"), seedCount: analysis.results.seeds.count), height: 330)
        return ReportFigure(
            section: "theory", heading: "", figure: figure,
            caption: "\(sentence(metric.title)), measured minus predicted, \(place): \(bandWords).")
    }

    private func generationDifferences(_ compared: [TheoryComparison]) -> [Series] {
        let arms = analysis.results.arms
        return arms.indices.flatMap { index in
            compared.filter { $0.arm == arms[index].name }.map { comparison in
                Series(
                    name: comparison.arm, colour: Palette.category(index),
                    shape: Palette.shape(index),
                    points: comparison.points.filter {
                        $0.difference.isFinite && analysis.shows($0.generation)
                    }.map { (x: Double($0.generation), summary: $0.differenceSummary) })
            }
        }
    }

    private func sweepDifferences(_ compared: [TheoryComparison]) -> [Series] {
        guard let sweep = analysis.sweep else { return [] }
        let arms = analysis.results.arms
        return sweep.groups.enumerated().map { number, group in
            Series(
                name: group.label.isEmpty ? "sweep" : group.label,
                colour: Palette.category(number), shape: Palette.shape(number),
                points: group.points.compactMap { place in
                    compared.first { $0.arm == arms[place.arm].name }?.points
                        .first { $0.generation == generations && $0.difference.isFinite }
                        .map { (x: sweep.positions[place.index], summary: $0.differenceSummary) }
                })
        }
    }
}

extension TheoryComparison.Point {
    /// Mean and spread of measured minus predicted.
    fileprivate var differenceSummary: Summary {
        var summary = measured
        summary.mean = difference
        return summary
    }
}
