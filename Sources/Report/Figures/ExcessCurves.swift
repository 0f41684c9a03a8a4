import Collapse

/// The headline metric less that of each arm's control, against generation.
///
/// What differs between seeds is in both and cancels, so that the bands hold what samples cost.
struct ExcessCurves: FreeFormFigure {
    let name = "excess-over-control"
    let section = FigureSection.headline

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let analysis = builder.analysis
        guard !builder.followsSweep, builder.generations > 1 else { return nil }
        let metric = analysis.headline
        let numbers = builder.styleNumbers
        let series = analysis.selection.arms.compactMap { arm -> Series? in
            guard let number = numbers[arm], case .control = analysis.reference(of: arm) else {
                return nil
            }
            let points = (0...builder.generations).filter(analysis.shows).compactMap { generation in
                analysis.excess(of: arm, at: generation).map {
                    (x: Double(generation), summary: $0.summary)
                }
            }
            var curve = Series(
                name: analysis.results.arms[arm].name, colour: Palette.category(number),
                shape: Palette.shape(number), points: points,
                predictions: predictions(of: arm, builder))
            curve.seeds = builder.seedCurves(count: points.count) {
                analysis.excess(of: arm, at: Int(points[$0].x))?.values ?? []
            }
            return curve
        }.filter { !$0.points.isEmpty }
        guard !series.isEmpty else { return nil }
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        let title = "\(metric.title) over the control"
        let figure = builder.single(
            name, title: "\(title) against generation",
            plot: SeriesPlot(
                series: series, x: .generations(last: builder.generations), xTitle: "generation",
                yTitle: "\(title)\(unit)", including: [0], seedCount: analysis.results.seeds.count),
            height: 360)
        return (
            figure,
            "\(builder.sentence(metric.title)) of each arm less that of its control, which trained on "
                + "fresh real data in place of the samples, at the same generation and seed by seed: "
                + "\(builder.bandWords).\(analysis.shownWords)\(theoryWords(series, builder))"
        )
    }

    /// Theory of the excess as far as it holds.
    private func predictions(of arm: Int, _ builder: FigureBuilder) -> [PredictedCurve] {
        guard let comparison = builder.analysis.results.excessComparison(of: arm),
            comparison.prediction.metric == builder.analysis.headline.name
        else { return [] }
        let points = comparison.points.prefix(while: \.isInRange)
            .filter { builder.analysis.shows($0.generation) }
            .map { (x: Double($0.generation), y: $0.predicted) }
        return points.count > 1 ? [PredictedCurve(points: points)] : []
    }

    private func theoryWords(_ series: [Series], _ builder: FigureBuilder) -> String {
        let theories = builder.analysis.shownArms.compactMap(\.excessTheory)
        guard let theory = theories.first else { return "" }
        return series.allSatisfy(\.predictions.isEmpty)
            ? " Theory (\(theory.source)) is drawn where the variance of models is small: nowhere here."
            : " Dashed, in a darker shade: theory (\(theory.source)), one factor fitted to the first "
                + "generation of the arm that replaces its data. Where a line ends, the variance of models "
                + "is no longer small, and what is measured beyond is bias that compounds, or a loss that levels off."
    }
}
