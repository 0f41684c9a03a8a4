/// The measurements of an experiment in tidy form: one row for each arm, seed, generation and
/// metric.
///
/// Rows are kept as numbers in order of arrival, curves as flat arrays, because a cheap setting
/// brings millions.
public struct MetricTable: Sendable {
    /// One measurement.
    public struct Row: Hashable, Sendable {
        /// The arm's name.
        public var arm: String
        /// The seed of the chain.
        public var seed: UInt64
        /// The generation t, from 0.
        public var generation: Int
        /// The metric's name, such as `heldout.nats_per_token`.
        public var metric: String
        /// The value in the metric's unit; it may be infinite or nan.
        public var value: Double

        public init(arm: String, seed: UInt64, generation: Int, metric: String, value: Double) {
            self.arm = arm
            self.seed = seed
            self.generation = generation
            self.metric = metric
            self.value = value
        }
    }

    /// A row with its names as positions in lists.
    private struct Entry: Sendable {
        var arm: Int32
        var metric: Int32
        var generation: Int
        var seed: UInt64
        var value: Double
    }

    /// A metric of an arm: for each seed its values by generation.
    private struct Curve: Sendable {
        private var seedIndices: [UInt64: Int] = [:]
        private(set) var values: [[Double?]] = []
        /// The seed of the newest value, which the next is likely to share.
        private var newest: (seed: UInt64, position: Int)?

        subscript(seed: UInt64, generation: Int) -> Double? {
            guard let position = seedIndices[seed], generation < values[position].count else {
                return nil
            }
            return values[position][generation]
        }

        mutating func set(_ value: Double, seed: UInt64, generation: Int) {
            let position: Int
            if let newest, newest.seed == seed {
                position = newest.position
            } else {
                position = seedIndices[seed] ?? values.count
                if position == values.count {
                    seedIndices[seed] = position
                    values.append([])
                }
                newest = (seed, position)
            }
            while values[position].count <= generation { values[position].append(nil) }
            values[position][generation] = value
        }
    }

    /// Names in order of arrival, with their positions.
    private struct Names: Sendable {
        private(set) var all: [String] = []
        private var positions: [String: Int] = [:]

        subscript(name: String) -> Int? { positions[name] }

        mutating func position(of name: String) -> Int {
            if let position = positions[name] { return position }
            positions[name] = all.count
            all.append(name)
            return all.count - 1
        }
    }

    private var entries: [Entry] = []
    private var arms = Names()
    private var metricNames = Names()
    /// By arm, then by metric.
    private var curves: [[Curve]] = []

    public init(rows: [Row] = []) {
        for row in rows { append(row) }
    }

    /// The number of rows.
    public var count: Int { entries.count }
    /// The last generation of any row; 0 where there is none.
    public private(set) var lastGeneration = 0

    /// All rows in order of arrival.
    public var rows: some Sequence<Row> & Sendable {
        let (arms, metrics) = (arms.all, metricNames.all)
        return entries.lazy.map { entry in
            Row(
                arm: arms[Int(entry.arm)], seed: entry.seed, generation: entry.generation,
                metric: metrics[Int(entry.metric)], value: entry.value)
        }
    }

    /// The names of all metrics, in order of arrival.
    public var metrics: [String] { metricNames.all }

    /// Appends a measurement.
    ///
    /// Where an earlier row has the same arm, seed, generation and metric, both stay among the
    /// ``rows`` and the lookups return the later value.
    public mutating func append(_ row: Row) {
        let arm = arms.position(of: row.arm)
        let metric = metricNames.position(of: row.metric)
        while curves.count <= arm { curves.append([]) }
        while curves[arm].count <= metric { curves[arm].append(Curve()) }
        curves[arm][metric].set(row.value, seed: row.seed, generation: row.generation)
        lastGeneration = max(lastGeneration, row.generation)
        entries.append(
            Entry(
                arm: Int32(arm), metric: Int32(metric), generation: row.generation, seed: row.seed,
                value: row.value))
    }

    /// Appends all metrics of an arm's records, in their order.
    public mutating func append(_ records: [GenerationRecord], arm: String) {
        guard records.contains(where: { !$0.metrics.isEmpty }) else { return }
        let arm = arms.position(of: arm)
        while curves.count <= arm { curves.append([]) }
        // Records of a block have the same metrics in the same order, as a rule.
        var names: [String] = []
        var positions: [Int] = []
        for record in records {
            lastGeneration = max(lastGeneration, record.generation)
            for (index, metric) in record.metrics.enumerated() {
                if index == names.count {
                    names.append(metric.name)
                    positions.append(metricNames.position(of: metric.name))
                } else if names[index] != metric.name {
                    names[index] = metric.name
                    positions[index] = metricNames.position(of: metric.name)
                }
                let position = positions[index]
                while curves[arm].count <= position { curves[arm].append(Curve()) }
                curves[arm][position].set(
                    metric.value, seed: record.seed, generation: record.generation)
                entries.append(
                    Entry(
                        arm: Int32(arm), metric: Int32(position), generation: record.generation,
                        seed: record.seed, value: metric.value))
            }
        }
    }

    private func curve(_ arm: String, _ metric: String) -> Curve? {
        guard let arm = arms[arm], let metric = metricNames[metric], metric < curves[arm].count
        else {
            return nil
        }
        return curves[arm][metric]
    }

    /// One measured value; nil where there is none.
    public func value(arm: String, seed: UInt64, generation: Int, metric: String) -> Double? {
        curve(arm, metric)?[seed, generation]
    }

    /// The values over seeds, in the order of `seeds`, of those seeds that have one.
    public func values(arm: String, generation: Int, metric: String, seeds: [UInt64]) -> [Double] {
        guard let curve = curve(arm, metric) else { return [] }
        return seeds.compactMap { curve[$0, generation] }
    }

    /// Whether the metric has a value in the arm, of any seed and generation.
    public func contains(arm: String, metric: String) -> Bool {
        curve(arm, metric).map { !$0.values.isEmpty } ?? false
    }

    /// The columns of `metrics.csv`.
    public static let header = "arm,seed,generation,metric,value"

    /// The rows as CSV with a header line. A name that holds a comma, a quote or a line end is
    /// quoted.
    public var csv: String { String(decoding: csvBytes, as: UTF8.self) }

    /// ``csv`` as bytes.
    public var csvBytes: [UInt8] {
        Array((MetricTable.header + "\n").utf8) + csvBytes(of: 0..<count)
    }

    /// Some of the rows as CSV, without the header.
    public func csvBytes(of rows: Range<Int>) -> [UInt8] {
        let armFields = arms.all.map { Array((CSVField.text($0) + ",").utf8) }
        let metricFields = metricNames.all.map { Array(("," + CSVField.text($0) + ",").utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 * rows.count)
        var (seed, seedField): (UInt64, [UInt8]) = (0, Array("0,".utf8))
        var (generation, generationField): (Int, [UInt8]) = (0, [UInt8(ascii: "0")])
        for entry in entries[rows] {
            if entry.seed != seed {
                seed = entry.seed
                seedField = Array("\(seed),".utf8)
            }
            if entry.generation != generation {
                generation = entry.generation
                generationField = Array("\(generation)".utf8)
            }
            bytes += armFields[Int(entry.arm)]
            bytes += seedField
            bytes += generationField
            bytes += metricFields[Int(entry.metric)]
            bytes += entry.value.description.utf8
            bytes.append(10)
        }
        return bytes
    }
}
