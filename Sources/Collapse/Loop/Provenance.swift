import Support

/// Where the examples of a pool came from: 0 = real, t = sampled from generation t - 1's model.
///
/// Pools are made of few long runs of equal provenance, which is how they are kept.
public struct Provenance: RandomAccessCollection, Hashable, Sendable {
    /// Neighbouring examples of equal provenance, up to the example `end`.
    public struct Run: Hashable, Sendable {
        /// The provenance of every example of the run; 65535 stands for all that are larger.
        public var value: UInt16
        /// The index after the run's last example.
        public var end: Int
    }

    /// The runs in order, with ascending ends; neighbours differ in their value.
    public private(set) var runs: [Run] = []

    public init() {}

    public init(_ provenance: Int, count: Int) {
        append(UInt16(clamping: provenance), count: count)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { runs.last?.end ?? 0 }

    public subscript(index: Int) -> UInt16 {
        precondition(indices.contains(index), "example \(index) of \(endIndex)")
        return runs[runs.partitioningIndex { index < $0.end }].value
    }

    /// Appends `count` examples of one provenance; none where `count` is not positive.
    public mutating func append(_ value: UInt16, count: Int) {
        guard count > 0 else { return }
        let end = endIndex + count
        if let last = runs.last, last.value == value {
            runs[runs.count - 1].end = end
        } else {
            runs.append(Run(value: value, end: end))
        }
    }

    /// Appends the provenance of examples that follow.
    public mutating func append(_ other: Provenance) {
        var first = 0
        for run in other.runs {
            append(run.value, count: run.end - first)
            first = run.end
        }
    }

    /// The provenance of the first `count` examples.
    public func prefix(_ count: Int) -> Provenance {
        var result = Provenance()
        var first = 0
        for run in runs where first < count {
            result.append(run.value, count: Swift.min(run.end, count) - first)
            first = run.end
        }
        return result
    }
}
