/// Searches for the smallest value of a key from which on an arm is within a tolerance of its
/// control.
///
/// Both ends of the interval are values that were tested. The lower end is shown to be beyond the
/// tolerance, which by itself says that the threshold is larger. The upper end and all larger values
/// that were tested are shown to be within it, which says that the threshold is smaller where the
/// curve has no peak between them. Each side asks its questions in a fixed order, towards the
/// threshold, and stops at the first that is not answered: a wrong answer then costs the side's whole
/// level whatever the number of questions. After an unanswered question it goes on, closer to what is
/// known, with half of the level left.
public struct ThresholdSearch {
    /// The values of the key.
    public struct Range: Sendable {
        public var smallest: Double
        public var largest: Double
        /// Whether the key takes whole numbers alone.
        public var isWhole: Bool

        public init(smallest: Double, largest: Double, isWhole: Bool) {
            self.smallest = smallest
            self.largest = largest
            self.isWhole = isWhole
        }

        /// The step of the grid that the search stands for.
        var step: Double {
            let step = (largest - smallest) / Double(ThresholdSearch.gridValues - 1)
            return isWhole ? max(1, step) : step
        }

        /// A value that can be written shortly, within the range.
        func rounded(_ value: Double) -> Double {
            guard !isWhole else { return min(largest, max(smallest, value.rounded())) }
            // A power of ten below a tenth of the step, so that 0.025 becomes 0.001.
            var unit = 1.0
            while unit > step / 10 { unit /= 10 }
            while unit * 10 <= step / 10 { unit *= 10 }
            // Multiplied with a whole number, 0.001 would give 0.30000000000000004.
            let value = unit < 1 ? (value * (1 / unit)).rounded() / (1 / unit).rounded() : value
            return min(largest, max(smallest, value))
        }
    }

    /// One side of the interval.
    private enum Side { case low, high }

    /// The grid that the search stands for: so many equal steps and seeds.
    public static let gridValues = 41
    public static let gridSeeds = 20
    /// The runs of that grid.
    public static let gridRuns = gridValues * gridSeeds

    private static let coarseValues = 5
    /// A question may take up to this share of all runs.
    private static let largestShare = 0.4
    /// A side gives up after so many unanswered questions.
    private static let patience = 3
    /// The seeds with which the side's next question should be answered.
    private static let aim = 40

    /// Measures the arm less its control for seeds that a value has not had yet, larger where it is
    /// worse, and says how many chains that took; nil, without measuring, where it would take more
    /// than `limit`.
    public typealias Measurement =
        (_ value: Double, _ seeds: Swift.Range<Int>, _ limit: Int) throws -> (
            contrasts: [Double], runs: Int
        )?

    private let range: Range
    private let measure: Measurement
    private let tolerance: Double
    private let isTwoSided: Bool
    private let level: Double
    private let mostRuns: Int

    private var points: [Double: [Double]] = [:]
    private var runs = 0
    private var usedUp = false
    /// The largest value that was shown to be beyond the tolerance.
    private var low: Double?
    /// The smallest value that was shown to be within it.
    private var high: Double?
    /// The values nearest to what is known of which nothing could be shown.
    private var lowLimit: Double?
    private var highLimit: Double?
    private var lowFailures = 0
    private var highFailures = 0

    /// Searches for a threshold.
    ///
    /// Where the smallest value of the range is enough and the largest is not, as of the exponent of
    /// falling sizes, the answer is the largest value such that it and all smaller ones are enough.
    ///
    /// - Parameters:
    ///   - range: Where to look.
    ///   - tolerance: The largest excess over the control that is enough, above 0.
    ///   - isTwoSided: Whether less than the control is as bad as more.
    ///   - confidence: Of the interval.
    ///   - mostRuns: The chains that may be measured, controls among them.
    ///   - measure: Measures seeds at a value.
    /// - Returns: The threshold, or why there is none.
    /// - Throws: What `measure` throws.
    public static func search(
        in range: Range, tolerance: Double, isTwoSided: Bool, confidence: Double, mostRuns: Int,
        measure: @escaping Measurement
    ) throws -> Threshold {
        precondition(range.smallest < range.largest && tolerance > 0)
        var search = ThresholdSearch(
            range: range, measure: measure, tolerance: tolerance, isTwoSided: isTwoSided,
            level: 1 - confidence, mostRuns: mostRuns)
        let threshold = try search.threshold()
        guard threshold.value == nil, search.promisesMore(range.smallest, than: range.largest)
        else { return threshold }
        var mirrored = search
        mirrored.mirror()
        let other = try mirrored.threshold()
        return other.value == nil ? threshold : other.mirrored
    }

    /// The same search from the other end, with what was measured.
    private mutating func mirror() {
        let measure = measure
        self = ThresholdSearch(
            range: Range(
                smallest: -range.largest, largest: -range.smallest, isWhole: range.isWhole),
            measure: { try measure(-$0, $1, $2) }, tolerance: tolerance, isTwoSided: isTwoSided,
            level: level, mostRuns: mostRuns,
            points: Dictionary(uniqueKeysWithValues: points.map { (-$0.key, $0.value) }),
            runs: runs)
    }

