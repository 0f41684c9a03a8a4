import Collapse

/// The headline metric of every arm at the last generation against what its real data are worth.
struct EffectiveSampleFigure: FreeFormFigure {
    let name = "effective-sample"
    let section = FigureSection.panels("Effective real sample")

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let analysis = builder.analysis
        let metric = analysis.headline
        let numbers = builder.styleNumbers
        let last = builder.generations
        let series = analysis.selection.arms.compactMap { arm -> Series? in
            let samples = analysis.results.arms[arm].effectiveSamples
            let curve = analysis.curve(arm: analysis.results.arms[arm].name, metric: metric.name)
            guard let number = numbers[arm], last < samples.count, last < curve.points.count,
                samples[last].unknownProvenance > 0, let value = curve.points[last]
            else { return nil }
            return Series(
                name: analysis.results.arms[arm].name, colour: Palette.category(number),
                shape: Palette.shape(number),
                points: [(x: samples[last].unknownProvenance, summary: value)])
        }
        let positions = Set(series.flatMap(\.points).map(\.x))
        guard last > 0, positions.count > 2 else { return nil }
        let unit = analysis.results.setting.sizeUnit
        let title = "\(metric.title) against the effective real sample"
        let figure = builder.single(
            name, title: "\(title), generation \(last)",
            plot: SeriesPlot(
                series: series, x: .covering(Array(positions), logarithmic: true),
                xTitle: "effective real sample (\(unit), logarithmic)", yTitle: metric.axisTitle,
                seedCount: analysis.results.seeds.count), height: 380)
        return (
            figure,
            "\(builder.sentence(title)) at generation \(last): \(builder.bandWords). The effective real "
                + "sample is the sum of n a² over the generations so far, with n the data of one and a its "
                + "real share: squared errors are of the order of its inverse where a learner cannot tell "
                + "real data from samples (Kanabar and Gastpar 2026).\(analysis.shownWords)"
        )
    }
}
