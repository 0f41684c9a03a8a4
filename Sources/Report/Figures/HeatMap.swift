import Collapse
import Compute

/// Means as colours over two axes: for more curves than a frame tells apart.
struct HeatMap: Sendable {
    /// A mean at its place.
    struct Entry: Sendable {
        var x: ClosedRange<Double>
        var y: ClosedRange<Double>
        /// Infinite and undefined means stay white.
        var mean: Double
    }

    var title: String?
    var x: Axis
    var xTitle: String
    var y: Axis
    var yTitle: String
    var entries: [Entry]

    private static let frameHeight = 230.0

    /// Maps beside each other with one scale of colours.
    static func figure(
        _ name: String, title: String, maps: [HeatMap], scaleTitle: String, logarithmic: Bool
    ) -> Figure {
        var figure = Figure(name: name, title: title, width: FigureBuilder.width, height: 0)
        let means = maps.flatMap(\.entries).map(\.mean).filter(\.isFinite)
        // Over decades a linear scale shows the largest alone.
        let ratio = (means.max() ?? 1) / (means.min() ?? 1)
        let isLogarithmic = means.allSatisfy { $0 > 0 } && (logarithmic || ratio > 100)
        let scale = Axis.covering(means, logarithmic: isLogarithmic, ticks: 5)
        let (least, most) = (means.min() ?? scale.lower, means.max() ?? scale.upper)
        // The colours cover what was measured and not the air around it.
        let low = scale.fraction(of: least)
        let span = max(scale.fraction(of: most) - low, 1e-12)
        func colour(_ mean: Double) -> Colour {
            Palette.scale((scale.fraction(of: mean) - low) / span)
        }
        let barWidth = 16.0
        let ticks = (scale.ticks.map { Figure.width(of: $0.label) }.max() ?? 30) + 16
        let columns = maps.count == 1 ? 1 : 2
        let cell = (Double(figure.width) - ticks - barWidth - 40) / Double(columns)
        let pitch = 34 + frameHeight + 52
        for (index, map) in maps.enumerated() {
            let labels = (map.y.ticks.map { Figure.width(of: $0.label) }.max() ?? 20) + 36
            let frame = Figure.Rectangle(
                left: Double(index % columns) * cell + labels,
                top: Double(index / columns) * pitch + 34, width: cell - labels - 18,
                height: frameHeight)
            figure.plots.append(
                .init(
                    frame: frame, x: map.x, y: map.y,
                    layers: [
                        .cells(
                            map.entries.filter { $0.mean.isFinite }.map {
                                .init(x: $0.x, y: $0.y, colour: colour($0.mean))
                            })
                    ]))
            if let title = map.title {
                figure.texts.append(
                    .init(text: title, x: frame.left, y: frame.top - 12, isBold: true))
            }
            figure.texts += [
                .init(
                    text: map.xTitle, x: frame.left + frame.width / 2, y: frame.bottom + 41,
                    anchor: .center),
                .init(
                    text: map.yTitle, x: frame.left - labels + 12, y: frame.top + frame.height / 2,
                    anchor: .center, isVertical: true),
            ]
        }
        figure.height = Int(saturating: Double((maps.count + columns - 1) / columns) * pitch)
        let steps = 64
        let bar = (0..<steps).map { step -> Figure.Cell in
            func value(_ step: Int) -> Double {
                scale.value(at: low + span * Double(step) / Double(steps))
            }
            return .init(
                x: 0...1, y: value(step)...max(value(step), value(step + 1)),
                colour: Palette.scale((Double(step) + 0.5) / Double(steps)))
        }
        figure.plots.append(
            .init(
                frame: .init(
                    left: Double(figure.width) - barWidth - 20, top: 34, width: barWidth,
                    height: frameHeight),
                x: Axis(lower: 0, upper: 1, ticks: []), y: scale, layers: [.cells(bar)]))
        figure.texts.append(
            .init(text: scaleTitle, x: Double(figure.width) - 4, y: 12, anchor: .right))
        return figure
    }

    // MARK: A sweep over the generations

    /// The headline of each value of the swept key at each generation, a map for each curve of the
    /// sweep.
    static func overGenerations(
        _ builder: FigureBuilder, _ sweep: Sweep
    ) -> (figure: Figure, caption: String)? {
        let analysis = builder.analysis
        let metric = analysis.headline
        let shown = (0...builder.generations).filter(analysis.shows)
        let maps = sweep.groups.map { group in
            HeatMap(
                title: group.label.isEmpty ? nil : group.label,
                x: .generations(last: builder.generations, ticks: 6), xTitle: "generation",
                y: .evenlySpaced(sweep.grid), yTitle: sweep.title,
                entries: group.points.flatMap { point -> [Entry] in
                    let arm = analysis.results.arms[point.arm]
                    return zip(shown, shown.dropFirst() + [builder.generations + 1]).compactMap {
                        generation, next in
                        analysis.summary(metric, of: arm, at: generation).map {
                            Entry(
                                x: Double(generation) - 0.5...Double(next) - 0.5,
                                y: Double(point.index) - 0.5...Double(point.index) + 0.5,
                                mean: $0.mean)
                        }
                    }
                })
        }.filter { !$0.entries.isEmpty }.map { map in
            var map = map
            map.x.lower = -0.5
            map.x.upper = Double(builder.generations) + 0.5
            map.y.lower = -0.5
            map.y.upper = Double(sweep.grid.count) - 0.5
            return map
        }
        guard !maps.isEmpty else { return nil }
        return (
            figure(
                "headline",
                title: "\(metric.title) of each \(sweep.title) against generation", maps: maps,
                scaleTitle: metric.axisTitle, logarithmic: builder.isHeadlineLogarithmic),
            "\(builder.sentence(metric.title)) against generation for each value of \(sweep.title): means "
                + "over \(analysis.results.seeds.count) seeds as colours, since more than "
                + "\(FigureBuilder.mostCurves) curves in a frame cannot be told apart. White: infinite, "
                + "undefined or not measured."
                + (sweep.references.isEmpty
                    ? "" : " Arms outside the sweep are not on the map: other figures show them.")
        )
    }
}

extension Axis {
    /// The value at a share of the axis, the inverse of ``fraction(of:)``.
    func value(at fraction: Double) -> Double {
        guard isLogarithmic else { return lower + fraction * (upper - lower) }
        return lower * Elementary.power(upper / lower, fraction)
    }
}
