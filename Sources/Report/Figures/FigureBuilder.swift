import Collapse

/// A figure with its place in the report and the words below it.
package struct ReportFigure: Sendable {
    package var section: String
    package var heading: String
    package var figure: Figure
    package var caption: String
}

/// Lays out the figures of a report from what the setting declares.
package struct FigureBuilder: Sendable {
    let analysis: Analysis
    /// The width of every figure in pixels.
    static let width = 760
    /// Arms beyond this number are told apart by a legend, not by labels at their curves.
    private static let longestLabel = 30

    package init(_ analysis: Analysis) {
        self.analysis = analysis
    }

    /// Whether curves are drawn against the swept key rather than against generation: with a grid of
    /// arms a curve for each arm would be a thicket.
    var followsSweep: Bool {
        guard let sweep = analysis.sweep else { return false }
        return sweep.grid.count > 2 && analysis.lastGeneration > 0
    }

    /// All figures: the headline, the excess along a sweep, then the panels as they were declared.
    package func all() -> [ReportFigure] {
        var figures: [ReportFigure] = []
        var names: Set<String> = []
        func add(_ figure: ReportFigure?) {
            guard var figure else { return }
            let name = figure.figure.name
            var number = 2
            while !names.insert(figure.figure.name).inserted {
                figure.figure.name = "\(name)-\(number)"
                number += 1
            }
            figures.append(figure)
        }
        add(headline())
        add(excess())
        for panel in analysis.results.setting.panels where !isHeadlineAlone(panel) {
            add(self.panel(panel))
        }
        let drawn = Set(analysis.results.setting.panels.flatMap(\.metrics))
        let data = DataMetrics.declarations.map(\.name).filter {
            analysis.contains($0) && !drawn.contains($0)
        }
        if !data.isEmpty {
            add(
                panel(
                    PanelDeclaration(
                        section: "Data", title: "What each generation trained on", metrics: data)))
        }
        return figures
    }

    /// The headline figure shows this panel already, unless that figure follows single arms of a grid.
    private func isHeadlineAlone(_ panel: PanelDeclaration) -> Bool {
        panel.metrics == [analysis.headline.name] && !followsSweep
    }

    private var isHeadlineLogarithmic: Bool {
        let panels = analysis.results.setting.panels
        let panel =
            panels.first { $0.metrics == [analysis.headline.name] }
            ?? panels.first { $0.metrics.contains(analysis.headline.name) }
        return panel?.logarithmic ?? false
    }

    // MARK: Against generation

    private func headline() -> ReportFigure? {
        let metric = analysis.headline
        guard analysis.contains(metric.name) else { return nil }
        if followsSweep { return facets() }
        let figure = single(
            "headline", title: "\(metric.title) against generation",
            plot: SeriesPlot(
                series: generationSeries(metric.name), x: .generations(last: generations),
                xTitle: "generation", yTitle: metric.axisTitle,
                logarithmic: isHeadlineLogarithmic, seedCount: analysis.results.seeds.count),
            height: 430)
        return ReportFigure(
            section: "", heading: "", figure: figure,
            caption: caption("\(sentence(metric.title)) against generation", [metric.name]))
    }

    /// A declared panel: one figure, with one plot for each metric that was measured.
    private func panel(_ panel: PanelDeclaration) -> ReportFigure? {
        let metrics = panel.metrics.filter { analysis.contains($0) }.map(analysis.metric)
        guard !metrics.isEmpty else { return nil }
        let name = Self.slug("\(panel.section) \(panel.title)")
        let plots = metrics.map { metric in
            SeriesPlot(
                series: followsSweep ? sweepSeries(metric.name) : generationSeries(metric.name),
                x: xAxis(isSmall: metrics.count > 1), xTitle: xTitle(isSmall: metrics.count > 1),
                logarithmic: panel.logarithmic, seedCount: analysis.results.seeds.count)
        }
        let place = followsSweep ? "at generation \(analysis.lastGeneration)" : "against generation"
        let words = caption("\(sentence(panel.title)), \(place)", metrics.map(\.name))
        guard metrics.count > 1, plots.count > 1 else {
            var plot = plots[0]
            plot.yTitle = metrics[0].axisTitle
            let figure = single(name, title: "\(panel.title) \(place)", plot: plot, height: 330)
            return ReportFigure(
                section: panel.section, heading: panel.title, figure: figure, caption: words)
        }
        let titled = zip(plots, metrics).map { plot, metric in
            var plot = plot
            plot.title = metric.axisTitle
            return plot
        }
        let figure = multiples(
            name, title: "\(panel.title) \(place)", plots: titled, legend: legend(titled[0].series))
        return ReportFigure(
            section: panel.section, heading: panel.title, figure: figure, caption: words)
    }

    private var generations: Int { analysis.lastGeneration }

    private func xAxis(isSmall: Bool) -> Axis {
        if followsSweep, let sweep = analysis.sweep { return .places(sweep.grid) }
        return .generations(last: generations, ticks: isSmall ? 6 : 11)
    }

    private func xTitle(isSmall: Bool) -> String {
        guard followsSweep, let sweep = analysis.sweep else { return "generation" }
        return isSmall ? sweep.title : "\(sweep.title) (values of the grid, evenly spaced)"
    }

    private func generationSeries(_ metric: String) -> [Series] {
        let arms = analysis.results.arms
        return arms.indices.compactMap { index in
            series(
                arms[index], metric, colour: Palette.category(index), shape: Palette.shape(index),
                // A single generation has room to set the arms beside each other.
                offset: generations == 0
                    ? (Double(index) + 0.5) / Double(arms.count) * 0.8 - 0.4 : 0)
        }
    }

    private func series(
        _ arm: ExperimentResults.Arm, _ metric: String, name: String? = nil, colour: Colour,
        shape: PointShape, offset: Double = 0
    ) -> Series? {
        guard analysis.results.metrics.contains(arm: arm.name, metric: metric) else { return nil }
        let curve = Curve(analysis.results, arm: arm.name, metric: metric)
        let points = curve.points.enumerated().compactMap { generation, summary in
            summary.map { (x: Double(generation) + offset, summary: $0) }
        }
        guard !points.isEmpty else { return nil }
        let predictions = arm.predictions.filter { $0.metric == metric }.flatMap { prediction in
            prediction.values.prefix(generations + 1).enumerated().map {
                (x: Double($0.offset), y: $0.element)
            }
        }
        return Series(
            name: name ?? arm.name, colour: colour, shape: shape, points: points,
            prediction: predictions)
    }

    // MARK: Along a sweep

    /// The headline against generation, one plot for each curve of the sweep, coloured by the key.
    private func facets() -> ReportFigure? {
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
                [metric.name]))
    }

    private func sweepSeries(_ metric: String) -> [Series] {
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
                    summary(point.arm).map { (x: Double(point.index), summary: $0) }
                })
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

    /// Final headline less generation 0 against the swept key, with the tolerance and where each curve
    /// first comes within it.
    private func excess() -> ReportFigure? {
        guard let excess = SweepExcess(analysis) else { return nil }
        let results = analysis.results
        let metric = analysis.headline
        let curves = excess.groups.enumerated().compactMap { number, group -> Series? in
            guard !group.points.isEmpty else { return nil }
            return Series(
                name: group.label.isEmpty ? "excess" : group.label,
                colour: Palette.category(number), shape: Palette.shape(number),
                points: group.points.map { (x: Double($0.index), summary: $0.excess) })
        }
        let levels = excess.references.enumerated().map { number, reference in
            Series(
                name: results.arms[reference.arm].name,
                colour: number.isMultiple(of: 2) ? .ink : .frame, shape: .circle,
                points: [(x: 0, summary: reference.excess)], isLevel: true)
        }
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        var plot = SeriesPlot(
            series: levels + curves, x: .places(excess.sweep.grid),
            xTitle: "\(excess.sweep.title) (values of the grid, evenly spaced)",
            yTitle: "excess of \(metric.title) over generation 0\(unit)", including: [0],
            level: (excess.tolerance, "tolerance \(NumberText.short(excess.tolerance))"),
            seedCount: results.seeds.count)
        let highest = curves.flatMap(\.points).map(\.summary.mean).filter(\.isFinite).max() ?? 0
        let lowest = curves.flatMap(\.points).map(\.summary.mean).filter(\.isFinite).min() ?? 0
        let title = "excess of \(metric.title) against \(excess.sweep.title)"
        var figure: Figure
        if excess.tolerance > 0, highest > 6 * excess.tolerance {
            // The tolerance is a hair's breadth on the scale of the worst arm: show both scales.
            figure = Figure(name: "excess", title: title, width: Self.width, height: 400)
            let right = labelWidth(plot)
            let span = (Double(Self.width) - 76 - 58 - right) / 2
            var whole = plot
            whole.hasDirectLabels = false
            whole.xTitle = excess.sweep.title
            whole.title = "all values"
            whole.draw(
                into: &figure, area: .init(left: 76, top: 34, width: span, height: 300))
            plot.yTitle = nil
            plot.xTitle = excess.sweep.title
            plot.title = "near the tolerance"
            plot.y = .covering(
                [max(lowest, -3 * excess.tolerance), 0, 3 * excess.tolerance], logarithmic: false)
            let area = Figure.Rectangle(left: 76 + span + 58, top: 34, width: span, height: 300)
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
                + "The values of \(excess.sweep.title) are evenly spaced, not to scale.")
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
                case .value(let value): Self.place(of: value, in: excess.sweep.grid)
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

    /// Where a value lies between the evenly spaced places of a grid.
    private static func place(of value: Double, in grid: [Double]) -> Double {
        guard let upper = grid.firstIndex(where: { $0 >= value }), upper > 0 else { return 0 }
        let (low, high) = (grid[upper - 1], grid[upper])
        return Double(upper - 1) + (value - low) / (high - low)
    }

    // MARK: Layout

    private func labelWidth(_ plot: SeriesPlot) -> Double {
        let labels = plot.series.map(\.name) + (plot.level.map { [$0.label] } ?? [])
        return (labels.map { Figure.width(of: $0) }.max() ?? 0) + 28
    }

    /// One pair of axes across the page, with labels at the curves' ends while these are few and short.
    private func single(
        _ name: String, title: String, plot: SeriesPlot, height: Int
    ) -> Figure {
        var plot = plot
        var figure = Figure(name: name, title: title, width: Self.width, height: height)
        plot.hasDirectLabels =
            plot.series.allSatisfy { $0.name.count <= Self.longestLabel }
            && Double(plot.series.count + 1) * SeriesPlot.labelGap < Double(height) - 80
        var top = 16.0
        if plot.series.contains(where: { !$0.prediction.isEmpty }) {
            top += Legend.draw(Legend.kinds, into: &figure, left: 76, top: 4, width: 600)
        }
        var right = 20.0
        if plot.hasDirectLabels {
            right = labelWidth(plot)
        } else {
            let used = Legend.draw(
                legend(plot.series), into: &figure, left: 76, top: top - 10,
                width: Double(Self.width) - 96)
            top += used
            figure.height += Int(used)
        }
        plot.draw(
            into: &figure,
            area: .init(
                left: 76, top: top, width: Double(Self.width) - 76 - right,
                height: Double(figure.height) - top - 50))
        return figure
    }

    /// Small plots side by side below a common legend.
    private func multiples(
        _ name: String, title: String, plots: [SeriesPlot], legend: [Legend.Entry],
        sharedTitle: String? = nil
    ) -> Figure {
        let columns = plots.count <= 4 ? min(plots.count, 2) : 3
        let rows = (plots.count + columns - 1) / columns
        var figure = Figure(name: name, title: title, width: Self.width, height: 0)
        let left = sharedTitle == nil ? 4.0 : 24.0
        var top = 8.0
        top += Legend.draw(
            legend, into: &figure, left: left + 8, top: top, width: Double(Self.width) - left - 20)
        if plots.contains(where: { $0.series.contains { !$0.prediction.isEmpty } }) {
            top += Legend.draw(
                Legend.kinds, into: &figure, left: left + 8, top: top,
                width: Double(Self.width) - left - 20)
        }
        let cell = (Double(Self.width) - left) / Double(columns)
        let (frameHeight, titleHeight, footer) = (columns == 3 ? 140.0 : 190.0, 38.0, 52.0)
        for (index, plot) in plots.enumerated() {
            var plot = plot
            plot.hasDirectLabels = false
            let strip = plot.series.contains { $0.points.contains { !$0.summary.mean.isFinite } }
            plot.draw(
                into: &figure,
                area: .init(
                    left: left + Double(index % columns) * cell + (strip ? 62 : 54),
                    top: top + Double(index / columns) * (frameHeight + titleHeight + footer)
                        + titleHeight,
                    width: cell - (strip ? 78 : 70), height: frameHeight))
        }
        figure.height = Int(top + Double(rows) * (frameHeight + titleHeight + footer))
        if let sharedTitle {
            figure.texts.append(
                .init(
                    text: sharedTitle, x: 14,
                    y: top + titleHeight + frameHeight / 2, anchor: .center, size: 13,
                    isVertical: true))
        }
        return figure
    }

    private func legend(_ series: [Series]) -> [Legend.Entry] {
        series.map {
            Legend.Entry(text: $0.name, colour: $0.colour, shape: $0.isLevel ? nil : $0.shape)
        }
    }

    // MARK: Words

    private var bandWords: String {
        switch analysis.results.seeds.count {
        case 0, 1: "one seed, so no confidence band can be given"
        case let count: "mean over \(count) seeds with 95 % Student confidence band"
        }
    }

    private func caption(_ opening: String, _ metrics: [String]) -> String {
        var text = "\(opening): \(bandWords)."
        let arms = analysis.results.arms
        var sources: [String] = []
        if !followsSweep || metrics == [analysis.headline.name] {
            for arm in arms {
                for prediction in arm.predictions
                where metrics.contains(prediction.metric) && !sources.contains(prediction.source) {
                    sources.append(prediction.source)
                }
            }
        }
        if !sources.isEmpty {
            text +=
                " Dashed, in a darker shade of the arm's colour: theory ("
                + sources.joined(separator: "; ") + ")."
        }
        let hasInfinity = metrics.contains { metric in
            arms.contains { arm in
                Curve(analysis.results, arm: arm.name, metric: metric).points.contains {
                    $0.map { !$0.mean.isFinite } ?? false
                }
            }
        }
        if hasInfinity {
            text +=
                " Marks above the frame: the mean is infinite (triangle, with the number of "
                + "infinite seeds) or undefined (cross) there, and the curve is broken."
        }
        return text
    }

    private func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    /// A file name: small letters, digits and hyphens.
    static func slug(_ text: String) -> String {
        var result = ""
        for character in text.lowercased() {
            if character.isASCII && (character.isLetter || character.isNumber) {
                result.append(character)
            } else if !result.hasSuffix("-") && !result.isEmpty {
                result += "-"
            }
        }
        while result.hasSuffix("-") { result.removeLast() }
        return result.isEmpty ? "figure" : result
    }
}

