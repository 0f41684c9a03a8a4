/// What is recorded of a generation's training data, in every setting.
package enum DataMetrics {
    package static let declarations: [MetricDeclaration] = [
        MetricDeclaration(
            "data.size", title: "training data", direction: .neither,
            help: "Size of the data a generation trained on, in the setting's unit."),
        MetricDeclaration(
            "data.examples", title: "training examples", direction: .neither,
            help: "Number of examples a generation trained on."),
        MetricDeclaration(
            "data.real_fraction", title: "real fraction", direction: .neither,
            help: "Share of real data by size, from the provenance of each example."),
        MetricDeclaration(
            "data.mean_age", title: "mean age of the data", unit: "generations",
            direction: .neither,
            help: "Mean number of generations between the data and real data, by size."),
    ]

    static func of<Examples: ExampleCollection>(
        _ data: TrainingData<Examples>
    ) -> [MetricValue] {
        let examples = data.examples
        var size = 0
        var realSize = 0
        var age = 0
        var first = 0
        for run in data.pool.provenance.runs {
            let part =
                Examples.hasUnitSizes
                ? run.end - first : (first..<run.end).reduce(0) { $0 + examples.size(at: $1) }
            size += part
            age += part * Int(run.value)
            if run.value == 0 { realSize += part }
            first = run.end
        }
        return [
            MetricValue("data.size", Double(size)),
            MetricValue("data.examples", Double(data.examples.count)),
            MetricValue("data.real_fraction", size == 0 ? .nan : Double(realSize) / Double(size)),
            MetricValue("data.mean_age", size == 0 ? .nan : Double(age) / Double(size)),
        ]
    }
}
