import Collapse

/// Where plots, labels and legends stand on the page of a figure.
extension FigureBuilder {
    func labelWidth(_ plot: SeriesPlot) -> Double {
        let labels = plot.series.map(\.name) + (plot.level.map { [$0.label] } ?? [])
        return (labels.map { Figure.width(of: $0) }.max() ?? 0) + 28
    }

    /// One pair of axes across the page, with labels at the curves' ends while these are few and short.
    func single(
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

    func legend(_ series: [Series]) -> [Legend.Entry] {
        series.map {
            Legend.Entry(text: $0.name, colour: $0.colour, shape: $0.isLevel ? nil : $0.shape)
        }
    }
}
