import Collapse

/// The headline at the last generation against the size of the data, with the power laws that are
/// fitted to it.
struct ScalingFigure: FreeFormFigure {
    let name = "scaling"
    let section = FigureSection.scaling

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let analysis = builder.analysis
        guard let fits = builder.scaling else { return nil }
        let metric = analysis.headline
        let colours = FigureBuilder.colours(of: fits.curves.map(\.group))
        let series = fits.curves.enumerated().map { number, curve in
            Series(
                name: ScalingSection.name(of: curve), colour: colours[number],
                shape: Palette.shape(number),
                points: curve.points.map { (x: $0.size, summary: $0.summary) },
                predictions: [
                    PredictedCurve(
                        points: curve.points.map { ($0.size, curve.law.value(at: $0.size)) },
                        kind: .fit)
                ])
        }
        // A power law that falls to nothing is a line on two logarithmic axes.
        let means = series.flatMap(\.points).map(\.summary.mean)
        let isSpread =
            builder.isHeadlineLogarithmic || (means.max() ?? 1) > 4 * (means.min() ?? 1)
        let isPositive = series.flatMap(\.points).allSatisfy { $0.summary.mean > 0 }
        let title =
            "\(metric.title) at generation \(builder.generations) against the size of the data"
        let unit = analysis.results.setting.sizeUnit
        let figure = builder.single(
            name, title: title,
            plot: SeriesPlot(
                series: series, x: .covering(fits.sweep.grid, logarithmic: true),
                xTitle: "\(fits.sweep.title) (\(unit), logarithmic)", yTitle: metric.axisTitle,
                logarithmic: isPositive && isSpread,
                seedCount: analysis.results.seeds.count), height: 400)
        return (
            figure,
            "\(builder.sentence(title)): \(builder.bandWords). Dashed, in a darker shade: the power law "
                + "with an offset that fits the means best."
        )
    }
}
