import Collapse

/// A figure with its section of the report and the words around it.
package struct ReportFigure: Sendable {
    /// The section of the page that shows the figure.
    package var section: FigureSection
    /// What stands above the figure within its section; may be empty.
    package var heading: String
    /// What is drawn; its name is unique among the figures of a report.
    package var figure: Figure
    /// Plain text below the figure.
    package var caption: String
}

/// Lays out the figures of a report from what the setting declares.
package struct FigureBuilder: Sendable {
    let analysis: Analysis
    /// Fitted once for figure and section: resampling takes a while.
    let scaling: ScalingFits?
    /// The width of every figure in pixels.
    static let width = 760
    /// More curves than this in one frame cannot be told apart.
    static let mostCurves = 7
    /// Longer names than this, in characters, stand in a legend and not at their curves.
    static let longestLabel = 30

    package init(_ analysis: Analysis) {
        self.analysis = analysis
        scaling = ScalingFits(analysis)
    }

    /// Whether curves are drawn against the swept key rather than against generation: with a grid
    /// of arms a curve for each arm would be a thicket.
    var followsSweep: Bool {
        guard let sweep = analysis.sweep else { return false }
        return sweep.grid.count > 2
    }

    /// The figures that the report draws beside a setting's panels, in the order of the page.
    private static let freeForm: [any FreeFormFigure] = [
        HeadlineFigure(), ExcessCurves(), TheoryFigure(), ExcessFigure(), SweptPlaneFigure(),
        ScalingFigure(), EffectiveSampleFigure(),
    ]

    /// All figures: the free-form ones that apply, then the panels as they were declared. Their
    /// names differ.
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
        for kind in Self.freeForm {
            add(
                kind.draw(self).map {
                    ReportFigure(
                        section: kind.section, heading: "", figure: $0.figure, caption: $0.caption)
                })
        }
        for panel in analysis.results.panels where !isHeadlineAlone(panel) {
            if panel.bins != nil {
                add(histogram(panel))
            } else {
                add(panel.against == nil ? self.panel(panel) : plane(panel))
            }
        }
        // A setting that says nothing of the training data still gets it shown.
        let drawn = Set(analysis.results.setting.panels.flatMap(\.metrics))
        let data = DataMetrics.panel
        if drawn.isDisjoint(with: data.metrics) { add(panel(data)) }
        return figures
    }

    /// The headline figure shows this panel already, unless that figure follows single arms of a
    /// grid.
    private func isHeadlineAlone(_ panel: PanelDeclaration) -> Bool {
        panel.metrics == [analysis.headline.name] && !followsSweep
    }

    var isHeadlineLogarithmic: Bool {
        let panels = analysis.results.setting.panels
        let panel =
            panels.first { $0.metrics == [analysis.headline.name] }
            ?? panels.first { $0.metrics.contains(analysis.headline.name) }
        return panel?.logarithmic ?? false
    }

    // MARK: Against generation

    /// The line of a metric's reference: what real data has, or the least that there can be.
    func level(of metric: MetricDeclaration) -> (value: Double, label: String)? {
        let label =
            switch metric.direction {
            case .nearerToReference: "real data"
            case .lowerIsBetter: "floor"
            case .higherIsBetter, .neither: "reference"
            }
        return analysis.realValue(of: metric).map { ($0, label) }
    }

    /// What a caption says of the line of a metric's reference; empty where there is none.
    func levelWords(of metric: MetricDeclaration) -> String {
        guard let reference = metric.reference, level(of: metric) != nil else { return "" }
        return " Dashed, in grey: \(analysis.metric(reference).title)."
    }

    /// A declared panel: one figure, with one plot for each metric that was measured.
    private func panel(_ panel: PanelDeclaration) -> ReportFigure? {
        let metrics = panel.metrics.filter { analysis.contains($0) }.map(analysis.metric)
        guard !metrics.isEmpty else { return nil }
        let name = Self.slug("\(panel.section) \(panel.title)")
        let plots = metrics.map { metric in
            SeriesPlot(
                series: followsSweep ? sweepSeries(metric.name) : generationSeries(metric.name),
                x: xAxis(of: metrics.map(\.name)), xTitle: xTitle(isSmall: metrics.count > 1),
                logarithmic: panel.logarithmic,
                level: level(of: metric),
                seedCount: analysis.results.seeds.count)
        }
        let position =
            followsSweep ? "at generation \(analysis.lastGeneration)" : "against generation"
        var words = caption("\(sentence(panel.title)), \(position)", metrics.map(\.name))
        let references = metrics.filter { analysis.realValue(of: $0) != nil }
        if let first = references.first {
            words +=
                references.allSatisfy { $0.direction == .nearerToReference }
                ? " Dashed, in grey: the value of real data; better is what is nearer to it."
                : levelWords(of: first)
        }
        guard metrics.count > 1, plots.count > 1 else {
            var plot = plots[0]
            plot.yTitle = metrics[0].axisTitle
            let figure = single(name, title: "\(panel.title) \(position)", plot: plot, height: 330)
            return ReportFigure(
                section: .panels(panel.section), heading: panel.title, figure: figure,
                caption: words)
        }
        let titled = zip(plots, metrics).map { plot, metric in
            var plot = plot
            plot.title = metric.axisTitle
            return plot
        }
        let figure = framedMultiples(name, title: "\(panel.title) \(position)", plots: titled)
        return ReportFigure(
            section: .panels(panel.section), heading: panel.title, figure: figure, caption: words)
    }

    var generations: Int { analysis.lastGeneration }

    private func xAxis(of metrics: [String]) -> Axis {
        if followsSweep, let sweep = analysis.sweep { return sweep.axis }
        return generationAxis(of: metrics, ticks: metrics.count > 1 ? 6 : 11)
    }

    /// The generations that metrics are drawn against.
    func generationAxis(of metrics: [String], ticks: Int = 11) -> Axis {
        .generations(
            last: generations, hasBase: metrics.contains(where: analysis.hasBase), ticks: ticks)
    }

    private func xTitle(isSmall: Bool) -> String {
        guard followsSweep, let sweep = analysis.sweep else { return "generation" }
        return isSmall ? sweep.title : sweep.axisTitle
    }

    func generationSeries(_ metric: String) -> [Series] {
        let arms = analysis.selection.arms
        let controls = analysis.unnamedControls
        let numbers = styleNumbers
        let curves = arms.enumerated().compactMap { place, arm -> Series? in
            guard let number = numbers[arm] else { return nil }
            let first = controls[arm]
            let colour = Palette.category(number)
            var curve = series(
                analysis.results.arms[arm], metric,
                colour: first == nil ? colour : colour.lightened(by: 0.5),
                shape: Palette.shape(number),
                // A single generation has space to set the arms beside each other.
                offset: generations == 0
                    ? (Double(place) + 0.5) / Double(arms.count) * 0.8 - 0.4 : 0)
            curve?.controlOf = first.map { analysis.results.arms[$0].name }
            return curve
        }
        // Controls lie behind the arms.
        return curves.filter(\.isControl) + curves.filter { !$0.isControl }
    }

    /// The number of each shown arm's colour and mark; a control has those of its first arm.
    var styleNumbers: [Int: Int] {
        let controls = analysis.unnamedControls
        let named = analysis.selection.arms.filter { controls[$0] == nil }
        var numbers = Dictionary(
            uniqueKeysWithValues: named.enumerated().map { ($0.element, $0.offset) })
        for arm in analysis.selection.arms {
            if let first = controls[arm] { numbers[arm] = numbers[first] ?? 0 }
        }
        return numbers
    }

    func series(
        _ arm: ExperimentResults.Arm, _ metric: String, name: String? = nil, colour: Colour,
        shape: PointShape, offset: Double = 0
    ) -> Series? {
        guard analysis.results.metrics.contains(arm: arm.name, metric: metric) else { return nil }
        let curve = analysis.curve(arm: arm.name, metric: metric)
        let base = curve.base.map { (x: Double(MetricTable.baseGeneration) + offset, summary: $0) }
        let points =
            [base].compactMap(\.self)
            + curve.points.enumerated().compactMap {
                generation, summary in
                summary.flatMap { summary in
                    // Of very long runs a part is drawn, but every point where it is broken.
                    analysis.shows(generation) || !summary.mean.isFinite
                        ? (x: Double(generation) + offset, summary: summary) : nil
                }
            }
        guard !points.isEmpty else { return nil }
        let predictions = arm.predictions.filter { $0.metric == metric }.map { prediction in
            PredictedCurve(
                points: prediction.values.prefix(generations + 1).enumerated().map {
                    (x: Double($0.offset), y: $0.element)
                }, kind: prediction.relation.isBound ? .bound : .theory)
        }
        var drawn = Series(
            name: name ?? arm.name, colour: colour, shape: shape, points: points,
            predictions: predictions)
        if metric == analysis.headline.name {
            drawn.seeds = seedCurves(count: points.count) { place in
                let generation = Int((points[place].x - offset).rounded())
                return analysis.results.seeds.map {
                    analysis.results.metrics.value(
                        arm: arm.name, seed: $0, generation: generation, metric: metric)
                }
            }
        }
        return drawn
    }

    /// The page holds this many numbers of single seeds for each curve at most.
    private static let mostSeedValues = 2_000

    /// What each seed measured along a curve; nothing where that would make the page heavy.
    func seedCurves(count: Int, values: (Int) -> [Double?]) -> [[Double?]] {
        let seeds = analysis.results.seeds.count
        guard seeds > 1, seeds * count <= Self.mostSeedValues else { return [] }
        let columns = (0..<count).map(values)
        guard columns.allSatisfy({ $0.count == seeds }) else { return [] }
        return (0..<seeds).map { seed in columns.map { $0[seed] } }
    }

    // MARK: Words

    var bandWords: String {
        switch analysis.results.seeds.count {
        case 0, 1: "one seed, so no confidence band can be given"
        case let count: "mean over \(count) seeds with 95 % Student confidence band"
        }
    }

    /// Why bands that overlap do not mean that arms do not differ.
    var pairingWords: String {
        guard analysis.results.seeds.count > 1, analysis.results.arms.count > 1 else { return "" }
        return
            " The bands hold what differs between seeds, which paired arms share: arms whose bands "
            + "overlap may still differ within every seed."
    }

    /// The words below a figure of metrics: along the sweep at the last generation, or of the arms
    /// that the page names at all generations. Without a word from the caller it is what most
    /// figures follow.
    func caption(
        _ opening: String, _ metrics: [String], followsSweep: Bool? = nil, hasControls: Bool = true
    ) -> String {
        let isAlongSweep = followsSweep ?? self.followsSweep
        var text = "\(opening): \(bandWords)." + (isAlongSweep ? sweepWords : analysis.shownWords)
        let arms = isAlongSweep ? sweepArms : analysis.shownArms
        var sources: [String] = []
        for arm in arms {
            for prediction in arm.predictions
            where metrics.contains(prediction.metric) && !sources.contains(prediction.source) {
                sources.append(prediction.source)
            }
        }
        if !sources.isEmpty {
            text +=
                " Dashed, in a darker shade of the arm's colour: theory ("
                + sources.joined(separator: "; ") + ")."
        }
        if !isAlongSweep, hasControls, !analysis.unnamedControls.isEmpty {
            text += " In lighter shades: the control of each arm, in the arm's colour."
        }
        if !isAlongSweep, metrics.contains(where: analysis.hasBase) {
            text += " At generation −1, base: the base model itself."
        }
        let declared = metrics.map(analysis.metric)
        let hasInfinity = declared.contains { metric in
            arms.contains { arm in
                let points =
                    isAlongSweep
                    ? [analysis.summary(metric, of: arm, at: generations)]
                    : analysis.curve(arm: arm.name, metric: metric.name).points
                return points.contains { $0.map { !$0.mean.isFinite } ?? false }
            }
        }
        if hasInfinity {
            text +=
                " Marks above the frame: the mean is infinite (triangle, with the number of "
                + "infinite seeds) or undefined (cross) there, and the curve is broken."
        }
        let hasUnfinished = declared.contains { metric in
            arms.contains { analysis.isUnfinished(metric, in: $0, at: generations) }
        }
        if hasUnfinished {
            text +=
                " Not every chain has come to what is counted: where one still counts on, the mean "
                + "is a lower bound."
        }
        return text
    }

    /// The arms of the curves and levels along a sweep.
    private var sweepArms: [ExperimentResults.Arm] {
        guard let sweep = analysis.sweep else { return [] }
        let indices = sweep.groups.flatMap(\.points).map(\.arm) + sweep.references
        return indices.sorted().map { analysis.results.arms[$0] }
    }

    /// What a caption adds where not every arm of a sweep is drawn.
    private var sweepWords: String {
        let (drawn, all) = (sweepArms.count, analysis.results.arms.count)
        return drawn < all ? " The curves drawn hold \(drawn) of \(all) arms." : ""
    }

    func sentence(_ text: String) -> String {
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
