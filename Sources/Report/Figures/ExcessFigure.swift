import Collapse

/// The last headline less its reference against the swept key, with the tolerance and where each
/// curve first comes within it.
struct ExcessFigure: FreeFormFigure {
    let name = "excess"
    let section = FigureSection.sweep

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        guard let excess = SweepExcess(builder.analysis) else { return nil }
        let results = builder.analysis.results
        let metric = builder.analysis.headline
        let colours = FigureBuilder.colours(of: excess.groups.map(\.sweep))
        let curves = excess.groups.enumerated().compactMap { number, group -> Series? in
            guard !group.points.isEmpty else { return nil }
            return Series(
                name: group.label.isEmpty ? "excess" : group.label,
                colour: colours[number], shape: Palette.shape(number),
                points: group.points.map {
                    (x: excess.sweep.positions[$0.index], summary: $0.excess)
                })
        }
        let levels = excess.references.enumerated().map { number, reference in
            Series(
                name: results.arms[reference.arm].name,
                colour: Palette.level(number, besides: excess.groups.count), shape: .circle,
                points: [(x: 0, summary: reference.excess)], isLevel: true)
        }
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        var plot = SeriesPlot(
            series: levels + curves, x: excess.sweep.axis, xTitle: excess.sweep.axisTitle,
            yTitle: "excess of \(metric.title) over \(excess.over)\(unit)", including: [0],
            level: excess.tolerance.map { ($0, "tolerance \(NumberText.short($0))") },
            seedCount: results.seeds.count)
        let highest = curves.flatMap(\.points).map(\.summary.mean).filter(\.isFinite).max() ?? 0
        let lowest =
            curves.flatMap(\.points).map { point in
                point.summary.mean
                    - (point.summary.standardError.isFinite ? point.summary.halfWidth() : 0)
            }.filter(\.isFinite).min() ?? 0
        let title = "excess of \(metric.title) against \(excess.sweep.title)"
        var figure: Figure
        let frames = plot.split(most: FigureBuilder.mostCurves)
        if let tolerance = excess.tolerance, tolerance > 0, highest > 6 * tolerance,
            frames.count == 1
        {
            // The tolerance is a hair's breadth on the scale of the worst arm: show both scales.
            let strip = plot.stripHeight
            figure = Figure(
                name: name, title: title, width: FigureBuilder.width,
                height: 400 + Int(saturating: strip))
            var whole = plot
            whole.hasDirectLabels = false
            whole.xTitle = excess.sweep.title
            whole.title = "all values"
            plot.yTitle = nil
            plot.xTitle = excess.sweep.title
            plot.title = "near the tolerance"
            plot.y = .covering(
                [max(lowest, -3 * tolerance), 0, 3 * tolerance], logarithmic: false)
            let left = builder.margin(whole, height: 300)
            let gap = 12 + plot.tickWidth(height: 300)
            let span = (Double(FigureBuilder.width) - left - gap - builder.labelWidth(plot)) / 2
            var area = Figure.Rectangle(left: left, top: 34, width: span, height: 300 + strip)
            whole.draw(into: &figure, area: area)
            area.left += span + gap
            plot.draw(into: &figure, area: area)
            figure.charts = [Chart(whole, scale: 0), Chart(plot, scale: 1, keepsRange: true)]
        } else {
            figure = builder.single(name, title: title, plot: plot, height: 400)
        }
        if let tolerance = excess.tolerance {
            for (number, group) in excess.groups.enumerated() {
                guard let sufficiency = group.sufficiency else { continue }
                // Of two scales the finer one; else the frame that the curve is in.
                let place =
                    frames.firstIndex { $0.series.contains { $0.name == group.label } }
                    ?? figure.plots.count - 1
                mark(
                    sufficiency, number, of: excess, at: tolerance, colours[number],
                    in: frames.count > 1 ? place : figure.plots.count - 1, of: &figure)
            }
        }
        return (
            figure,
            "Excess of \(metric.title) at generation \(excess.generation) over \(excess.over), seed "
                + "by seed: \(builder.bandWords). "
                + (excess.tolerance == nil
                    ? ""
                    : "Diamonds with bars on the tolerance line: where each curve first comes within the "
                        + "tolerance, with its 95 % interval over seeds where there are three or more. ")
                + (excess.sweep.isLogarithmic
                    ? "The axis of \(excess.sweep.title) is logarithmic."
                    : "The values of \(excess.sweep.title) are evenly spaced, not to scale.")
        )
    }

    /// Marks where a curve comes within the tolerance.
    private func mark(
        _ sufficiency: Sufficiency, _ number: Int, of excess: SweepExcess, at tolerance: Double,
        _ colour: Colour, in place: Int, of figure: inout Figure
    ) {
        let plot = figure.plots[place]
        guard plot.y.contains(tolerance) else { return }
        let frame = plot.frame
        let level = frame.bottom - plot.y.fraction(of: tolerance) * frame.height
        let shift = (Double(number) - Double(excess.groups.count - 1) / 2) * 7
        func position(_ crossing: Sufficiency.Crossing) -> Double {
            switch crossing {
            case .atOrBelow: plot.x.lower
            case .above: plot.x.upper
            case .value(let value): excess.sweep.position(of: value)
            }
        }
        func pixel(_ position: Double) -> Double {
            frame.left + plot.x.fraction(of: position) * frame.width
        }
        var drawn: Double?
        if let interval = sufficiency.interval {
            figure.strokes.append(
                .init(
                    from: (pixel(position(interval.lowerBound)), level + shift),
                    to: (pixel(position(interval.upperBound)), level + shift), colour: colour,
                    width: 3))
        }
        if case .value = sufficiency.crossing {
            drawn = position(sufficiency.crossing)
            figure.marks.append(
                .init(
                    x: pixel(position(sufficiency.crossing)), y: level + shift, shape: .diamond,
                    colour: colour.darkened(to: 0.7), size: 0.8))
        }
        guard figure.charts.indices.contains(place) else { return }
        figure.charts[place].intervals.append(
            .init(
                colour: colour.hex, shift: .init(shift), value: drawn.map { .init($0) },
                low: sufficiency.interval.map { .init(position($0.lowerBound)) },
                high: sufficiency.interval.map { .init(position($0.upperBound)) }))
    }
}
