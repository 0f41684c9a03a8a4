/// The measurements of an experiment in tidy form: one row for each arm, seed, generation and
/// metric.
///
/// A cheap setting brings millions of rows, so a row costs little more than its value: rows of one
/// arm, seed and generation that arrive together share everything else.
public struct MetricTable: Sendable {
    /// One measurement.
    public struct Row: Hashable, Sendable {
        /// The arm's name.
        public var arm: String
        /// The seed of the chain.
        public var seed: UInt64
        /// The generation t, from 0; -1 for the base model.
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

    /// Rows of one arm, seed and generation in order of arrival, with no metric twice.
    private struct Group: Sendable {
        var arm: Int32
        var seed: Int32
        var generation: Int32
        /// The position in ``layouts`` of what is measured.
        var layout: Int32
        /// The position of the first value; the group's end where the next begins.
        var start: Int
        /// An earlier group of the same arm, seed and generation; -1 where there is none.
        var earlier: Int32
    }

    /// Metrics in the order in which groups hold them.
    private struct Layout: Sendable {
        var metrics: [Int32] = []
        /// By the metric's position in ``metricNames``: where it stands, or -1.
        var places: [Int32] = []
        /// The layout with one more metric.
        var longer: [Int32: Int32] = [:]

        /// Where a metric stands; nil where it is not measured.
        func place(of metric: Int) -> Int? {
            metric < places.count && places[metric] >= 0 ? Int(places[metric]) : nil
        }
    }

    /// Names or numbers in order of arrival, with their positions.
    private struct Positions<Element: Hashable & Sendable>: Sendable {
        private(set) var all: [Element] = []
        private var positions: [Element: Int] = [:]

        subscript(element: Element) -> Int? { positions[element] }

        mutating func position(of element: Element) -> Int {
            if let position = positions[element] { return position }
            positions[element] = all.count
            all.append(element)
            return all.count - 1
        }
    }

    /// That of the base model, which no generation is.
    public static let baseGeneration = -1

    private var values: [Double] = []
    private var groups: [Group] = []
    private var layouts = [Layout()]
    private var arms = Positions<String>()
    private var seeds = Positions<UInt64>()
    private var metricNames = Positions<String>()
    /// By arm, seed and generation: the newest group, or -1.
    private var newest: [[[Int32]]] = []
    /// By arm and metric: whether any row has them.
    private var isMeasured: [[Bool]] = []

    public init(rows: [Row] = []) {
        for row in rows { append(row) }
    }

    /// The number of rows.
    public var count: Int { values.count }
    /// The last generation of any row; 0 where there is none.
    public private(set) var lastGeneration = 0
    /// The names of all metrics, in order of arrival.
    public var metrics: [String] { metricNames.all }

    /// All rows in order of arrival.
    public var rows: some Sequence<Row> & Sendable {
        (0..<count).lazy.map { index in
            let group = groups[self.group(holding: index)]
            let metric = layouts[Int(group.layout)].metrics[index - group.start]
            return Row(
                arm: arms.all[Int(group.arm)], seed: seeds.all[Int(group.seed)],
                generation: Int(group.generation), metric: metricNames.all[Int(metric)],
                value: values[index])
        }
    }

    // MARK: Appending

    /// Appends a measurement.
    ///
    /// Where an earlier row has the same arm, seed, generation and metric, both stay among the
    /// ``rows`` and the lookups return the later value.
    public mutating func append(_ row: Row) {
        append(
            MetricValue(row.metric, row.value), arm: arms.position(of: row.arm),
            seed: seeds.position(of: row.seed), generation: row.generation)
    }

    /// Appends all metrics of an arm's records, in their order.
    public mutating func append(_ records: [GenerationRecord], arm: String) {
        guard records.contains(where: { !$0.metrics.isEmpty }) else { return }
        let arm = arms.position(of: arm)
        for record in records {
            let seed = seeds.position(of: record.seed)
            for metric in record.metrics {
                append(metric, arm: arm, seed: seed, generation: record.generation)
            }
        }
    }

    private mutating func append(_ metric: MetricValue, arm: Int, seed: Int, generation: Int) {
        let number = metricNames.position(of: metric.name)
        if !newestGroupTakes(number, arm: arm, seed: seed, generation: generation) {
            begin(arm: arm, seed: seed, generation: generation)
        }
        let group = groups.count - 1
        groups[group].layout = layout(Int(groups[group].layout), with: Int32(number))
        values.append(metric.value)
        lastGeneration = max(lastGeneration, generation)
        while isMeasured[arm].count <= number { isMeasured[arm].append(false) }
        isMeasured[arm][number] = true
    }