/// A row of names with their colours and marks, outside the data.
enum Legend {
    struct Entry: Sendable {
        var text: String
        var colour: Colour
        /// Nil for an entry without a mark.
        var shape: PointShape?
        var isDashed = false
        var hasLine = true
    }

    /// What solid and dashed lines are.
    static let kinds = [
        Entry(text: "measured mean", colour: .soft, shape: nil),
        Entry(text: "theory", colour: .ink, shape: nil, isDashed: true),
    ]

    /// Draws the entries from left to right, in as many rows as they need, and returns the height.
    static func draw(
        _ entries: [Entry], into figure: inout Figure, left: Double, top: Double, width: Double
    ) -> Double {
        let rowHeight = 18.0
        var x = left
        var y = top + rowHeight / 2
        for entry in entries {
            let isTitle = entry.text.hasSuffix(":") && entry.shape == nil
            let swatch = isTitle ? 0.0 : 28.0
            let needed = swatch + Figure.width(of: entry.text) + 12
            if x > left, x + needed > left + width {
                x = left
                y += rowHeight
            }
            if !isTitle {
                figure.strokes.append(
                    .init(
                        from: (x, y), to: (x + 22, y), colour: entry.colour, width: 2,
                        isDashed: entry.isDashed))
                if let shape = entry.shape {
                    figure.marks.append(
                        .init(x: x + 11, y: y, shape: shape, colour: entry.colour, size: 0.6))
                }
            }
            figure.texts.append(
                .init(text: entry.text, x: x + swatch, y: y, colour: .ink, isBold: isTitle))
            x += needed
        }
        return entries.isEmpty ? 0 : y + rowHeight / 2 - top + 2
    }
}
