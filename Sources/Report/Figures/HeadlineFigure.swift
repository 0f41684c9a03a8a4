import Collapse

/// The headline metric: against generation, with a plot for each curve of a sweep, or along the
/// sweep.
struct HeadlineFigure: FreeFormFigure {
    let name = "headline"
    let section = FigureSection.headline

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let metric = builder.analysis.headline
        guard builder.analysis.contains(metric.name) else { return nil }
        if let sweep = builder.analysis.sweep, builder.followsSweep {
            guard builder.generations > 1 else { return alongSweep(builder) }
            let mostCurves =
                sweep.references.count + (sweep.groups.map(\.points.count).max() ?? 0)
            return mostCurves > FigureBuilder.mostCurves
                ? HeatMap.overGenerations(builder, sweep) : facets(builder)
        }
        let figure = builder.single(
            name, title: "\(metric.title) against generation",
            plot: SeriesPlot(
                series: builder.generationSeries(metric.name),
                x: builder.generationAxis(of: [metric.name]),
                xTitle: "generation", yTitle: metric.axisTitle,
                logarithmic: builder.isHeadlineLogarithmic, level: builder.level(of: metric),
                seedCount: builder.analysis.results.seeds.count),
            height: 430)
        return (
            figure,
            builder.caption("\(builder.sentence(metric.title)) against generation", [metric.name])
                + builder.pairingWords + builder.levelWords(of: metric)
        )
    }

    /// The headline against generation, one plot for each curve of the sweep, coloured by the key.
    private func facets(
        _ builder: FigureBuilder
    ) -> (figure: Figure, caption: String)? {
        guard let sweep = builder.analysis.sweep else { return nil }
        let metric = builder.analysis.headline
        let arms = builder.analysis.results.arms
        let selection = builder.analysis.selection
        let named = Set(selection.arms)
        let references = sweep.references.enumerated().compactMap { number, arm in
            builder.series(
                arms[arm], metric.name, colour: Palette.level(number, besides: 0),
                shape: Palette.shape(number))
        }
        var plots = sweep.groups.map { group in
            SeriesPlot(
                series: references
                    + group.points.filter { named.contains($0.arm) }.compactMap { point in
                        builder.series(
                            arms[point.arm], metric.name,
                            name: NumberText.short(sweep.grid[point.index]),
                            colour: Palette.ordered(point.index, of: sweep.grid.count),
                            shape: .circle)
                    }, x: builder.generationAxis(of: [metric.name], ticks: 6), xTitle: "generation",
                title: group.label.isEmpty ? metric.axisTitle : group.label,
                logarithmic: builder.isHeadlineLogarithmic, level: builder.level(of: metric),
                seedCount: builder.analysis.results.seeds.count)
        }.filter { $0.series.count > (selection.isPartial ? references.count : 0) }
        guard !plots.isEmpty else { return nil }
        // One scale for all, so that the plots can be compared.
        let shared = Axis.covering(
            plots.flatMap(\.extent), logarithmic: builder.isHeadlineLogarithmic, ticks: 5)
        for index in plots.indices { plots[index].y = shared }
        var entries = [Legend.Entry(text: "\(sweep.title):", colour: .ink, shape: nil)]
        let values = Set(
            sweep.groups.flatMap(\.points).filter { named.contains($0.arm) }.map(\.index))
        entries += sweep.grid.indices.filter(values.contains).map {
            Legend.Entry(
                text: NumberText.short(sweep.grid[$0]),
                colour: Palette.ordered($0, of: sweep.grid.count), shape: .circle)
        }
        entries += builder.legend(references)
        let figure = builder.multiples(
            name, title: "\(metric.title) against generation", plots: plots, legend: entries,
            sharedTitle: metric.axisTitle)
        return (
            figure,
            builder.caption(
                "\(builder.sentence(metric.title)) against generation for each value of \(sweep.title)",
                [metric.name], followsSweep: false, hasControls: false) + builder.pairingWords
                + builder.levelWords(of: metric)
        )
    }

    /// The headline at the last generation against the swept key: for experiments of a single step.
    private func alongSweep(
        _ builder: FigureBuilder
    ) -> (figure: Figure, caption: String)? {
        guard let sweep = builder.analysis.sweep else { return nil }
        let metric = builder.analysis.headline
        let position = "at generation \(builder.generations) against \(sweep.title)"
        let figure = builder.single(
            name, title: "\(metric.title) \(position)",
            plot: SeriesPlot(
                series: builder.sweepSeries(metric.name), x: sweep.axis, xTitle: sweep.axisTitle,
                yTitle: metric.axisTitle, logarithmic: builder.isHeadlineLogarithmic,
                level: builder.level(of: metric), seedCount: builder.analysis.results.seeds.count),
            height: 430)
        return (
            figure,
            builder.caption("\(builder.sentence(metric.title)) \(position)", [metric.name])
                + builder.pairingWords + builder.levelWords(of: metric)
        )
    }
}
