package import Collapse

/// What every part of the report asks of the results, worked out once.
package struct Analysis: Sendable {
    /// The results; their last generation is at least ``lastGeneration``.
    package var results: ExperimentResults
    /// The declaration of the setting's headline metric, measured or not.
    package var headline: MetricDeclaration
    /// The last generation that any arm has measured; below the one asked for while a run is
    /// unfinished.
    package var lastGeneration: Int
    /// The sweep of a numeric key, if the arms form one; of very many curves, those of the arms
    /// that the page names.
    package var sweep: Sweep?
    /// The metrics that any arm has, in the order of their declaration, undeclared ones last.
    package var measuredMetrics: [MetricDeclaration]
    /// The arms that the page names one by one.
    let selection: ArmSelection
    /// Measured against predicted, for those arms that have a theory.
    package var theory: [TheoryComparison]
    /// Every metric of those arms over the generations, by arm and metric.
    private var curves: [String: [String: Curve]] = [:]

    package init(_ results: ExperimentResults) {
        var results = results
        let measured = Analysis.measuredNames(results)
        let declarations = results.declaredMetrics
        var ordered = declarations.filter { measured.names.contains($0.name) }
        for name in measured.inOrder where !ordered.contains(where: { $0.name == name }) {
            ordered.append(results.setting.metric(name))
        }
        ordered.removeAll(where: \.isChecksum)
        for index in ordered.indices
        where ordered[index].name == DataMetrics.size.name && ordered[index].unit.isEmpty {
            ordered[index].unit = results.setting.sizeUnit
        }
        measuredMetrics = ordered
        lastGeneration = measured.lastGeneration
        results.generations = max(results.generations, lastGeneration)
        self.results = results
        let headlineName = results.setting.headline
        let last = lastGeneration
        let sweep = Sweep(results.arms)
        let controls = Set(
            results.arms.compactMap { arm in
                if case .arm(let control) = arm.reference { control } else { nil as Int? }
            })
        selection = ArmSelection(
            means: results.arms.enumerated().map { index, arm in
                // Of many arms with a control each the controls come last.
                guard controls.count < 2 || !controls.contains(index) else { return nil }
                let values = results.metrics.values(
                    arm: arm.name, generation: last, metric: headlineName, seeds: results.seeds)
                return values.isEmpty ? nil : Summary(values).mean
            }, pinned: sweep?.ends ?? [])
        self.sweep = sweep?.keeping(selection)
        let shown = selection.arms.map { results.arms[$0] }
        theory = shown.flatMap { results.theoryComparisons(of: $0) }
        for arm in shown {
            for metric in ordered where results.metrics.contains(arm: arm.name, metric: metric.name)
            {
                curves[arm.name, default: [:]][metric.name] = Curve(
                    results, arm: arm.name, metric: metric.name)
            }
        }
        headline =
            ordered.first { $0.name == headlineName } ?? results.setting.metric(headlineName)
    }

    /// The declaration of a metric; one made from its name where none was declared.
    package func metric(_ name: String) -> MetricDeclaration {
        measuredMetrics.first { $0.name == name } ?? results.setting.metric(name)
    }

    /// A metric of an arm over the generations; without points where it was not measured.
    func curve(arm: String, metric: String) -> Curve {
        curves[arm]?[metric] ?? Curve(results, arm: arm, metric: metric)
    }

    /// Whether the base model of any arm that the page names has a value of the metric.
    func hasBase(_ metric: String) -> Bool {
        shownArms.contains { curve(arm: $0.name, metric: metric).base != nil }
    }

    /// The arms that the page names one by one, in the experiment's order.
    var shownArms: [ExperimentResults.Arm] { selection.arms.map { results.arms[$0] } }

    /// What a caption adds where not every arm is shown.
    var shownWords: String {
        selection.isPartial
            ? " Shown are \(selection.arms.count) of \(results.arms.count) arms." : ""
    }

    /// What a metric is of real data, as a mean over seeds at the last generation; nil where that was
    /// not measured, or where arms differ in what they measured it with.
    func realValue(of metric: MetricDeclaration) -> Double? {
        guard let reference = metric.reference else { return nil }
        func values(_ metric: String, of arm: ExperimentResults.Arm) -> [Double] {
            results.metrics.values(
                arm: arm.name, generation: lastGeneration, metric: metric, seeds: results.seeds)
        }
        let measured = results.arms.filter { !values(metric.name, of: $0).isEmpty }
        let means = measured.map { values(reference, of: $0) }.filter { !$0.isEmpty }
            .map { Summary($0).mean }
        // A line holds for all arms that the figure shows, or for none.
        guard means.count == measured.count || metric.direction == .nearerToReference else {
            return nil
        }
        guard let least = means.min(), let most = means.max(), least.isFinite, most.isFinite,
            most - least <= 1e-6 * max(abs(least), abs(most))
        else { return nil }
        return least
    }

    /// The metrics that are bins of histograms, which only figures show.
    var binNames: Set<String> {
        Set(
            results.setting.panels.filter { $0.bins != nil }.flatMap(\.metrics).flatMap {
                [$0] + (results.setting.metric($0).reference.map { [$0] } ?? [])
            })
    }

    func contains(_ metric: String) -> Bool {
        measuredMetrics.contains { $0.name == metric }
    }

    /// Beyond a thousand generations only every so manyth is drawn and summarised.
    var generationStep: Int { max(1, lastGeneration / 1_000) }

    /// Whether a generation is one of those drawn; the last always is.
    func shows(_ generation: Int) -> Bool {
        generation.isMultiple(of: generationStep) || generation == lastGeneration
    }

    /// A metric of an arm at a generation, over the seeds that have it.
    func summary(
        _ metric: MetricDeclaration, of arm: ExperimentResults.Arm, at generation: Int
    ) -> Summary? {
        let values = results.metrics.values(
            arm: arm.name, generation: generation, metric: metric.name, seeds: results.seeds)
        return values.isEmpty ? nil : Summary(values)
    }

    /// How many seeds of an arm still count on to what a metric counts: see
    /// ``MetricDeclaration/countsUntilEvent``.
    func unfinishedSeeds(
        _ metric: MetricDeclaration, in arm: ExperimentResults.Arm, at generation: Int
    ) -> Int {
        guard metric.countsUntilEvent else { return 0 }
        return results.seeds.count { seed in
            func value(_ generation: Int) -> Double? {
                results.metrics.value(
                    arm: arm.name, seed: seed, generation: generation, metric: metric.name)
            }
            guard let last = value(generation) else { return false }
            return value(generation - 1).map { last > $0 } ?? true
        }
    }

    /// Whether the mean over seeds is a lower bound, because some count on.
    func isUnfinished(
        _ metric: MetricDeclaration, in arm: ExperimentResults.Arm, at generation: Int
    ) -> Bool {
        unfinishedSeeds(metric, in: arm, at: generation) > 0
    }

    /// The mean of a metric with its half width, or the bound that is known of it.
    func estimate(
        _ summary: Summary, _ metric: MetricDeclaration, in arm: ExperimentResults.Arm,
        at generation: Int
    ) -> String {
        let unfinished = unfinishedSeeds(metric, in: arm, at: generation)
        guard unfinished > 0 else { return HeadlineSection.estimate(summary) }
        return "at least \(NumberText.short(summary.mean)) (not yet reached in \(unfinished) of "
            + "\(summary.count) seeds)"
    }

    /// How an arm's headline metric moved up to the last generation.
    func change(of arm: String) -> Change? {
        Change(results, arm: arm, metric: headline.name, generation: lastGeneration)
    }

    /// The metrics of the headline's family, such as perplexity beside nats: they share what stands
    /// before the first dot, and as a whole they are few.
    var headlineFamily: [MetricDeclaration] {
        guard let dot = headline.name.firstIndex(of: ".") else { return [] }
        let prefix = headline.name[...dot]
        let family = measuredMetrics.filter {
            $0.name != headline.name && $0.name.hasPrefix(prefix)
                && $0.direction == headline.direction
        }
        return Array(family.prefix(3))
    }

    private static func measuredNames(
        _ results: ExperimentResults
    ) -> (names: Set<String>, inOrder: [String], lastGeneration: Int) {
        let inOrder = results.metrics.metrics
        return (Set(inOrder), inOrder, results.metrics.lastGeneration)
    }
}

extension MetricDeclaration {
    /// The title with its unit, as an axis says it.
    package var axisTitle: String { unit.isEmpty ? title : "\(title) (\(unit))" }
}
