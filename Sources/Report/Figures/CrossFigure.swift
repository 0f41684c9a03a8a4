package import Collapse

/// The models of a chain's generations against its samples and held-out real data, as colours.
package enum CrossFigure {
    /// More cells than this in a row have no space for their numbers.
    private static let mostNumbers = 8
    /// At most so many generations are named along an axis.
    private static let mostLabels = 16
    /// How far the samples stand away from held-out data, in columns.
    private static let gap = 0.4

    /// The heat map. Cells without colour are infinite: the model holds something there impossible.
    package static func figure(_ table: CrossTable) -> Figure {
        let count = table.generations.count
        let places = Dictionary(
            uniqueKeysWithValues: table.generations.enumerated().map { ($0.element, $0.offset) })
        func column(_ data: CrossTable.Data) -> Double {
            switch data {
            case .real: 0
            case .samples(let generation): Double((places[generation] ?? 0) + 1) + gap
            }
        }
        let entries = table.cells.map { cell in
            let (x, y) = (column(cell.data), Double(places[cell.model] ?? 0))
            return HeatMap.Entry(
                x: x - 0.5...x + 0.5, y: y - 0.5...y + 0.5, mean: cell.score.natsPerEvent)
        }
        let labels = labels(table.generations)
        let hasInfinite = !table.infiniteCells.isEmpty
        let map = HeatMap(
            title: "\(table.arm), seed \(table.seed)" + (hasInfinite ? " (white: infinite)" : ""),
            x: Axis(
                lower: -0.5, upper: Double(count) + gap + 0.5,
                ticks: [.init(position: 0, label: "real")]
                    + labels.map {
                        .init(position: column(.samples(generation: $0)), label: "\($0)")
                    }), xTitle: "held-out real data, and samples of generation",
            y: Axis(
                lower: -0.5, upper: Double(count) - 0.5,
                ticks: labels.map { .init(position: Double(places[$0] ?? 0), label: "\($0)") }),
            yTitle: "model of generation", entries: entries)
        var figure = HeatMap.figure(
            "cross",
            title:
                "Cross-entropy of held-out real data and of each generation's samples under each "
                + "generation's model, \(table.arm), seed \(table.seed)", maps: [map],
            scaleTitle: "cross-entropy (nats/token)", logarithmic: false)
        if count <= mostNumbers { figure.texts += numbers(entries, in: figure) }
        return figure
    }

    /// The values in their cells.
    private static func numbers(_ entries: [HeatMap.Entry], in figure: Figure) -> [Figure.Text] {
        guard let plot = figure.plots.first, case .cells(let cells)? = plot.layers.first else {
            return []
        }
        return entries.map { entry in
            let colour = cells.first { $0.x == entry.x && $0.y == entry.y }?.colour
            let (x, y) = (middle(entry.x), middle(entry.y))
            return Figure.Text(
                text: entry.mean.isFinite ? NumberText.short(entry.mean, significant: 3) : "inf",
                x: plot.frame.left + plot.frame.width * plot.x.fraction(of: x),
                y: plot.frame.bottom - plot.frame.height * plot.y.fraction(of: y),
                anchor: .center, size: 11,
                colour: colour.map { $0.isDark ? Colour(255, 255, 255) : .ink } ?? .ink)
        }
    }

    private static func middle(_ range: ClosedRange<Double>) -> Double {
        (range.lowerBound + range.upperBound) / 2
    }

    /// The generations that are named along an axis.
    private static func labels(_ generations: [Int]) -> [Int] {
        guard generations.count > mostLabels else { return generations }
        return ArmSelection.spread(Array(generations.indices), mostLabels / 2).map {
            generations[$0]
        }
    }
}

extension Colour {
    /// Whether white is easier to read on it than black.
    fileprivate var isDark: Bool {
        0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue) < 140
    }
}