    private func promisesMore(_ value: Double, than other: Double) -> Bool {
        size(Summary(points[value] ?? []).mean) < size(Summary(points[other] ?? []).mean)
    }

    private init(
        range: Range, measure: @escaping Measurement, tolerance: Double, isTwoSided: Bool,
        level: Double, mostRuns: Int, points: [Double: [Double]] = [:], runs: Int = 0
    ) {
        (self.range, self.measure, self.tolerance) = (range, measure, tolerance)
        (self.isTwoSided, self.level, self.mostRuns) = (isTwoSided, level, mostRuns)
        (self.points, self.runs) = (points, runs)
    }

    /// Searches until the interval is as narrow as a step of the grid, nothing more can be shown, or
    /// the runs are used up.
    private mutating func threshold() throws -> Threshold {
        for index in 0..<Self.coarseValues {
            let share = Double(index) / Double(Self.coarseValues - 1)
            let value = range.rounded(
                range.smallest + share * (range.largest - range.smallest))
            if points[value] == nil { try add(to: value, SequentialTest.looks[0]) }
        }
        try ask(.high, at: range.largest)
        try ask(.low, at: range.smallest)
        if high == nil { try ask(.low, at: range.largest) }
        while !usedUp, low != range.largest, high != range.smallest {
            let open = [Side.low, .high].filter { next($0) != nil }
            guard let side = open.max(by: { gap($0) < gap($1) }), let value = next(side) else {
                break
            }
            try ask(side, at: value)
        }
        return Threshold(
            finding: finding, low: finding == .undecided ? low : low ?? range.smallest,
            high: finding == .none ? .infinity : high, runs: runs, rise: rise,
            points: points.map { .init(value: $0.key, contrasts: $0.value) }.sorted {
                $0.value < $1.value
            }, usedUp: usedUp)
    }

    // MARK: Questions

    /// Adds seeds to a value until it is shown to lie on the side, or is not worth more.
    private mutating func ask(_ side: Side, at value: Double) throws {
        let failures = side == .low ? lowFailures : highFailures
        let test = SequentialTest(level: level / 2 / Double(1 << (failures + 1)))
        for count in SequentialTest.looks {
            let known = points[value]?.count ?? 0
            if known > count { continue }
            if known < count { try add(to: value, count) }
            guard let values = points[value], values.count == count else { break }
            if test.isShown(values, pValue: { pValue(side, $0) }) {
                if side == .low { low = value } else { high = value }
                return
            }
            let mean = size(Summary(values).mean)
            let distance = side == .low ? mean - tolerance : tolerance - mean
            if test.seedsNeeded(values, distance: distance) > Self.largestShare * Double(mostRuns) {
                break
            }
        }
        if side == .low {
            if value > range.smallest { lowLimit = value }
            lowFailures += 1
        } else {
            highLimit = value
            highFailures += 1
        }
    }

    private mutating func add(to value: Double, _ count: Int) throws {
        let known = points[value]?.count ?? 0
        guard let (contrasts, runs) = try measure(value, known..<count, mostRuns - runs) else {
            usedUp = true
            return
        }
        points[value, default: []] += contrasts
        self.runs += runs
    }

    private func pValue(_ side: Side, _ test: StudentTest) -> Double {
        switch side {
        case .low:
            isTwoSided
                ? min(1, 2 * min(test.above(tolerance), test.below(-tolerance)))
                : test.above(tolerance)
        case .high: isTwoSided ? test.within(tolerance) : test.below(tolerance)
        }
    }

    private func size(_ mean: Double) -> Double { isTwoSided ? abs(mean) : mean }

    // MARK: Where to ask

    /// Where the lower side goes on from: a curve that begins within the tolerance may leave it.
    private var lowEnd: Double? { low ?? (lowFailures > 0 ? range.smallest : nil) }

    /// How far a side's end is from the crossing.
    private func gap(_ side: Side) -> Double {
        side == .low ? crossing - (low ?? range.smallest) : (high ?? range.largest) - crossing
    }

    /// The value of a side's next question; nil where it has none.
    private func next(_ side: Side) -> Double? {
        let failures = side == .low ? lowFailures : highFailures
        guard failures < Self.patience, let end = side == .low ? lowEnd : high else { return nil }
        let gap = gap(side)
        guard gap > range.step / 2 else { return nil }
        // Where everything seems to be enough, the end of the range has to be shown to be.
        if side == .high, crossing == range.smallest, highLimit == nil {
            return points.keys.filter { $0 < end }.max()
        }
        let distance = max(gap / 2, min(reach(failures), 0.75 * gap), range.step / 4)
        var value = side == .low ? crossing - distance : crossing + distance
        switch side {
        case .low:
            if let lowLimit { value = min(value, (end + lowLimit) / 2) }
            value = range.rounded(value)
            return value > end && value < lowLimit ?? .infinity ? value : nil
        case .high:
            if let highLimit { value = max(value, (end + highLimit) / 2) }
            value = range.rounded(value)
            // Everything larger that was tested must be shown to be within the tolerance first.
            value = points.keys.filter { $0 > value && $0 < end }.max() ?? value
            return value < end && value > highLimit ?? -.infinity ? value : nil
        }
    }

