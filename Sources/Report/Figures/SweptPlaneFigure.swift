import Collapse

/// The headline at the last generation over two swept keys.
struct SweptPlaneFigure: FreeFormFigure {
    let name = "swept-plane"
    let section = FigureSection.sweep

    func draw(_ builder: FigureBuilder) -> (figure: Figure, caption: String)? {
        let analysis = builder.analysis
        guard let sweep = analysis.sweep,
            let plane = SweptPlane(analysis.results.arms, along: sweep)
        else { return nil }
        let hasControls = plane.arms.contains { place in
            if case .control = analysis.reference(of: place.arm) { return true }
            return false
        }
        let entries = plane.arms.compactMap { place -> HeatMap.Entry? in
            let summary =
                hasControls
                ? analysis.lastExcess(of: place.arm)?.summary
                : analysis.summary(
                    analysis.headline, of: analysis.results.arms[place.arm],
                    at: builder.generations)
            return summary.map {
                HeatMap.Entry(
                    x: Double(place.x) - 0.5...Double(place.x) + 0.5,
                    y: Double(place.y) - 0.5...Double(place.y) + 0.5, mean: $0.mean)
            }
        }
        guard !entries.isEmpty else { return nil }
        let metric = analysis.headline
        let subject = hasControls ? "excess of \(metric.title) over the control" : metric.title
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        func axis(_ values: [Double]) -> Axis {
            var axis = Axis.evenlySpaced(values)
            (axis.lower, axis.upper) = (-0.5, Double(values.count) - 0.5)
            return axis
        }
        let position = "at generation \(builder.generations)"
        let title = "\(subject) over \(plane.x.title) and \(plane.y.title), \(position)"
        let figure = HeatMap.figure(
            name, title: title,
            maps: [
                HeatMap(
                    x: axis(plane.x.values), xTitle: plane.x.title, y: axis(plane.y.values),
                    yTitle: plane.y.title, entries: entries)
            ], scaleTitle: subject + unit,
            logarithmic: !hasControls && builder.isHeadlineLogarithmic)
        return (
            figure,
            "\(builder.sentence(title)): means over \(analysis.results.seeds.count) seeds. The values of "
                + "both keys are evenly spaced, not to scale. White: infinite, undefined or not measured."
        )
    }
}
