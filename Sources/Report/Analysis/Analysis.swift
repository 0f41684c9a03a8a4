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
    /// The sweep of a numeric key, if the arms form one.
    package var sweep: Sweep?
    /// The metrics that any arm has, in the order of their declaration, undeclared ones last.
    package var measuredMetrics: [MetricDeclaration]
    /// Measured against predicted, for the arms that have a theory.
    package var theory: [TheoryComparison]
    /// Every metric of every arm over the generations, by arm and metric.
    private var curves: [String: [String: Curve]] = [:]

    package init(_ results: ExperimentResults) {
        var results = results
        let measured = Analysis.measuredNames(results)
        let declarations = results.declaredMetrics
        var ordered = declarations.filter { measured.names.contains($0.name) }
        for name in measured.inOrder where !ordered.contains(where: { $0.name == name }) {
            ordered.append(results.setting.metric(name))
        }
        for index in ordered.indices
        where ordered[index].name == DataMetrics.size.name && ordered[index].unit.isEmpty {
            ordered[index].unit = results.setting.sizeUnit
        }
        measuredMetrics = ordered
        lastGeneration = measured.lastGeneration
        results.generations = max(results.generations, lastGeneration)
        self.results = results
        theory = results.theoryComparisons
        for arm in results.arms {
            for metric in ordered where results.metrics.contains(arm: arm.name, metric: metric.name)
            {
                curves[arm.name, default: [:]][metric.name] = Curve(
                    results, arm: arm.name, metric: metric.name)
            }
        }
        headline =
            ordered.first { $0.name == results.setting.headline }
            ?? results.setting.metric(results.setting.headline)
        sweep = Sweep(results.arms)
    }

    /// The declaration of a metric; one made from its name where none was declared.
    package func metric(_ name: String) -> MetricDeclaration {
        measuredMetrics.first { $0.name == name } ?? results.setting.metric(name)
    }

    /// A metric of an arm over the generations; without points where it was not measured.
    func curve(arm: String, metric: String) -> Curve {
        curves[arm]?[metric] ?? Curve(results, arm: arm, metric: metric)
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

    /// How much worse `last` is than `first`: a rise where lower is better, a fall where higher is.
    func worsening(from first: Double, to last: Double) -> Double {
        direction == .higherIsBetter ? first - last : last - first
    }
}