    /// How far from the crossing a question is answered with a reasonable number of seeds.
    private func reach(_ failures: Int) -> Double {
        let curve = curve
        guard let above = curve.last(where: { $0.mean > tolerance }),
            let below = curve.first(where: { $0.mean <= tolerance }), below.value > above.value
        else { return 0 }
        let slope = (above.mean - below.mean) / (below.value - above.value)
        let deviation = max(above.deviation, below.deviation)
        guard slope > 0, deviation.isFinite else { return 0 }
        let test = SequentialTest(level: level / 2 / Double(1 << (failures + 1)))
        return test.reach(deviation: deviation, seeds: Self.aim) / slope
    }

    // MARK: The curve

    private struct CurvePoint {
        var value: Double
        var mean: Double
        var deviation: Double
        var weight: Double
    }

    /// The means, made to fall with the key's value by pooling neighbours (Ayer et al. 1955) unless
    /// they are shown to rise somewhere.
    private var curve: [CurvePoint] {
        let sign = sign
        let single = points.keys.sorted().map { value in
            let summary = Summary(points[value] ?? [])
            return CurvePoint(
                value: value, mean: sign * summary.mean, deviation: summary.standardDeviation,
                weight: Double(summary.count))
        }
        guard rise == nil else { return single }
        var blocks: [[CurvePoint]] = []
        for point in single {
            blocks.append([point])
            while blocks.count > 1, let last = blocks.last, let before = blocks.dropLast().last,
                last[0].mean > before[0].mean
            {
                var pooled = before + last
                let weight = pooled.reduce(0) { $0 + $1.weight }
                let mean = pooled.reduce(0) { $0 + $1.weight * $1.mean } / weight
                for index in pooled.indices { pooled[index].mean = mean }
                blocks.removeLast(2)
                blocks.append(pooled)
            }
        }
        return blocks.flatMap(\.self)
    }

    /// The side of the control on which the arm lies away from the largest value.
    private var sign: Double {
        guard isTwoSided else { return 1 }
        let moment = points.reduce(0.0) { sum, point in
            sum + (range.largest - point.key) * point.value.reduce(0, +)
        }
        return moment < 0 ? -1 : 1
    }

    /// Where the curve comes within the tolerance for good; an end of the range where it does not.
    ///
    /// It is the broken line through the means between the two ends that are shown, pooled unless the
    /// curve is shown not to fall. The ends count as what they are shown to be.
    private var crossing: Double {
        let inner = curve.filter { $0.value > low ?? -.infinity && $0.value < high ?? .infinity }
        var line = inner.map { (value: $0.value, mean: $0.mean) }
        func anchor(_ value: Double) -> (value: Double, mean: Double) {
            (value, sign * Summary(points[value] ?? []).mean)
        }
        if let low { line.insert(anchor(low), at: 0) }
        if let high { line.append(anchor(high)) }
        // Two-sided, an end may be beyond the tolerance on the other side.
        guard let index = line.lastIndex(where: { $0.mean > tolerance }) else {
            return low ?? range.smallest
        }
        guard index + 1 < line.count else { return range.largest }
        let (before, after) = (line[index], line[index + 1])
        let share = (before.mean - tolerance) / (before.mean - after.mean)
        return before.value + share * (after.value - before.value)
    }

    private var finding: Threshold.Finding {
        if low == range.largest { return .none }
        guard let high else { return .undecided }
        if high == range.smallest { return .everywhere }
        return .value(min(high, max(low ?? range.smallest, range.rounded(crossing))))
    }

    /// The pair of values that is the clearest sign of a rise, if any is one after Holm's correction.
    private var rise: Threshold.Rise? {
        let values = points.keys.sorted()
        var pairs: [(smaller: Double, larger: Double)] = []
        for (index, smaller) in values.enumerated() {
            for larger in values[(index + 1)...] { pairs.append((smaller, larger)) }
        }
        let tests = pairs.map { pair -> Double in
            let (left, right) = (points[pair.smaller] ?? [], points[pair.larger] ?? [])
            let count = min(left.count, right.count)
            // By the side of the control on which each lies, seed by seed.
            func sizes(_ values: [Double]) -> [Double] {
                let sign: Double = isTwoSided && Summary(values).mean < 0 ? -1 : 1
                return values.prefix(count).map { sign * $0 }
            }
            return StudentTest(zip(sizes(right), sizes(left)).map { $0 - $1 }).above(0)
        }
        let adjusted = HolmCorrection.adjusted(tests)
        guard let best = adjusted.indices.min(by: { adjusted[$0] < adjusted[$1] }),
            adjusted[best] <= level
        else { return nil }
        return Threshold.Rise(better: pairs[best].smaller, worse: pairs[best].larger)
    }
}
