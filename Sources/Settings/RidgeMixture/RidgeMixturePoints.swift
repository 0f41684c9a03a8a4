import Collapse
import Compute

/// What a label is the sum of. A learner that is linear in labels can be run on each part alone,
/// and its parts sum to what it makes of the whole.
package enum LabelPart: Int, CaseIterable, Sendable {
    /// What the real distribution says: x.w1.
    case truth
    /// How far the labeller that made the label is off: x.(labeller - w1); zero for real data.
    case shift
    /// The label's own noise.
    case noise
}

/// Points with the parts of their labels; each has size 1.
package struct RidgeMixturePoints: ExampleCollection, Hashable {
    /// Row by row, `count` times the dimension.
    package private(set) var inputs: [Double]
    /// Row by row, one column for each ``LabelPart``.
    package private(set) var labels: [Double]

    package init() {
        inputs = []
        labels = []
    }

    package init(inputs: [Double], labels: [Double]) {
        let count = labels.count / RidgeMixturePoints.partCount
        precondition(
            labels.count == count * RidgeMixturePoints.partCount
                && (count == 0 ? inputs.isEmpty : inputs.count % count == 0),
            "\(inputs.count) coordinates for \(labels.count) parts of labels")
        self.inputs = inputs
        self.labels = labels
    }

    private static let partCount = LabelPart.allCases.count

    package static var hasUnitSizes: Bool { true }
    /// The number of points.
    package var count: Int { labels.count / RidgeMixturePoints.partCount }
    package var totalSize: Int { count }
    /// The number of coordinates of an input; 0 without points.
    package var dimension: Int { count == 0 ? 0 : inputs.count / count }
    package func size(at index: Int) -> Int { 1 }

    /// `count` times the dimension.
    var inputMatrix: Matrix { Matrix(rows: count, columns: dimension, inputs) }
    /// `count` times the number of parts.
    var labelMatrix: Matrix { Matrix(rows: count, columns: RidgeMixturePoints.partCount, labels) }

    package func selecting(_ indices: [Int]) -> RidgeMixturePoints {
        let (dimension, parts) = (dimension, RidgeMixturePoints.partCount)
        var selected = RidgeMixturePoints()
        selected.inputs.reserveCapacity(indices.count * dimension)
        selected.labels.reserveCapacity(indices.count * parts)
        for index in indices {
            selected.inputs += inputs[index * dimension..<(index + 1) * dimension]
            selected.labels += labels[index * parts..<(index + 1) * parts]
        }
        return selected
    }

    package func prefix(size: Int) -> RidgeMixturePoints {
        guard size < count else { return self }
        return RidgeMixturePoints(
            inputs: Array(inputs.prefix(size * dimension)),
            labels: Array(labels.prefix(size * RidgeMixturePoints.partCount)))
    }

    /// Adds points at the end; where both sides have points, their dimensions must agree.
    package mutating func append(_ other: RidgeMixturePoints) {
        precondition(
            count == 0 || other.count == 0 || dimension == other.dimension,
            "points of \(other.dimension) dimensions join points of \(dimension)")
        inputs += other.inputs
        labels += other.labels
    }

    package func contentKey(at index: Int) -> [UInt8] {
        let parts = RidgeMixturePoints.partCount
        let label = labels[index * parts..<(index + 1) * parts].reduce(0, +)
        return (inputs[index * dimension..<(index + 1) * dimension] + [label]).flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }
}
