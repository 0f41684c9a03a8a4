import Collapse

/// Where plots, labels and legends stand on the page of a figure.
extension FigureBuilder {
    func labelWidth(_ plot: SeriesPlot) -> Double {
        let labels =
            plot.series.filter { !$0.isControl }.map(\.name) + (plot.level.map { [$0.label] } ?? [])
        return (labels.map { Figure.width(of: $0) }.max() ?? 0) + 28
    }

    /// One pair of axes across the page, with labels at the curves' ends while these are few and
    /// short. More curves than one frame tells apart have several, below each other.
    func single(
        _ name: String, title: String, plot: SeriesPlot, height: Int
    ) -> Figure {
        let frames = plot.split(most: Self.mostCurves)
        guard frames.count > 1 else {
            return frame(name, title: title, plot: plot, height: height)
        }
        let labels = frames.map(labelWidth).max() ?? 0
        return .stacked(
            frames.map {
                frame(
                    name, title: title, plot: $0, height: max(240, height * 3 / 5), labels: labels)
            })
    }

    /// Small plots of the same curves; more curves than one frame tells apart have several rows.
    func framedMultiples(_ name: String, title: String, plots: [SeriesPlot]) -> Figure {
        let split = plots.map { $0.split(most: Self.mostCurves) }
        let count = split.map(\.count).max() ?? 1
        guard count > 1 else {
            return multiples(name, title: title, plots: plots, legend: legend(plots[0].series))
        }
        return .stacked(
            (0..<count).map { row in
                let plots = split.compactMap { $0.count > row ? $0[row] : nil }
                // A metric that few arms have measured leaves the legend to another.
                let fullest = plots.max { $0.series.count < $1.series.count }
                return multiples(
                    name, title: title, plots: plots, legend: legend(fullest?.series ?? []))
            })
    }

    /// One frame across the page, with so much space for labels at least.
    private func frame(
        _ name: String, title: String, plot: SeriesPlot, height: Int, labels: Double = 0
    ) -> Figure {
        var plot = plot
        var figure = Figure(name: name, title: title, width: Self.width, height: height)
        let named = plot.series.filter { !$0.isControl }
        plot.hasDirectLabels =
            named.allSatisfy { $0.name.count <= Self.longestLabel }
            && Double(named.count + 1) * SeriesPlot.labelGap < Double(height) - 80
        let strip = plot.stripHeight
        figure.height += Int(saturating: strip)
        let left = margin(plot, height: Double(height) - 66)
        var top = 16.0
        if plot.series.contains(where: { !$0.predictions.isEmpty }) {
            top += Legend.draw(
                Legend.kinds(of: plot.series), into: &figure, left: left, top: 4, width: 600)
        }
        var right = 20.0
        if plot.hasDirectLabels {
            right = max(labels, labelWidth(plot))
        } else {
            let used = Legend.draw(
                legend(plot.series), into: &figure, left: left, top: top - 10,
                width: Double(Self.width) - left - 20)
            top += used
            figure.height += Int(saturating: used)
        }
        plot.draw(
            into: &figure,
            area: .init(
                left: left, top: top, width: Double(Self.width) - left - right,
                height: Double(figure.height) - top - 50))
        figure.charts = [Chart(plot, scale: 0, isWide: true)]
        return figure
    }

    /// The width that a plot's axis needs at its left: the title's lines and the ticks' labels.
    func margin(_ plot: SeriesPlot, height: Double) -> Double {
        let lines = plot.yTitle.map {
            SeriesPlot.wrapped($0, width: height + 30, size: SeriesPlot.titleSize).count
        }
        return (lines.map { 12 + 15 * Double($0) } ?? 2) + plot.tickWidth(height: height)
    }

    /// Small plots side by side below a common legend.
    func multiples(
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
        if plots.contains(where: { $0.series.contains { !$0.predictions.isEmpty } }) {
            top += Legend.draw(
                Legend.kinds(of: plots.flatMap(\.series)), into: &figure, left: left + 8, top: top,
                width: Double(Self.width) - left - 20)
        }
        let cell = (Double(Self.width) - left) / Double(columns)
        let (frameHeight, titleHeight, footer) = (columns == 3 ? 140.0 : 190.0, 38.0, 52.0)
        // Frames of one size in line: all leave the width that the neediest needs.
        let ticks = plots.map { $0.tickWidth(height: frameHeight) }.max() ?? 0
        let strip = plots.map(\.stripHeight).max() ?? 0
        let pitch = titleHeight + strip + frameHeight + footer
        for (index, plot) in plots.enumerated() {
            var plot = plot
            plot.hasDirectLabels = false
            plot.draw(
                into: &figure,
                area: .init(
                    left: left + Double(index % columns) * cell + ticks,
                    top: top + Double(index / columns) * pitch + titleHeight,
                    width: cell - ticks - 16, height: strip + frameHeight))
        }
        figure.height = Int(saturating: top + Double(rows) * pitch)
        figure.charts = plots.enumerated().map { index, plot in
            // Plots of one metric can be compared where they have one scale.
            Chart(plot, scale: sharedTitle == nil ? index : 0)
        }
        if let sharedTitle {
            figure.texts.append(
                .init(
                    text: sharedTitle, x: 14,
                    y: top + titleHeight + strip + frameHeight / 2, anchor: .center, size: 13,
                    isVertical: true))
        }
        return figure
    }

    func legend(_ series: [Series]) -> [Legend.Entry] {
        let named = series.filter { !$0.isControl }.map {
            Legend.Entry(text: $0.name, colour: $0.colour, shape: $0.isLevel ? nil : $0.shape)
        }
        guard named.count < series.count else { return named }
        return named + [
            Legend.Entry(
                text: "controls (lighter shades)", colour: Colour.soft.lightened(by: 0.5),
                shape: nil)
        ]
    }
}
