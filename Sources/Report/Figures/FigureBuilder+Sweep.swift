import Collapse

/// The figures of a sweep: against the swept key, or one plot for each of its curves.
extension FigureBuilder {
    /// The headline against generation, one plot for each curve of the sweep, coloured by the key.
    func facets() -> ReportFigure? {
        guard let sweep = analysis.sweep else { return nil }
        let metric = analysis.headline
        let arms = analysis.results.arms
        let references = sweep.references.enumerated().compactMap { number, arm in
            series(
                arms[arm], metric.name, colour: number.isMultiple(of: 2) ? .ink : .frame,
                shape: Palette.shape(number))
        }
        var plots = sweep.groups.map { group in
            SeriesPlot(
                series: references
                    + group.points.compactMap { point in
                        series(
                            arms[point.arm], metric.name,
                            name: NumberText.short(sweep.grid[point.index]),
                            colour: Palette.ordered(point.index, of: sweep.grid.count),
                            shape: .circle)
                    }, x: .generations(last: generations, ticks: 6), xTitle: "generation",
                title: group.label.isEmpty ? metric.axisTitle : group.label,
                logarithmic: isHeadlineLogarithmic, seedCount: analysis.results.seeds.count)
        }.filter { !$0.series.isEmpty }
        guard !plots.isEmpty else { return nil }
        // One scale for all, so that the plots can be compared.
        let shared = Axis.covering(
            plots.flatMap(\.extent), logarithmic: isHeadlineLogarithmic, ticks: 5)
        for index in plots.indices { plots[index].y = shared }
        var entries = [Legend.Entry(text: "\(sweep.title):", colour: .ink, shape: nil)]
        entries += sweep.grid.indices.map {
            Legend.Entry(
                text: NumberText.short(sweep.grid[$0]),
                colour: Palette.ordered($0, of: sweep.grid.count), shape: .circle)
        }
        entries += legend(references)
        let figure = multiples(
            "headline", title: "\(metric.title) against generation", plots: plots, legend: entries,
            sharedTitle: metric.axisTitle)
        return ReportFigure(
            section: "", heading: "", figure: figure,
            caption: caption(
                "\(sentence(metric.title)) against generation for each value of \(sweep.title)",
                [metric.name]) + pairingWords)
    }

    /// The headline at the last generation against the swept key: for experiments of a single step.
    func alongSweep() -> ReportFigure? {
        guard let sweep = analysis.sweep else { return nil }
        let metric = analysis.headline
        let place = "at generation \(generations) against \(sweep.title)"
        let figure = single(
            "headline", title: "\(metric.title) \(place)",
            plot: SeriesPlot(
                series: sweepSeries(metric.name), x: sweep.axis, xTitle: sweep.axisTitle,
                yTitle: metric.axisTitle, logarithmic: isHeadlineLogarithmic,
                seedCount: analysis.results.seeds.count), height: 430)
        return ReportFigure(
            section: "", heading: "", figure: figure,
            caption: caption("\(sentence(metric.title)) \(place)", [metric.name]) + pairingWords)
    }

    /// A metric at the last generation against the swept key: a curve for each group, a level for each arm outside.
    func sweepSeries(_ metric: String) -> [Series] {
        guard let sweep = analysis.sweep else { return [] }
        let results = analysis.results
        func summary(_ arm: Int) -> Summary? {
            let values = results.metrics.values(
                arm: results.arms[arm].name, generation: generations, metric: metric,
                seeds: results.seeds)
            return values.isEmpty ? nil : Summary(values)
        }
        let curves = sweep.groups.enumerated().map { number, group in
            Series(
                name: group.label.isEmpty ? "sweep" : group.label,
                colour: Palette.category(number), shape: Palette.shape(number),
                points: group.points.compactMap { point in
                    summary(point.arm).map { (x: sweep.positions[point.index], summary: $0) }
                }, predictions: predictions(of: metric, along: group, in: sweep))
        }
        let levels = sweep.references.enumerated().compactMap { number, arm in
            summary(arm).map { value in
                Series(
                    name: results.arms[arm].name, colour: number.isMultiple(of: 2) ? .ink : .frame,
                    shape: .circle, points: [(x: 0, summary: value)], isLevel: true)
            }
        }
        return (levels + curves).filter { !$0.points.isEmpty }
    }

    /// What theory predicts of the last generation along a curve of a sweep. Arms may have several predictions of a
    /// metric, such as a value and a bound: the k-th of each arm makes the k-th curve.
    private func predictions(
        of metric: String, along group: Sweep.Group, in sweep: Sweep
    ) -> [PredictedCurve] {
        var curves: [PredictedCurve] = []
        for point in group.points {
            let own = analysis.results.arms[point.arm].predictions.filter { $0.metric == metric }
            for (number, prediction) in own.enumerated() where generations < prediction.values.count
            {
                if number == curves.count {
                    curves.append(
                        PredictedCurve(points: [], isBound: prediction.relation.isBound))
                }
                curves[number].points.append(
                    (sweep.positions[point.index], prediction.values[generations]))
            }
        }
        return curves
    }

