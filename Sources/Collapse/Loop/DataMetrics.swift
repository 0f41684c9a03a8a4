/// What is recorded of a generation's training data, in every setting.
public enum DataMetrics {
    /// The size after curation, in the setting's unit; weights do not count.
    public static let size = MetricDeclaration(
        "data.size", title: "training data", direction: .neither,
        help: "Size of the data a generation trained on, in the setting's unit.")
    /// The number of examples after curation.
    public static let examples = MetricDeclaration(
        "data.examples", title: "training examples", direction: .neither,
        help: "Number of examples a generation trained on.")
    /// The share of real data by size, from 0 to 1; nan where there are no data.
    public static let realFraction = MetricDeclaration(
        "data.real_fraction", title: "real fraction", direction: .neither,
        help: "Share of real data by size, from the provenance of each example.")
    /// The mean provenance by size: 0 for real data, t for samples of generation t - 1's model; nan
    /// where there are no data.
    public static let meanAge = MetricDeclaration(
        "data.mean_age", title: "mean age of the data", unit: "generations", direction: .neither,
        help: "Mean number of generations between the data and real data, by size.")

    /// The four metrics in the order in which they are recorded.
    public static let all = [size, examples, realFraction, meanAge]

    /// The figure of these metrics, for settings whose own panels show none of them.
    public static let panel = PanelDeclaration(
        section: "Data", title: "What each generation trained on", metrics: all)
}

/// The counts behind ``DataMetrics``.
struct DataTally: Sendable {
    private(set) var examples = 0
    private(set) var size = 0
    private var realSize = 0
    private var age = 0

    init<Examples>(_ pool: Pool<Examples>) {
        add(pool)
    }

    mutating func add<Examples>(_ pool: Pool<Examples>) {
        examples += pool.examples.count
        var first = 0
        for run in pool.provenance.runs {
            let part =
                Examples.hasUnitSizes
                ? run.end - first : (first..<run.end).reduce(0) { $0 + pool.examples.size(at: $1) }
            size += part
            age += part * Int(run.value)
            if run.value == 0 { realSize += part }
            first = run.end
        }
    }

    /// The mean provenance by size; nan where there are no data.
    var meanAge: Double { size == 0 ? .nan : Double(age) / Double(size) }

    var metrics: [MetricValue] {
        let total = Double(size)
        return [
            DataMetrics.size.value(total),
            DataMetrics.examples.value(Double(examples)),
            DataMetrics.realFraction.value(size == 0 ? .nan : Double(realSize) / total),
            DataMetrics.meanAge.value(meanAge),
        ]
    }
}
