import Collapse
import Support

/// Contaminated examples, each with the published estimate that it was contaminated with.
package struct ContaminatedExamples: ExampleCollection, Hashable {
    /// Consecutive examples that share their contamination, up to the example `end`.
    struct Batch: Hashable, Sendable {
        /// s; 0 for real examples.
        var fraction: Double
        /// The published estimate Y.
        var published: [Double]
        var end: Int
    }

    private(set) var dimension: Int
    /// Example by example, `count * dimension` values.
    private(set) var values: [Double]
    private var batches: [Batch]

    package init() {
        dimension = 0
        values = []
        batches = []
    }

    init(dimension: Int, fraction: Double, published: [Double]) {
        self.dimension = dimension
        values = []
        batches = [Batch(fraction: fraction, published: published, end: 0)]
    }

    /// The number of examples.
    package var count: Int { batches.last?.end ?? 0 }
    package var totalSize: Int { count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    /// How an example was contaminated.
    func batch(of index: Int) -> Batch {
        batches[batches.partitioningIndex { index < $0.end }]
    }

    /// Adds an example to the last batch, coordinate by coordinate.
    mutating func append(_ coordinate: (Int) -> Double) {
        for index in 0..<dimension { values.append(coordinate(index)) }
        batches[batches.count - 1].end += 1
    }

    package func selecting(_ indices: [Int]) -> ContaminatedExamples {
        var result = ContaminatedExamples()
        result.dimension = dimension
        for index in indices {
            result.values += values[index * dimension..<(index + 1) * dimension]
            result.extend(by: batch(of: index), end: result.count + 1)
        }
        return result
    }

    package func prefix(size: Int) -> ContaminatedExamples {
        size >= count ? self : selecting(Array(0..<size))
    }

    /// Adds examples at the end, with the contamination of each.
    package mutating func append(_ other: ContaminatedExamples) {
        let start = count
        dimension = max(dimension, other.dimension)
        values += other.values
        for batch in other.batches where batch.end > 0 {
            extend(by: batch, end: start + batch.end)
        }
    }

    private mutating func extend(by batch: Batch, end: Int) {
        if let last = batches.last, last.fraction == batch.fraction,
            last.published == batch.published
        {
            batches[batches.count - 1].end = end
        } else {
            batches.append(Batch(fraction: batch.fraction, published: batch.published, end: end))
        }
    }

    package func contentKey(at index: Int) -> [UInt8] {
        let batch = batch(of: index)
        let numbers =
            values[index * dimension..<(index + 1) * dimension] + [batch.fraction]
            + batch.published
        return numbers.flatMap { number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
        }
    }
}