    private func newestGroupTakes(_ metric: Int, arm: Int, seed: Int, generation: Int) -> Bool {
        guard let group = groups.last, group.arm == arm, group.seed == seed,
            group.generation == generation
        else { return false }
        return layouts[Int(group.layout)].place(of: metric) == nil
    }

    private mutating func begin(arm: Int, seed: Int, generation: Int) {
        while newest.count <= arm {
            newest.append([])
            isMeasured.append([])
        }
        while newest[arm].count <= seed { newest[arm].append([]) }
        let place = generation - MetricTable.baseGeneration
        let missing = place + 1 - newest[arm][seed].count
        if missing > 0 { newest[arm][seed] += repeatElement(-1, count: missing) }
        groups.append(
            Group(
                arm: Int32(arm), seed: Int32(seed), generation: Int32(generation), layout: 0,
                start: values.count, earlier: newest[arm][seed][place]))
        newest[arm][seed][place] = Int32(groups.count - 1)
    }

    /// The layout that a layout becomes with one more metric.
    private mutating func layout(_ position: Int, with metric: Int32) -> Int32 {
        if let longer = layouts[position].longer[metric] { return longer }
        var layout = layouts[position]
        layout.longer = [:]
        layout.places += repeatElement(-1, count: max(0, Int(metric) + 1 - layout.places.count))
        layout.places[Int(metric)] = Int32(layout.metrics.count)
        layout.metrics.append(metric)
        layouts.append(layout)
        layouts[position].longer[metric] = Int32(layouts.count - 1)
        return Int32(layouts.count - 1)
    }

    // MARK: Looking up

    /// One measured value; nil where there is none.
    public func value(arm: String, seed: UInt64, generation: Int, metric: String) -> Double? {
        guard let arm = arms[arm], let metric = metricNames[metric] else { return nil }
        return value(arm, seed, generation, metric)
    }

    /// The values over seeds, in the order of `seeds`, of those seeds that have one.
    public func values(arm: String, generation: Int, metric: String, seeds: [UInt64]) -> [Double] {
        guard let arm = arms[arm], let metric = metricNames[metric] else { return [] }
        return seeds.compactMap { value(arm, $0, generation, metric) }
    }

    private func value(_ arm: Int, _ seed: UInt64, _ generation: Int, _ metric: Int) -> Double? {
        guard let seed = seeds[seed], seed < newest[arm].count,
            newest[arm][seed].indices.contains(generation - MetricTable.baseGeneration)
        else { return nil }
        var position = newest[arm][seed][generation - MetricTable.baseGeneration]
        while position >= 0 {
            let group = groups[Int(position)]
            if let place = layouts[Int(group.layout)].place(of: metric) {
                return values[group.start + place]
            }
            position = group.earlier
        }
        return nil
    }

    /// Whether the metric has a value in the arm, of any seed and generation.
    public func contains(arm: String, metric: String) -> Bool {
        guard let arm = arms[arm], let metric = metricNames[metric] else { return false }
        return metric < isMeasured[arm].count && isMeasured[arm][metric]
    }

    /// The group that holds a row.
    private func group(holding row: Int) -> Int {
        var candidates = groups.indices
        while candidates.count > 1 {
            let middle = candidates.lowerBound + candidates.count / 2
            candidates =
                groups[middle].start <= row
                ? middle..<candidates.upperBound : candidates.lowerBound..<middle
        }
        return candidates.lowerBound
    }

    // MARK: CSV

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
        guard !rows.isEmpty else { return [] }
        let metricFields = metricNames.all.map { Array((CSVField.text($0) + ",").utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 * rows.count)
        var position = group(holding: rows.lowerBound)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let group = groups[position]
            let metrics = layouts[Int(group.layout)].metrics
            let arm = CSVField.text(arms.all[Int(group.arm)])
            let start = Array("\(arm),\(seeds.all[Int(group.seed)]),\(group.generation),".utf8)
            for index in row..<min(group.start + metrics.count, rows.upperBound) {
                bytes += start
                bytes += metricFields[Int(metrics[index - group.start])]
                bytes += values[index].description.utf8
                bytes.append(10)
            }
            row = group.start + metrics.count
            position += 1
        }
        return bytes
    }
}
