/// The measurements of an experiment in tidy form: one row for each arm, seed, generation and metric.
package struct MetricTable: Sendable {
    /// One measurement.
    package struct Row: Hashable, Sendable {
        package var arm: String
        package var seed: UInt64
        package var generation: Int
        package var metric: String
        package var value: Double

        package init(arm: String, seed: UInt64, generation: Int, metric: String, value: Double) {
            self.arm = arm
            self.seed = seed
            self.generation = generation
            self.metric = metric
            self.value = value
        }
    }

    package private(set) var rows: [Row]
    private var curves: [CurveName: [UInt64: [Int: Double]]] = [:]

    private struct CurveName: Hashable {
        var arm: String
        var metric: String
    }

    package init(rows: [Row] = []) {
        self.rows = []
        for row in rows { append(row) }
    }

    package mutating func append(_ row: Row) {
        rows.append(row)
        curves[CurveName(arm: row.arm, metric: row.metric), default: [:]][row.seed, default: [:]][
            row.generation] = row.value
    }

    package func value(arm: String, seed: UInt64, generation: Int, metric: String) -> Double? {
        curves[CurveName(arm: arm, metric: metric)]?[seed]?[generation]
    }

    /// The values over seeds, in the order of `seeds`, of those seeds that have one.
    package func values(arm: String, generation: Int, metric: String, seeds: [UInt64]) -> [Double] {
        guard let curve = curves[CurveName(arm: arm, metric: metric)] else { return [] }
        return seeds.compactMap { curve[$0]?[generation] }
    }

    package func contains(arm: String, metric: String) -> Bool {
        curves[CurveName(arm: arm, metric: metric)] != nil
    }

    /// The columns of `metrics.csv`.
    package static let header = "arm,seed,generation,metric,value"

    /// The rows as CSV with a header line. A name that holds a comma or a quote is quoted.
    package var csv: String {
        var text = MetricTable.header + "\n"
        for row in rows {
            text += "\(MetricTable.field(row.arm)),\(row.seed),\(row.generation),"
            text += "\(MetricTable.field(row.metric)),\(row.value)\n"
        }
        return text
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
