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
        var size = 0
        var realSize = 0
        var age = 0
        for index in 0..<data.examples.count {
            let part = data.examples.size(at: index)
            let provenance = Int(data.pool.provenance[index])
            size += part
            age += part * provenance
            if provenance == 0 { realSize += part }
        }
        return [
            MetricValue("data.size", Double(size)),
            MetricValue("data.examples", Double(data.examples.count)),
            MetricValue("data.real_fraction", size == 0 ? .nan : Double(realSize) / Double(size)),
            MetricValue("data.mean_age", size == 0 ? .nan : Double(age) / Double(size)),
        ]
    }
}
