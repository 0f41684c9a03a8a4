import Collapse

/// Histograms of some generations over each other, one plot for each arm.
extension FigureBuilder {
    /// More generations than this cannot be told apart.
    private static let mostGenerations = 5
    private static let mostArms = 6
    private static let realName = "real text"

    func histogram(_ panel: PanelDeclaration) -> ReportFigure? {
        guard let bins = panel.bins, let first = panel.metrics.first, analysis.contains(first)
        else { return nil }
        let controls = analysis.unnamedControls
        let arms = analysis.selection.arms.filter { arm in
            controls[arm] == nil
                && analysis.results.metrics.contains(
                    arm: analysis.results.arms[arm].name, metric: first)
        }
        guard !arms.isEmpty else { return nil }
        let shown = ArmSelection.spread(arms, Self.mostArms)
        let drawn = ArmSelection.spread(Array(0...generations), Self.mostGenerations)
        var plots = shown.map { arm in
            let arm = analysis.results.arms[arm]
            let real = realHistogram(of: panel, in: arm, bins)
            let series =
                (real.map { [$0] } ?? [])
                + drawn.enumerated().compactMap { place, generation in
                    histogram(of: panel.metrics, in: arm, generation, bins).map { points in
                        Series(
                            name: "generation \(generation)",
                            colour: Self.colour(place, of: drawn.count),
                            shape: Palette.shape(place), points: points)
                    }
                }
            return SeriesPlot(
                series: series, x: .covering(bins.middles, logarithmic: true), xTitle: bins.title,
                title: arm.name, showsCovered: false, seedCount: analysis.results.seeds.count)
        }
        // Bins that nobody is in, but for one at either side, are left out.
        let filled = plots.flatMap { $0.series.flatMap(\.points) }.filter { $0.summary.mean > 0 }
        let inside = bins.middles.indices.filter { index in
            filled.contains { $0.x == bins.middles[index] }
        }
        let range =
            bins.middles[
                max(0, (inside.first ?? 0) - 1)]...bins.middles[
                min(bins.middles.count - 1, (inside.last ?? 0) + 1)]
        plots = plots.map { plot in
            var plot = plot
            plot.x = .covering([range.lowerBound, range.upperBound], logarithmic: true)
            for index in plot.series.indices {
                plot.series[index].points.removeAll { !range.contains($0.x) }
            }
            return plot
        }
        let named = plots.max { $0.series.count < $1.series.count }?.series ?? []
        var words =
            "\(sentence(panel.title)): share of documents in each bin, mean over "
            + "seeds."
        let sums = plots.flatMap { plot in
            plot.series.map { $0.points.reduce(0) { $0 + $1.summary.mean } }
        }
        if sums.contains(where: { $0 < 0.999 }) {
            words += " What is missing to a sum of 1 is infinite."
        }
        if named.contains(where: { $0.name == Self.realName }) { words += " In grey: real text." }
        if shown.count < arms.count { words += " Shown are \(shown.count) of \(arms.count) arms." }
        let figure = multiples(
            Self.slug("\(panel.section) \(panel.title)"), title: panel.title, plots: plots,
            legend: named.map {
                Legend.Entry(text: $0.name, colour: $0.colour, shape: nil)
            }, sharedTitle: "share of documents")
        return ReportFigure(
            section: .panels(panel.section), heading: panel.title, figure: figure, caption: words)
    }

    private func histogram(
        of metrics: [String], in arm: ExperimentResults.Arm, _ generation: Int,
        _ bins: PanelDeclaration.Bins
    ) -> [(x: Double, summary: Summary)]? {
        let points = zip(bins.middles, metrics).compactMap { middle, metric in
            analysis.summary(analysis.results.setting.metric(metric), of: arm, at: generation).map {
                // Bands of curves that cross would hide them.
                (x: middle, summary: Summary([$0.mean]))
            }
        }
        return points.isEmpty ? nil : points
    }

    /// The same of real data, where the metrics have references.
    private func realHistogram(
        of panel: PanelDeclaration, in arm: ExperimentResults.Arm, _ bins: PanelDeclaration.Bins
    ) -> Series? {
        let references = panel.metrics.compactMap {
            analysis.results.setting.metric($0).reference
        }
        guard references.count == panel.metrics.count,
            let points = histogram(of: references, in: arm, generations, bins)
        else { return nil }
        return Series(
            name: Self.realName, colour: Colour.frame, shape: Palette.shape(6), points: points)
    }

    /// From light to dark.
    private static func colour(_ place: Int, of count: Int) -> Colour {
        let share = count > 1 ? Double(place) / Double(count - 1) : 1
        return Palette.category(share < 1 ? 0 : 1).lightened(by: share < 1 ? 0.65 * (1 - share) : 0)
    }
}