    /// Final headline less generation 0 against the swept key, with the tolerance and where each curve
    /// first comes within it.
    func excess() -> ReportFigure? {
        guard let excess = SweepExcess(analysis) else { return nil }
        let results = analysis.results
        let metric = analysis.headline
        let curves = excess.groups.enumerated().compactMap { number, group -> Series? in
            guard !group.points.isEmpty else { return nil }
            return Series(
                name: group.label.isEmpty ? "excess" : group.label,
                colour: Palette.category(number), shape: Palette.shape(number),
                points: group.points.map {
                    (x: excess.sweep.positions[$0.index], summary: $0.excess)
                })
        }
        let levels = excess.references.enumerated().map { number, reference in
            Series(
                name: results.arms[reference.arm].name,
                colour: number.isMultiple(of: 2) ? .ink : .frame, shape: .circle,
                points: [(x: 0, summary: reference.excess)], isLevel: true)
        }
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        var plot = SeriesPlot(
            series: levels + curves, x: excess.sweep.axis, xTitle: excess.sweep.axisTitle,
            yTitle: "excess of \(metric.title) over generation 0\(unit)", including: [0],
            level: (excess.tolerance, "tolerance \(NumberText.short(excess.tolerance))"),
            seedCount: results.seeds.count)
        let highest = curves.flatMap(\.points).map(\.summary.mean).filter(\.isFinite).max() ?? 0
        let lowest =
            curves.flatMap(\.points).map { point in
                point.summary.mean
                    - (point.summary.standardError.isFinite ? point.summary.halfWidth() : 0)
            }.filter(\.isFinite).min() ?? 0
        let title = "excess of \(metric.title) against \(excess.sweep.title)"
        var figure: Figure
        if excess.tolerance > 0, highest > 6 * excess.tolerance {
            // The tolerance is a hair's breadth on the scale of the worst arm: show both scales.
            let strip = plot.stripHeight
            figure = Figure(
                name: "excess", title: title, width: Self.width,
                height: 400 + Int(saturating: strip))
            var whole = plot
            whole.hasDirectLabels = false
            whole.xTitle = excess.sweep.title
            whole.title = "all values"
            plot.yTitle = nil
            plot.xTitle = excess.sweep.title
            plot.title = "near the tolerance"
            plot.y = .covering(
                [max(lowest, -3 * excess.tolerance), 0, 3 * excess.tolerance], logarithmic: false)
            let left = margin(whole, height: 300)
            let gap = 12 + plot.tickWidth(height: 300)
            let span = (Double(Self.width) - left - gap - labelWidth(plot)) / 2
            var area = Figure.Rectangle(left: left, top: 34, width: span, height: 300 + strip)
            whole.draw(into: &figure, area: area)
            area.left += span + gap
            plot.draw(into: &figure, area: area)
        } else {
            figure = single("excess", title: title, plot: plot, height: 400)
        }
        if let last = figure.plots.last {
            mark(excess, in: last, of: &figure)
        }
        return ReportFigure(
            section: "sweep", heading: "", figure: figure,
            caption:
                "Excess of \(metric.title) at generation \(generations) over generation 0, seed "
                + "by seed: \(bandWords). Diamonds with bars on the tolerance line: where each curve "
                + "first comes within the tolerance, with its 95 % bootstrap interval over seeds. "
                + (excess.sweep.isLogarithmic
                    ? "The axis of \(excess.sweep.title) is logarithmic."
                    : "The values of \(excess.sweep.title) are evenly spaced, not to scale."))
    }

    /// Marks where the curves come within the tolerance.
    private func mark(_ excess: SweepExcess, in plot: Figure.Plot, of figure: inout Figure) {
        guard plot.y.contains(excess.tolerance) else { return }
        let frame = plot.frame
        let level = frame.bottom - plot.y.fraction(of: excess.tolerance) * frame.height
        func place(_ crossing: Sufficiency.Crossing) -> Double {
            let position: Double =
                switch crossing {
                case .atOrBelow: plot.x.lower
                case .above: plot.x.upper
                case .value(let value): excess.sweep.position(of: value)
                }
            return frame.left + plot.x.fraction(of: position) * frame.width
        }
        for (number, group) in excess.groups.enumerated() {
            guard let sufficiency = group.sufficiency else { continue }
            let height = level + (Double(number) - Double(excess.groups.count - 1) / 2) * 7
            let colour = Palette.category(number)
            if let interval = sufficiency.interval {
                figure.strokes.append(
                    .init(
                        from: (place(interval.lowerBound), height),
                        to: (place(interval.upperBound), height), colour: colour, width: 3))
            }
            if case .value = sufficiency.crossing {
                figure.marks.append(
                    .init(
                        x: place(sufficiency.crossing), y: height, shape: .diamond,
                        colour: colour.darkened(to: 0.7), size: 0.8))
            }
        }
    }
}
