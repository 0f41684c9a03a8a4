import Collapse
package import Compute
import Support

/// Draws of a vector; each has size 1. They are kept in parts, one for each sample they came in,
/// whose rows may not have been drawn.
package struct GaussianDraws: ExampleCollection, Hashable {
    /// The draws of one sample.
    package enum Part: Hashable, Sendable {
        /// One draw a row.
        case rows(Matrix)
        /// Draws that are only used whole.
        case batch(GaussianBatch)

        var count: Int {
            switch self {
            case .rows(let matrix): matrix.rows
            case .batch(let batch): batch.count
            }
        }

        var rows: Matrix {
            switch self {
            case .rows(let matrix): matrix
            case .batch(let batch): batch.rows
            }
        }

        /// The first `count` draws.
        func prefix(_ count: Int) -> Part {
            switch self {
            case .rows(let matrix):
                .rows(
                    Matrix(
                        rows: count, columns: matrix.columns,
                        Array(matrix.elements.prefix(count * matrix.columns))))
            case .batch(let batch):
                .batch(
                    GaussianBatch(
                        model: batch.model, bias: batch.bias, count: count, key: batch.key))
            }
        }
    }

    /// The samples in the order in which they were appended, none of them empty.
    package private(set) var parts: [Part]
    /// The number of draws in the parts up to each.
    private var ends: [Int]

    package init() {
        parts = []
        ends = []
    }

    package init(_ part: Part) {
        self.init()
        append(part)
    }

    /// The number of draws in all parts.
    package var count: Int { ends.last ?? 0 }
    package var totalSize: Int { count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    private mutating func append(_ part: Part) {
        guard part.count > 0 else { return }
        ends.append(count + part.count)
        parts.append(part)
    }

    /// Adds the other's parts at the end as they are: nothing is drawn.
    package mutating func append(_ other: GaussianDraws) {
        for part in other.parts { append(part) }
    }

    package func prefix(size: Int) -> GaussianDraws {
        guard size < count else { return self }
        var result = GaussianDraws()
        for part in parts {
            let left = size - result.count
            guard left > 0 else { break }
            result.append(part.count <= left ? part : part.prefix(left))
        }
        return result
    }

    /// All draws as one matrix.
    package var rows: Matrix {
        if parts.count == 1 { return parts[0].rows }
        return selecting(Array(0..<count)).parts.first?.rows ?? Matrix(rows: 0, columns: 0)
    }

    package func selecting(_ indices: [Int]) -> GaussianDraws {
        GaussianDraws(count: indices.count, of: parts.map(\.rows)) { index in
            let position = indices[index]
            let part = self.part(of: position)
            return (part, part == 0 ? position : position - ends[part - 1])
        }
    }

    package static func selecting(
        _ positions: [Int], fromParts parts: [GaussianDraws]
    ) -> GaussianDraws {
        // Only the parts that hold a position are looked at.
        var matrices: [Matrix] = []
        var located: [(matrix: Int, row: Int)] = []
        located.reserveCapacity(positions.count)
        var (part, start, end) = (-1, 0, 0)
        for position in positions {
            while position >= end {
                part += 1
                (start, end) = (end, end + parts[part].count)
                guard position < end else { continue }
                matrices.append(parts[part].rows)
            }
            located.append((matrices.count - 1, position - start))
        }
        return GaussianDraws(count: positions.count, of: matrices) { located[$0] }
    }

    /// Copies of rows of matrices, which are of one width, as one part.
    private init(
        count: Int, of matrices: [Matrix], _ locate: (Int) -> (matrix: Int, row: Int)
    ) {
        self.init()
        guard count > 0 else { return }
        let width = matrices[0].columns
        let elements = [Double](unsafeUninitializedCapacity: count * width) { buffer, filled in
            for index in 0..<count {
                let (matrix, row) = locate(index)
                matrices[matrix].elements.withUnsafeBufferPointer { source in
                    let target = UnsafeMutableBufferPointer(
                        rebasing: buffer[index * width..<(index + 1) * width])
                    _ = target.initialize(
                        fromContentsOf: UnsafeBufferPointer(
                            rebasing: source[row * width..<(row + 1) * width]))
                }
            }
            filled = count * width
        }
        append(.rows(Matrix(rows: count, columns: width, elements)))
    }

    /// The part that holds a draw.
    private func part(of index: Int) -> Int {
        ends.partitioningIndex { index < $0 }
    }

    package func contentKey(at index: Int) -> [UInt8] {
        selecting([index]).rows.elements.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    /// The moments of the draws, part by part in order, each draw with its weight or all with
    /// weight 1.
    package func moments(weights: [Double]?, dimension: Int) -> GaussianMoments {
        var moments = GaussianMoments(dimension: dimension)
        var first = 0
        for part in parts {
            let range = first..<first + part.count
            first = range.upperBound
            guard let slice = weights?[range], let weight = slice.first else {
                moments.merge(part.moments(weights: nil))
                continue
            }
            if slice.allSatisfy({ $0 == weight }) {
                moments.merge(part.moments(weights: nil).weighted(by: weight))
            } else {
                moments.merge(part.moments(weights: Array(slice)))
            }
        }
        return moments
    }
}

extension GaussianDraws.Part {
    fileprivate func moments(weights: [Double]?) -> GaussianMoments {
        switch self {
        case .batch(let batch) where weights == nil: batch.moments
        default: GaussianMoments(rows: rows, weights: weights)
        }
    }
}
