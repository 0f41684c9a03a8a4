/// Where the examples of a pool came from: 0 = real, t = sampled from generation t - 1's model.
///
/// Pools are made of few long runs of equal provenance, which is how they are kept.
package struct Provenance: RandomAccessCollection, Hashable, Sendable {
    /// Neighbouring examples of equal provenance, up to the example `end`.
    package struct Run: Hashable, Sendable {
        package var value: UInt16
        package var end: Int
    }

    package private(set) var runs: [Run] = []

    package init() {}

    package init(_ provenance: Int, count: Int) {
        append(UInt16(clamping: provenance), count: count)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { runs.last?.end ?? 0 }

    package subscript(index: Int) -> UInt16 {
        precondition(indices.contains(index), "example \(index) of \(endIndex)")
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if index < runs[middle].end { high = middle } else { low = middle + 1 }
        }
        return runs[low].value
    }

    package mutating func append(_ value: UInt16, count: Int) {
        guard count > 0 else { return }
        let end = endIndex + count
        if let last = runs.last, last.value == value {
            runs[runs.count - 1].end = end
        } else {
            runs.append(Run(value: value, end: end))
        }
    }

    package mutating func append(_ other: Provenance) {
        var first = 0
        for run in other.runs {
            append(run.value, count: run.end - first)
            first = run.end
        }
    }

    /// The provenance of the first `count` examples.
    package func prefix(_ count: Int) -> Provenance {
        var result = Provenance()
        var first = 0
        for run in runs where first < count {
            result.append(run.value, count: Swift.min(run.end, count) - first)
            first = run.end
        }
        return result
    }
}
