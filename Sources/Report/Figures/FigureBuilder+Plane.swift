import Collapse

/// Arms in the plane of two metrics.
extension FigureBuilder {
    /// A panel with a metric on its horizontal axis: along a sweep at the last generation, else
    /// along the generations.
    func plane(_ panel: PanelDeclaration) -> ReportFigure? {
        guard let name = panel.against, analysis.contains(name) else { return nil }
        let metrics = panel.metrics.filter(analysis.contains).map(analysis.metric)
        guard let metric = metrics.first else { return nil }
        let horizontal = analysis.metric(name)
        let series = followsSweep ? sweepPaths(metric, horizontal) : armPaths(metric, horizontal)
        let drawn = series.filter { !$0.points.isEmpty }
        guard !drawn.isEmpty else { return nil }
        let positions =
            drawn.flatMap(\.points).map(\.x)
            + drawn.flatMap(\.predictions).flatMap(\.points).map(\.x)
        let order =
            followsSweep
            ? "along \(analysis.sweep?.title ?? "the sweep") at generation \(generations)"
            : "from generation 0 to \(generations)"
        let title = "\(metric.title) against \(horizontal.title), \(order)"
        let figure = single(
            Self.slug("\(panel.section) \(panel.title)"), title: title,
            plot: SeriesPlot(
                series: drawn, x: .covering(positions, logarithmic: panel.logarithmic),
                xTitle: horizontal.axisTitle, yTitle: metric.axisTitle,
                logarithmic: panel.logarithmic, seedCount: analysis.results.seeds.count),
            height: 400)
        return ReportFigure(
            section: .panels(panel.section), heading: panel.title, figure: figure,
            caption: caption(sentence(title), [metric.name]))
    }

    private func sweepPaths(
        _ vertical: MetricDeclaration, _ horizontal: MetricDeclaration
    ) -> [Series] {
        guard let sweep = analysis.sweep else { return [] }
        let arms = analysis.results.arms
        let colours = Self.colours(of: sweep.groups)
        return sweep.groups.enumerated().map { number, group in
            let path = group.points.map { (arm: arms[$0.arm], generation: generations) }
            return Series(
                name: group.label.isEmpty ? "sweep" : group.label,
                colour: colours[number], shape: Palette.shape(number),
                points: points(path, vertical.name, horizontal.name),
                predictions: predictions(path, vertical.name, horizontal.name))
        }
    }

    private func armPaths(
        _ vertical: MetricDeclaration, _ horizontal: MetricDeclaration
    ) -> [Series] {
        let numbers = styleNumbers
        return analysis.selection.arms.map { position in
            let (arm, number) = (analysis.results.arms[position], numbers[position] ?? 0)
            let path = (0...generations).filter(analysis.shows).map { (arm: arm, generation: $0) }
            return Series(
                name: arm.name, colour: Palette.category(number), shape: Palette.shape(number),
                points: points(path, vertical.name, horizontal.name),
                predictions: predictions(path, vertical.name, horizontal.name))
        }
    }

    private typealias Path = [(arm: ExperimentResults.Arm, generation: Int)]

    private func points(
        _ path: Path, _ vertical: String, _ horizontal: String
    ) -> [(x: Double, summary: Summary)] {
        path.compactMap { stop in
            func summary(_ metric: String) -> Summary? {
                let values = analysis.results.metrics.values(
                    arm: stop.arm.name, generation: stop.generation, metric: metric,
                    seeds: analysis.results.seeds)
                return values.isEmpty ? nil : Summary(values)
            }
            guard let x = summary(horizontal)?.mean, x.isFinite, let y = summary(vertical) else {
                return nil
            }
            return (x, y)
        }
    }

    private func predictions(
        _ path: Path, _ vertical: String, _ horizontal: String
    ) -> [PredictedCurve] {
        let points = path.compactMap { stop -> (x: Double, y: Double)? in
            func value(_ metric: String) -> Double? {
                stop.arm.predictions.first {
                    $0.metric == metric && !$0.relation.isBound
                        && stop.generation < $0.values.count
                }?.values[stop.generation]
            }
            guard let x = value(horizontal), let y = value(vertical), x.isFinite else { return nil }
            return (x, y)
        }
        return points.count > 1 ? [PredictedCurve(points: points)] : []
    }
}
